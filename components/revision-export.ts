import type * as awsDataExchange from "@pulumi/aws/dataexchange";
import type * as awsIdentity from "@pulumi/aws/getCallerIdentity";
import type * as awsS3 from "@pulumi/aws/s3";
import type { Input, Inputs, Output } from "@pulumi/pulumi";
import { all, ComponentResource, log, output, type ComponentResourceOptions } from "@pulumi/pulumi";

import type { JobState } from "../service-model/job";
import { bucketName } from "../service-model/shared-shapes";
import { checkKeyPattern, defaultKeyPattern } from "../service-model/key-pattern";
import { describeKind } from "../service-model/validate";
import { Job } from "../provider/dynamic/job";
import type { ExportServerSideEncryptionArgs } from "../provider/dynamic/types";
import { requireAws } from "./support/pulumi-aws";
import type { ExportSettings, ExportsOutcome } from "./support/declared-jobs";
import { exportsOf, unknownOutput } from "./support/declared-jobs";
import { validateInputs } from "./support/fits";
import { autoExportPolicy, wrongForFuture, wrongForSeveral } from "./support/auto-export";
import { jobSettings } from "./support/job-settings";
import { InputError, reportInputErrors } from "./support/input-error";
import { membersOf, resolveInput } from "./support/resolve-input";
import { readArgs, hideArgs } from "./support/hidden-args";

/** What a RevisionExport is made of. */
export interface RevisionExportArgs extends ExportSettings {
  /** The data set that owns the revisions, one's own or an entitled one. A change replaces everything. */
  dataSetId: Input<string>;
  /** The revisions to export now, none twice. One more runs one more job and no other. Default: none, with `autoExport`. */
  revisionIds?: Input<Input<string>[]>;
  /** Bucket to write to. A change replaces every job. */
  bucket: Input<string>;
  /**
   * Pattern of the keys to write to; see the pattern's placeholders at `RevisionDestinationEntryArgs`. With several
   * revisions it must tell them apart. Default: `${Asset.Name}`. A change replaces every job.
   */
  keyPattern?: Input<string>;
  /** Server-side encryption of the objects. Default: the bucket's own. A change replaces every job. */
  encryption?: Input<ExportServerSideEncryptionArgs>;
  /**
   * Whether each revision that is published from now on is exported, too, by Data Exchange itself, which needs an entitled
   * data set. Takes the package `@pulumi/aws`, and its provider in `providers` or the stack's own. Default: false.
   */
  autoExport?: boolean;
  /**
   * With `autoExport`: `false` declares no bucket policy, because a bucket has only one and the program has its own, which
   * must let the service write. Default: a policy that lets it, in place of any other.
   */
  bucketPolicy?: false;
}

interface Outcome extends ExportsOutcome {
  readonly eventActionArn: Output<string | undefined>;
}

/**
 * Whole revisions as objects of a bucket, one job for each; and each future one, if wanted, by an event action.
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
 * Errors: neither revisions nor `autoExport`, a revision that is named twice, a key pattern that is none or that lets revisions
 * overwrite each other, and `autoExport` on a data set that the program itself makes are refused.
 */
export class RevisionExport extends ComponentResource<Outcome> {
  /** Ids of the jobs, in the order of `revisionIds`. */
  declare readonly jobIds: Output<string[]>;
  /** States of the jobs: all `COMPLETED` in a stack that is up. */
  declare readonly states: Output<JobState[]>;
  /** ARN of the event action that exports future revisions; absent without `autoExport`. */
  declare readonly eventActionArn: Output<string | undefined>;

  constructor(name: string, args: RevisionExportArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:RevisionExport", name, hideArgs(args), opts);
    const outputs = membersOf(this.getData(), ["jobIds", "states", "eventActionArn"]);
    Object.assign(this, outputs);
    this.registerOutputs(outputs);
  }

  protected override initialize(
    inputs: Inputs,
    _opts: ComponentResourceOptions,
    name: string,
  ): Promise<Outcome> {
    const args = readArgs<RevisionExportArgs>(inputs);
    return reportInputErrors(this, `RevisionExport ${JSON.stringify(name)}`, args, async () => {
      // With autoExport, it goes to a policy and an event action, too, which nothing else checks.
      await validateInputs({ bucket: [bucketName, args.bucket] });
      const { revisions, complete } = await this.revisions(args);
      await checkPattern(args, revisions.length);
      const wrong = args.autoExport ? await wrongForFuture(args.dataSetId) : undefined;
      if (wrong) throw new InputError(wrong);
      const jobs = revisions.flatMap(({ known, input }) =>
        known === undefined ? [] : [this.job(`${name}-${known}`, input, args)],
      );
      const outcome = complete
        ? exportsOf(jobs)
        : { jobIds: unknownOutput<string[]>(), states: unknownOutput<JobState[]>() };
      const eventActionArn = args.autoExport ? this.exportFuture(name, args) : output(undefined);
      return { ...outcome, eventActionArn };
    });
  }

  /** The revisions as far as they are known, and whether all of them are. */
  private async revisions(args: RevisionExportArgs): Promise<{ revisions: Revision[]; complete: boolean }> {
    const { revisionIds, autoExport } = args;
    if (revisionIds === undefined) {
      if (autoExport) return { revisions: [], complete: true };
      throw new InputError("exports nothing: give revisionIds, or set autoExport, or both.");
    }
    const inputs = await listed(revisionIds);
    if (!inputs) {
      await log.info("The revisions are not known yet: one job for each of them is decided later.", this);
      return { revisions: [], complete: false };
    }
    if (inputs.length === 0 && !autoExport) {
      throw new InputError(
        "revisionIds is empty and autoExport is not set; there would be nothing to export.",
      );
    }
    const revisions = await Promise.all(
      inputs.map(async (input): Promise<Revision> => {
        const id = await resolveInput(input);
        return { input, ...(id.known && { known: id.value }) };
      }),
    );
    wrongRevisions(revisions);
    const unknown = revisions.filter(({ known }) => known === undefined).length;
    if (unknown > 0) {
      await log.info(
        `${unknown} of ${inputs.length} revisions are not known yet: a job for each of these is decided later, and ` +
          "jobs of this component that are shown as deleted may stay.",
        this,
      );
    }
    return { revisions, complete: unknown === 0 };
  }

  private job(name: string, revisionId: Input<string>, args: RevisionExportArgs): Job {
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

  private exportFuture(name: string, args: RevisionExportArgs): Output<string | undefined> {
    const { EventAction } = requireAws<typeof awsDataExchange>("dataexchange", "autoExport");
    const { dataSetId, bucket, keyPattern = defaultKeyPattern, encryption, region, bucketPolicy } = args;
    // The service tries the policy when the event action is made.
    const policy = bucketPolicy === false ? [] : [this.policy(name, args)];
    const action = new EventAction(
      `${name}-future`,
      {
        action: { exportRevisionToS3: { revisionDestination: { bucket, keyPattern }, encryption } },
        event: { revisionPublished: { dataSetId } },
        ...(region !== undefined && { region }),
      },
      { parent: this, dependsOn: policy },
    );
    return action.arn;
  }

  private policy(name: string, { bucket, region }: RevisionExportArgs): awsS3.BucketPolicy {
    const { BucketPolicy } = requireAws<typeof awsS3>("s3", "autoExport");
    const { getCallerIdentityOutput } = requireAws<typeof awsIdentity>("getCallerIdentity", "autoExport");
    const { accountId } = getCallerIdentityOutput({}, { parent: this });
    return new BucketPolicy(
      `${name}-future`,
      {
        bucket,
        policy: all([bucket, accountId]).apply(([known, account]) => autoExportPolicy(known, account)),
        ...(region !== undefined && { region }),
      },
      { parent: this },
    );
  }
}

interface Revision {
  readonly input: Input<string>;
  /** The id, unless a preview does not know it. */
  readonly known?: string;
}

/** The items of a list; nothing when a preview does not know the list. */
async function listed(list: Input<Input<string>[]>): Promise<Input<string>[] | undefined> {
  if (Array.isArray(list)) return list;
  const whole = output(list);
  const known = await resolveInput(whole);
  if (!known.known) return undefined;
  if (!Array.isArray(known.value)) {
    throw new InputError(`revisionIds must be a list, not ${describeKind(known.value)}.`);
  }
  // Taken from the list, so that what made it comes before the jobs.
  return known.value.map((_, index) => whole.apply((ids) => ids[index]!));
}

function wrongRevisions(revisions: readonly Revision[]): void {
  const ids = revisions.flatMap(({ known }) => (known === undefined ? [] : [known]));
  const none = ids.find((id) => typeof id !== "string" || id === "");
  if (none !== undefined)
    throw new InputError(`revisionIds holds ${describeKind(none)}, which is no id of a revision.`);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new InputError(`revisionIds names ${twice} twice.`);
}

async function checkPattern(
  { keyPattern = defaultKeyPattern }: RevisionExportArgs,
  revisions: number,
): Promise<void> {
  const pattern = await resolveInput(keyPattern);
  if (!pattern.known) return;
  if (typeof pattern.value !== "string") {
    throw new InputError(`keyPattern must be a string, not ${describeKind(pattern.value)}.`);
  }
  const wrong = checkKeyPattern(pattern.value);
  if (wrong) throw new InputError(`keyPattern ${wrong.message}.`);
  const overwriting = wrongForSeveral(pattern.value, revisions);
  if (overwriting) throw new InputError(overwriting);
}
