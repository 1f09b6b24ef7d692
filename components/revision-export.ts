import type { ComponentResourceOptions, Input, Output } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";

import { InputError } from "../lib/input-error";
import { Job } from "../provider/resources/job";
import type { ExportServerSideEncryptionArgs } from "../provider/resources/types";
import type { JobState } from "../service-model/job";
import { checkKeyPattern, defaultKeyPattern } from "../service-model/key-pattern";
import { bucketName } from "../service-model/shared-shapes";
import { describeKind } from "../service-model/validate";
import { declareAutoExport, validateEntitled } from "./support/auto-export";
import type { ExportOutputs } from "./support/declared-jobs";
import { exportOutputs } from "./support/declared-jobs";
import { DeferredComponent } from "./support/deferred-component";
import { validateInputs } from "./support/input-error";
import type { ExportSettings } from "./support/job-settings";
import { jobSettings } from "./support/job-settings";
import { resolveInput, unknownOutput } from "./support/resolve-input";

/** Arguments of a RevisionExport. */
export interface RevisionExportArgs extends ExportSettings {
  /** The data set that owns the revisions, your own or an entitled one. A change replaces every job and the event action. */
  dataSetId: Input<string>;
  /**
   * The revisions to export now, each once, such as the `revisionId` of getLatestRevision. An added revision runs only its own job.
   * @default none, with `autoExport`
   */
  revisionIds?: Input<Input<string>[]>;
  /** Bucket to write to. A change replaces every job. */
  bucket: Input<string>;
  /**
   * Pattern of the keys to write to; `RevisionDestinationEntryArgs` lists its placeholders. For several revisions it must
   * contain one that differs between them. A change replaces every job.
   * @default "${Asset.Name}"
   */
  keyPattern?: Input<string>;
  /**
   * Server-side encryption of the objects. A change replaces every job.
   * @default that of the bucket
   */
  encryption?: Input<ExportServerSideEncryptionArgs>;
  /**
   * Whether Data Exchange itself exports each revision that is published from now on. Needs an entitled data set and the
   * package `@pulumi/aws`, with its provider in `providers` or the default one. A change of `bucket`, `keyPattern` or
   * `encryption` also changes this export.
   * @default false
   */
  autoExport?: boolean;
  /**
   * `false` declares no bucket policy for `autoExport`. A bucket has only one policy. If yours already has one, that
   * policy must allow the service to write.
   * @default a policy that allows the service to write, which replaces any other
   */
  bucketPolicy?: false;
}

interface RevisionExportOutputs extends ExportOutputs {
  readonly eventActionArn: Output<string | undefined>;
}

/**
 * Whole revisions as objects of a bucket, with one job for each. With `autoExport`, an event action exports every later
 * revision.
 *
 * ```ts
 * new dataexchange.RevisionExport("prices", {
 *   dataSetId: entitled.id,
 *   revisionIds: [latest],
 *   bucket: bucket.id,
 *   keyPattern: "${Revision.Id}/${Asset.Name}",
 *   autoExport: true,
 * });
 * ```
 *
 * Errors: neither revisions nor `autoExport`, a revision that is given twice, a key pattern that is invalid or lets revisions
 * overwrite each other, and `autoExport` for a data set that the program itself creates.
 */
export class RevisionExport extends DeferredComponent<RevisionExportArgs, RevisionExportOutputs> {
  /** Ids of the jobs, in the order of `revisionIds`. */
  declare readonly jobIds: Output<string[]>;
  /** States of the jobs: all `COMPLETED` after `pulumi up`. */
  declare readonly states: Output<JobState[]>;
  /** ARN of the event action that exports later revisions; absent without `autoExport`. */
  declare readonly eventActionArn: Output<string | undefined>;

  constructor(name: string, args: RevisionExportArgs, opts: ComponentResourceOptions = {}) {
    const outputs = ["jobIds", "states", "eventActionArn"] as const;
    super("dataexchange:index:RevisionExport", name, args, opts, outputs);
  }

  protected async declare(name: string, args: RevisionExportArgs): Promise<RevisionExportOutputs> {
    const { dataSetId, autoExport, keyPattern = defaultKeyPattern } = args;
    // With autoExport, a bucket policy and an event action use the bucket as well, which do not validate it.
    await validateInputs({ bucket: [bucketName, args.bucket] });
    const revisions = await this.resolveRevisions(args);
    await validatePattern(keyPattern, revisions?.length ?? 0);
    if (autoExport) await validateEntitled(dataSetId);
    const jobs = (revisions ?? []).flatMap(({ input, id }) =>
      id === undefined ? [] : [this.declareJob(`${name}-${id}`, input, args)],
    );
    const areKnown = revisions?.every(({ id }) => id !== undefined);
    const outputs = areKnown ? exportOutputs(jobs) : { jobIds: unknownOutput(), states: unknownOutput() };
    const eventActionArn = autoExport
      ? declareAutoExport(this, name, { ...args, keyPattern })
      : output(undefined);
    return { ...(outputs as ExportOutputs), eventActionArn };
  }

  /** `undefined` if a preview does not know the list. */
  private async resolveRevisions(args: RevisionExportArgs): Promise<Revision[] | undefined> {
    const { revisionIds = [], autoExport } = args;
    const inputs = await resolveItems(revisionIds);
    if (!inputs) {
      const text = "The revisions are not known yet. Their jobs are declared during `pulumi up`.";
      await this.note({ code: "revisions-not-known-yet", text }, args);
      return undefined;
    }
    if (inputs.length === 0 && !autoExport) {
      throw new InputError(
        "nothing-to-export",
        "Nothing is selected for export: set revisionIds, autoExport or both.",
      );
    }
    const revisions = await Promise.all(
      inputs.map(async (input): Promise<Revision> => {
        const id = await resolveInput(input);
        return { input, ...(id.known && { id: id.value }) };
      }),
    );
    validateRevisions(revisions);
    const unknown = revisions.filter(({ id }) => id === undefined).length;
    if (unknown > 0) {
      const text =
        `${unknown} of ${inputs.length} revisions are not known yet. Their jobs are declared during \`pulumi up\`, and ` +
        "jobs of this component that are shown as deleted may be kept.";
      await this.note({ code: "revisions-not-known-yet", text }, args);
    }
    return revisions;
  }

  private declareJob(name: string, revisionId: Input<string>, args: RevisionExportArgs): Job {
    const { dataSetId, bucket, keyPattern = defaultKeyPattern, encryption } = args;
    const revisionDestinations = [{ revisionId, bucket, keyPattern }];
    return new Job(
      name,
      {
        type: "EXPORT_REVISIONS_TO_S3",
        details: { exportRevisionsToS3: { dataSetId, revisionDestinations, encryption } },
        ...jobSettings(this, args),
      },
      { parent: this },
    );
  }
}

interface Revision {
  readonly input: Input<string>;
  /** Absent if a preview does not know it. */
  readonly id?: string;
}

/** The items of a list, each as an input; `undefined` if a preview does not know the list. */
async function resolveItems(list: Input<Input<string>[]>): Promise<Input<string>[] | undefined> {
  if (Array.isArray(list)) return list;
  const whole = output(list);
  const resolved = await resolveInput(whole);
  if (!resolved.known) return undefined;
  if (!Array.isArray(resolved.value)) {
    throw new InputError(
      "invalid-revisions",
      `revisionIds must be a list, not ${describeKind(resolved.value)}.`,
    );
  }
  // Taken from the list, so that the jobs depend on the resources that produced it.
  return resolved.value.map((_, index) => whole.apply((ids) => ids[index]!));
}

function validateRevisions(revisions: readonly Revision[]): void {
  const ids = revisions.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const invalid = ids.find((id) => typeof id !== "string" || id === "");
  if (invalid !== undefined) {
    throw new InputError(
      "invalid-revisions",
      `revisionIds holds ${describeKind(invalid)}; each item must be the id of a revision.`,
    );
  }
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new InputError("duplicate-revision", `revisionIds contains ${twice} twice.`);
}

async function validatePattern(keyPattern: Input<string>, revisions: number): Promise<void> {
  const resolved = await resolveInput(keyPattern);
  if (!resolved.known) return;
  const pattern: unknown = resolved.value;
  if (typeof pattern !== "string")
    throw new InputError("invalid-key-pattern", `keyPattern must be a string, not ${describeKind(pattern)}.`);
  const problem = checkKeyPattern(pattern);
  if (problem) throw new InputError(problem.code, `keyPattern ${problem.message}.`);
  validateDistinctKeys(pattern, revisions);
}

/** Placeholders that differ between assets of the same name in two revisions. */
const distinguishesRevisions = /\$\{(Revision\.[A-Za-z.]+|Asset\.Id)\}/;

export function validateDistinctKeys(keyPattern: string, revisions: number): void {
  if (revisions < 2 || distinguishesRevisions.test(keyPattern)) return;
  throw new InputError(
    "overlapping-keys",
    `With the keyPattern ${JSON.stringify(keyPattern)}, ${revisions} revisions would overwrite each other's objects. ` +
      "Add ${Revision.Id} to it.",
  );
}
