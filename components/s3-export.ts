import type { Input, Inputs, Output } from "@pulumi/pulumi";
import { all, ComponentResource, log, output, type ComponentResourceOptions } from "@pulumi/pulumi";

import type { JobState } from "../service-model/job";
import { bucketName } from "../service-model/shared-shapes";
import type { JobOfSetArgs } from "../provider/dynamic/job-set";
import { JobSet } from "../provider/dynamic/job-set";
import type { ExportServerSideEncryptionArgs } from "../provider/dynamic/types";
import { partitionStably } from "./support/partition";
import type { Destination, NamedAsset } from "./support/export-destinations";
import { assetsPerExport, destinationName, destinationsOf } from "./support/export-destinations";
import type { ExportSettings, ExportsOutcome } from "./support/declared-jobs";
import { validateInputs } from "./support/fits";
import { jobSettings } from "./support/job-settings";
import { idsAndStates, jobName } from "./support/declared-jobs";
import { reportInputErrors } from "./support/input-error";
import { membersOf, resolveInput } from "./support/resolve-input";
import { readArgs, hideArgs } from "./support/hidden-args";

/** What an S3Export is made of. */
export interface S3ExportArgs extends ExportSettings {
  /** The data set that owns the revision, one's own or an entitled one. A change replaces every job. */
  dataSetId: Input<string>;
  /** The revision that holds the assets. A change replaces every job. */
  revisionId: Input<string>;
  /** Bucket to write to. A change replaces every job. */
  bucket: Input<string>;
  /**
   * The assets to export, at least one: objects with id and name, such as the `assets` of a Job or a component, or ids
   * alone. An asset more or less replaces the job that it is in, and now and then a few others; one elsewhere replaces
   * its own job.
   */
  assets: Input<Input<string | AssetToExport>[]>;
  /**
   * Keys to write to: a pattern with `${Asset.Name}` and `${Asset.Id}`, or a function of the asset. At most 1024 bytes
   * each, no two alike. Default: the asset's name. What is there under a key is overwritten.
   */
  key?: Input<string> | ((asset: NamedAsset) => string);
  /** Server-side encryption of the objects. Default: the bucket's own. A change replaces every job. */
  encryption?: Input<ExportServerSideEncryptionArgs>;
}

/** An asset, such as one of the `assets` of a Job or a component. */
export interface AssetToExport {
  /** 30 to 40 letters and digits. */
  id: Input<string>;
  /** Name of the asset. */
  name: Input<string>;
}

/** An object that an export has written. */
export interface ExportedObject {
  /** Bucket that the object is in. */
  bucket: string;
  /** Absent for an asset that was given by its id alone, without `key`: it is the asset's name. */
  key?: string;
  /** Id of the asset that the object is a copy of, 30 to 40 letters and digits. */
  assetId: string;
}

interface Outcome extends ExportsOutcome {
  readonly objects: Output<ExportedObject[]>;
}

/**
 * Chosen assets of a revision as objects of a bucket, in one JobSet whose jobs export at most 100 assets each.
 *
 * ```ts
 * const copies = new dataexchange.S3Export("prices", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   bucket: bucket.id,
 *   assets: prices.assets,
 *   key: "from-provider/${Asset.Name}",
 * });
 * ```
 *
 * Errors: no asset at all, two assets for one key, and keys that are none are refused, by the preview where the assets
 * are known to it.
 */
export class S3Export extends ComponentResource<Outcome> {
  /** Ids of the jobs. */
  declare readonly jobIds: Output<string[]>;
  /** States of the jobs: all `COMPLETED` in a stack that is up. */
  declare readonly states: Output<JobState[]>;
  /** The objects, in the order of `assets`; there once the jobs have completed. */
  declare readonly objects: Output<ExportedObject[]>;

  constructor(name: string, args: S3ExportArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:S3Export", name, hideArgs(args), opts);
    const outputs = membersOf(this.getData(), ["jobIds", "states", "objects"]);
    Object.assign(this, outputs);
    this.registerOutputs(outputs);
  }

  protected override initialize(
    inputs: Inputs,
    _opts: ComponentResourceOptions,
    name: string,
  ): Promise<Outcome> {
    const args = readArgs<S3ExportArgs>(inputs);
    return reportInputErrors(this, `S3Export ${JSON.stringify(name)}`, args, async () => {
      await validateInputs({ bucket: [bucketName, args.bucket] });
      const choose = typeof args.key === "function" ? args.key : undefined;
      const wanted = output({
        assets: args.assets,
        pattern: choose ? undefined : (args.key as Input<string>),
      });
      const known = await resolveInput(wanted);
      if (!known.known) await this.sayUndecided(args.assets);
      const later = () => wanted.apply(({ assets, pattern }) => destinationsOf(assets, choose ?? pattern));
      const destinations = known.known && destinationsOf(known.value.assets, choose ?? known.value.pattern);
      // Made from the inputs, so that what is secret stays so and what made the assets comes before.
      const written = destinations ? wanted.apply(() => destinations) : later();
      const outcome = this.exportAll(name, written, args);
      const objects = all([written, args.bucket, outcome.states]).apply(([ones, bucket]) =>
        ones.map((destination) => ({ bucket, ...destination })),
      );
      return { ...outcome, objects };
    });
  }

  private exportAll(name: string, destinations: Output<Destination[]>, args: S3ExportArgs): ExportsOutcome {
    const { dataSetId, revisionId, bucket, encryption } = args;
    const chunks = destinations.apply((ones) => partitionStably(ones, destinationName, assetsPerExport));
    const jobs = all([chunks, bucket]).apply(([some, known]) => {
      const each = some.map(({ name: chunk, items }) => {
        const assetDestinations = items.map((destination) => ({ ...destination, bucket: known }));
        const details = { dataSetId, revisionId, assetDestinations, ...(encryption && { encryption }) };
        return [jobName(chunk), { type: "EXPORT_ASSETS_TO_S3", details: { exportAssetsToS3: details } }];
      });
      return Object.fromEntries(each) as Record<string, JobOfSetArgs>;
    });
    const set = new JobSet(`${name}-export`, { jobs, ...jobSettings(this, args) }, { parent: this });
    return idsAndStates(set.results, (known) => Object.values(known));
  }

  private sayUndecided(assets: S3ExportArgs["assets"]): Promise<void> {
    const count = Array.isArray(assets) ? assets.length : undefined;
    const jobs =
      count === undefined
        ? `one for up to ${assetsPerExport} assets, more of them for more`
        : `at least ${Math.ceil(count / assetsPerExport)} for ${count} assets`;
    return log.info(
      `The assets are not known yet, so how many jobs there are is decided later: ${jobs}.`,
      this,
    );
  }
}
