import type { ComponentResourceOptions, Input, Output } from "@pulumi/pulumi";
import { all, output } from "@pulumi/pulumi";

import { InputError } from "../lib/input-error";
import type { JobOfSetArgs } from "../provider/resources/job-set";
import { JobSet } from "../provider/resources/job-set";
import type { ExportServerSideEncryptionArgs } from "../provider/resources/types";
import type { JobState } from "../service-model/job";
import { bucketName } from "../service-model/shared-shapes";
import { getAssetsOutput } from "./lookups";
import type { ExportOutputs } from "./support/declared-jobs";
import { jobName, jobSetOutputs } from "./support/declared-jobs";
import { DeferredComponent } from "./support/deferred-component";
import type { AssetsArgument, Destination, NamedAsset } from "./support/export-destinations";
import {
  destinationName,
  destinationsOf,
  maxAssetsPerExport,
  usesNames,
} from "./support/export-destinations";
import { validateInputs } from "./support/input-error";
import type { ExportSettings } from "./support/job-settings";
import { componentConnection, jobSettings } from "./support/job-settings";
import { partitionStably } from "./support/partition";
import { resolveInput } from "./support/resolve-input";

/** Arguments of an S3Export. */
export interface S3ExportArgs extends ExportSettings {
  /** The data set that owns the revision, your own or an entitled one. A change replaces every job. */
  dataSetId: Input<string>;
  /** The revision that contains the assets. A change replaces every job. */
  revisionId: Input<string>;
  /** Bucket to write to. A change replaces every job. */
  bucket: Input<string>;
  /**
   * The assets to export, at least one: objects with id and name, such as the `assets` of a Job, a component or getAssets,
   * or ids alone. Either this or `assetIds`. An added or removed asset replaces its job, and sometimes a few others.
   */
  assets?: Input<Input<string | AssetToExport>[]>;
  /**
   * Ids of the assets to export, at least one, such as the `assetIds` of getAssets. Either this or `assets`. If `key` needs
   * names, the component looks them up in the revision. An added or removed asset replaces its job, and sometimes a few others.
   */
  assetIds?: Input<Input<string>[]>;
  /**
   * Keys to write to: a pattern with `${Asset.Name}` and `${Asset.Id}`, or a function of the asset. At most 1024 bytes
   * each, all different. An existing object with the key is overwritten. A changed key replaces the job of its asset.
   * @default the asset's name
   */
  key?: Input<string> | ((asset: NamedAsset) => string);
  /**
   * Server-side encryption of the objects. A change replaces every job.
   * @default that of the bucket
   */
  encryption?: Input<ExportServerSideEncryptionArgs>;
}

/** An asset to export, by its id and name. */
export interface AssetToExport {
  /** Id of the asset, 30 to 40 letters and digits. */
  id: Input<string>;
  /** Name of the asset. */
  name: Input<string>;
}

/** An object that an export has written. */
export interface ExportedObject {
  /** Bucket of the object. */
  bucket: string;
  /** Absent for an asset that was given by its id, without `key`: the key is then the asset's name. */
  key?: string;
  /** Id of the exported asset, 30 to 40 letters and digits. */
  assetId: string;
}

interface S3ExportOutputs extends ExportOutputs {
  readonly objects: Output<ExportedObject[]>;
}

/**
 * Selected assets of a revision as objects of a bucket, in one JobSet whose jobs export at most 100 assets each.
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
 * Errors, in the preview if the assets are known there: no asset, an invalid key, two assets with one key, and an id of
 * `assetIds` that is not in the revision, if `key` needs its name.
 */
export class S3Export extends DeferredComponent<S3ExportArgs, S3ExportOutputs> {
  /** Ids of the jobs. */
  declare readonly jobIds: Output<string[]>;
  /** States of the jobs: all `COMPLETED` after `pulumi up`. */
  declare readonly states: Output<JobState[]>;
  /** The objects in the order of the assets, once the jobs have completed. */
  declare readonly objects: Output<ExportedObject[]>;

  constructor(name: string, args: S3ExportArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:S3Export", name, args, opts, ["jobIds", "states", "objects"]);
  }

  protected async declare(name: string, args: S3ExportArgs): Promise<S3ExportOutputs> {
    await validateInputs({ bucket: [bucketName, args.bucket] });
    const keyFunction = typeof args.key === "function" ? args.key : undefined;
    const pattern = keyFunction ? undefined : (args.key as Input<string>);
    const argument = argumentOf(args);
    const assets = argument === "assets" ? args.assets : this.assetsById(args);
    const inputs = output({ assets, pattern }) as Output<{ assets: unknown; pattern?: string }>;
    const resolved = await resolveInput(inputs);
    if (!resolved.known) await this.noteUnknownAssets(args);
    const known =
      resolved.known &&
      destinationsOf(resolved.value.assets, keyFunction ?? resolved.value.pattern, argument);
    // Derived from the inputs, to keep secrets secret and to depend on the resources that create the assets.
    const destinations = inputs.apply(
      ({ assets, pattern }) => known || destinationsOf(assets, keyFunction ?? pattern, argument),
    );
    const outputs = this.declareJobs(name, destinations, args);
    const objects = all([destinations, args.bucket, outputs.states]).apply(([written, bucket]) =>
      written.map((destination) => ({ bucket, ...destination })),
    );
    return { ...outputs, objects };
  }

  /** The assets of `assetIds`: with their names if `key` needs these, and else their ids alone. */
  private assetsById({ key, ...args }: S3ExportArgs): Output<unknown> {
    const { dataSetId, revisionId } = args;
    const connection = componentConnection(this, args);
    return all([args.assetIds, needsNames(key)]).apply(([ids, areNeeded]): Output<unknown> => {
      if (!areNeeded || !Array.isArray(ids)) return output(ids);
      // Only once the ids are known, because a job of this program may create the assets.
      const revision = getAssetsOutput({ dataSetId, revisionId, ...connection }, { parent: this });
      // The mocks of a unit test may answer without assets.
      return revision.apply(({ assets = [] }) => withNames(ids, assets));
    });
  }

  private declareJobs(name: string, destinations: Output<Destination[]>, args: S3ExportArgs): ExportOutputs {
    const { dataSetId, revisionId, bucket, encryption } = args;
    const jobs = all([destinations, bucket]).apply(([known, target]) => {
      const chunks = partitionStably(known, destinationName, maxAssetsPerExport);
      const entries = chunks.map(({ name: chunk, items }) => {
        const assetDestinations = items.map((destination) => ({ ...destination, bucket: target }));
        const details = { dataSetId, revisionId, assetDestinations, ...(encryption && { encryption }) };
        return [jobName(chunk), { type: "EXPORT_ASSETS_TO_S3", details: { exportAssetsToS3: details } }];
      });
      return Object.fromEntries(entries) as Record<string, JobOfSetArgs>;
    });
    return jobSetOutputs(
      new JobSet(`${name}-export`, { jobs, ...jobSettings(this, args) }, { parent: this }),
    );
  }

  private noteUnknownAssets(args: S3ExportArgs): Promise<void> {
    const assets = args.assets ?? args.assetIds;
    const jobs = Array.isArray(assets)
      ? `at least ${Math.ceil(assets.length / maxAssetsPerExport)} for ${assets.length} assets`
      : `one for each ${maxAssetsPerExport} assets`;
    const text = `The assets are not known yet. Their jobs are declared during \`pulumi up\`: ${jobs}.`;
    return this.note({ code: "assets-not-known-yet", text }, args);
  }
}

/** The argument that has the assets. */
function argumentOf({ assets, assetIds }: S3ExportArgs): AssetsArgument {
  if (assets !== undefined && assetIds !== undefined) {
    throw new InputError(
      "conflicting-arguments",
      "assets and assetIds exclude each other; give one of them.",
    );
  }
  if (assets === undefined && assetIds === undefined) {
    throw new InputError("no-assets", "There is nothing to export: give assets or assetIds.");
  }
  return assets === undefined ? "assetIds" : "assets";
}

/** The ids with their names. An id that is not in the list remains alone. */
function withNames(ids: readonly string[], assets: readonly NamedAsset[]): (string | NamedAsset)[] {
  const named = new Map(assets.map((asset) => [asset.id, asset]));
  return ids.map((id) => named.get(id) ?? id);
}

/** Whether `key` needs names of assets. A function may read them. */
const needsNames = (key: S3ExportArgs["key"]): Input<boolean> =>
  typeof key === "function" || output(key).apply(usesNames);
