import { createHash } from "node:crypto";

import type { ComponentResourceOptions, Input, Inputs, Output } from "@pulumi/pulumi";
import { ComponentResource, log, output } from "@pulumi/pulumi";

import type { JobAsset, JobState } from "../service-model/job";
import { importAssetsFromS3 } from "../service-model/job-types/import-assets-from-s3";
import type { ObjectSelection } from "./support/select-objects";
import { selectObjects } from "./support/select-objects";
import type { Chunk } from "./support/partition";
import { partitionStably, partitionDensely } from "./support/partition";
import type { JobSettings } from "./support/job-settings";
import { componentConnection } from "./support/job-settings";
import type { JobsOutcome } from "./support/declared-jobs";
import { declareImportSet, jobName, unknownOutput, unknownOutcome } from "./support/declared-jobs";
import type { S3Object } from "./support/asset-names";
import { membersOf, dependenciesReady, deriveInputs } from "./support/resolve-input";
import { reportInputErrors, withoutSecrets } from "./support/input-error";
import { readArgs, hideArgs } from "./support/hidden-args";
import { WrittenObjects } from "./support/written-objects";

/** What an S3Import is made of. */
export interface S3ImportArgs extends JobSettings {
  /** The data set that owns the revision. A change replaces every job. */
  dataSetId: Input<string>;
  /** The revision to import into; it must not be finalized. A change replaces every job. */
  revisionId: Input<string>;
  /** Name of the bucket. A change replaces every job. */
  bucket: Input<string>;
  /**
   * Keys of the objects, 1 to 10,000. They are not looked up: put what changes with their content into `triggers`.
   * Either this, or `prefix` with `include` and `exclude`.
   */
  keys?: Input<Input<string>[]>;
  /**
   * What the keys begin with, such as `2026/`. The bucket is listed, and an object whose content has changed (its ETag)
   * replaces the one job that imports it. Default: every object of the bucket. Not with `keys`.
   */
  prefix?: Input<string>;
  /**
   * Glob patterns for what is meant, over keys without the prefix: `*.csv`, `daily/`. A `*` does not cross a slash, and
   * an entry with `!` excludes. Default: everything but names that begin with a dot, which a pattern has to spell out.
   */
  include?: Input<Input<string>[]>;
  /**
   * Glob patterns for what is not meant although `include` names it; `drafts/` is such a folder wherever it is.
   * Default: none.
   */
  exclude?: Input<Input<string>[]>;
  /**
   * What becomes of the assets of a job that is replaced or deleted: `deleteAssets` deletes them unless their revision
   * is finalized, `retain` keeps them. Default: `deleteAssets`, so that no duplicates are left.
   */
  onDelete?: Input<"retain" | "deleteAssets">;
}

interface Outcome extends JobsOutcome {
  readonly objects: Output<readonly S3Object[]>;
}

/**
 * Objects of a bucket as assets of a revision, in one JobSet whose jobs import at most 100 objects each. Which job an
 * object belongs to follows from its key, so one object more or less changes one job as a rule.
 *
 * ```ts
 * const prices = new dataexchange.S3Import("prices", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   bucket: bucket.id,
 *   prefix: "2026/",
 *   include: ["*.csv"],
 * });
 * ```
 *
 * Objects that the program writes itself are waited for where they are declared before; see the component's page.
 *
 * Errors: a bucket that is not there (in a preview: not yet) or cannot be listed, no object that is meant, more than
 * 10,000, and keys that look alike are refused before any job is declared.
 */
export class S3Import extends ComponentResource<Outcome> {
  /** Ids of the jobs. */
  declare readonly jobIds: Output<string[]>;
  /** States of the jobs: all `COMPLETED` in a stack that is up. */
  declare readonly states: Output<JobState[]>;
  /** The assets that the objects became. */
  declare readonly assets: Output<JobAsset[]>;
  /** Keys of the objects that are meant, and their ETags where the bucket was listed. */
  declare readonly objects: Output<S3Object[]>;

  /** @param chosen What another component has chosen already, so that one listing decides for both. */
  constructor(
    name: string,
    args: S3ImportArgs,
    opts: ComponentResourceOptions = {},
    chosen?: ObjectSelection,
  ) {
    super("dataexchange:index:S3Import", name, hideArgs({ args, chosen }), opts);
    const { assets, objects, ...outputs } = membersOf(this.getData(), [
      ...(["jobIds", "states", "assets", "objects"] as const),
    ]);
    Object.assign(this, { ...outputs, assets, objects });
    // Ten thousand assets are in state once already, with the jobs that made them.
    this.registerOutputs(outputs);
  }

  protected override initialize(
    inputs: Inputs,
    opts: ComponentResourceOptions,
    name: string,
  ): Promise<Outcome> {
    const { args, chosen: known } = readArgs<{ args: S3ImportArgs; chosen?: ObjectSelection }>(inputs);
    const written = WrittenObjects.of(this);
    return reportInputErrors(this, `S3Import ${JSON.stringify(name)}`, args, async () => {
      const { objects, bucket, later, warnings = [] } = known ?? (await this.choose(args, opts, written));
      for (const warning of warnings) await log.warn(await withoutSecrets(warning, args), this);
      if (later) await log.info(await withoutSecrets(later, args), this);
      if (!objects) return { ...unknownOutcome(), objects: unknownOutput() };
      const input = deriveInputs(args.bucket, args.keys, args.prefix, args.include, args.exclude);
      // Another component that has chosen makes all anew when anything changes, so nothing is to stay where it is.
      const chunks = known
        ? partitionDensely(objects, mostObjects)
        : partitionStably(objects, ({ key }) => key, mostObjects);
      return {
        ...this.importAll(name, chunks, args, bucket, input),
        objects: output(input([...objects])),
      };
    });
  }

  private async choose(
    args: S3ImportArgs,
    { dependsOn }: ComponentResourceOptions,
    written: WrittenObjects,
  ): Promise<ObjectSelection> {
    const [isReady, connection] = [await dependenciesReady(dependsOn), componentConnection(this, args)];
    return selectObjects(args, { isReady, connection, written });
  }

  private importAll(
    name: string,
    chunks: readonly Chunk<S3Object>[],
    args: S3ImportArgs,
    bucket: string | undefined,
    input: ReturnType<typeof deriveInputs>,
  ): JobsOutcome {
    const { dataSetId, revisionId } = args;
    const jobs = chunks.map(({ name: chunk, items }) => {
      const assetSources = items.map(({ key }) => ({ bucket: bucket ?? args.bucket, key }));
      const details = { dataSetId, revisionId, assetSources: input(assetSources) };
      const job = { type: "IMPORT_ASSETS_FROM_S3" as const, details: { importAssetsFromS3: details } };
      return [jobName(chunk), { ...job, ...etagsOf(items, input) }] as const;
    });
    return declareImportSet(this, name, jobs, args);
  }
}

/** Objects in one job. Source: the job type table, with the service's limit. */
const { assetSources } = importAssetsFromS3.details.members;
const mostObjects = (assetSources!.shape as { maxItems: number }).maxItems;

/**
 * The same keys with other bytes are other work, which the job's details alone do not tell. A hash of each ETag stands
 * in the state in its place: 72 bits of it, which no two ETags of an object will share.
 */
function etagsOf(
  items: readonly S3Object[],
  input: ReturnType<typeof deriveInputs>,
): { triggers?: Input<Record<string, string>> } {
  const etags = items.flatMap(({ key, etag }) =>
    etag === undefined ? [] : [[key, shortHash(etag)] as const],
  );
  return etags.length === 0 ? {} : { triggers: input(Object.fromEntries(etags)) };
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("base64").slice(0, 12);
