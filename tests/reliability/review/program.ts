/** A program of several jobs, as data: what it declares can be changed at random, and written down when it fails. */
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { asset, output } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { JobArgs, JobSetArgs } from "../../../index";
import { Job, JobSet } from "../../../index";

export const kinds = ["s3", "upload", "shares", "export"] as const;
export type Kind = (typeof kinds)[number];

/** One job. */
export interface Spec {
  /** As the review tells it: `set[…]` is a job of the one set that there may be. */
  readonly name: string;
  readonly kind: Kind;
  /** Which of the revisions it works on. */
  readonly revision: number;
  /** What it imports; an upload takes the first. */
  readonly keys: readonly string[];
  readonly trigger: number;
  readonly onDelete?: "retain" | "deleteAssets";
  readonly options: Readonly<
    Pick<CustomResourceOptions, "retainOnDelete" | "deleteBeforeReplace" | "replacementTrigger">
  >;
  /** Name that the job had before, where the program says so. */
  readonly alias?: string;
  /** The job whose outputs this one takes its trigger from: not known while that one is about to run. */
  readonly after?: string;
}

export interface Place {
  readonly dataSetId: string;
  readonly revisionId: string;
}

/** Revisions of files and, beside each, one of datashares. */
export interface Places {
  readonly files: readonly Place[];
  readonly shares: readonly Place[];
}

export const placeOf = ({ kind, revision }: Spec, { files, shares }: Places): Place =>
  (kind === "shares" ? shares : files)[revision]!;

export const programOf =
  (specs: readonly Spec[], places: Places): PulumiFn =>
  () => {
    const jobs = new Map<string, Job>();
    const argsFor = (spec: Spec) => {
      const source = spec.after === undefined ? undefined : jobs.get(spec.after);
      return {
        ...argsOf(spec, places),
        triggers: [source ? output(source.id).apply(() => spec.trigger) : spec.trigger],
      };
    };
    for (const spec of specs.filter(({ name }) => !isInSet(name))) {
      const { name, alias, options, onDelete } = spec;
      const aliases = alias === undefined ? [] : [{ name: alias }];
      jobs.set(
        name,
        new Job(name, { ...argsFor(spec), onDelete } as unknown as JobArgs, { ...options, aliases }),
      );
    }
    const members = specs.filter(({ name }) => isInSet(name));
    const [first] = members;
    if (!first) return Promise.resolve();
    const all = Object.fromEntries(members.map((spec) => [nameInSet(spec.name), argsFor(spec)]));
    // The set has one setting for all of its jobs, and the options of its first.
    const args = { jobs: all, onDelete: first.onDelete } as unknown as JobSetArgs;
    new JobSet(setName, args, first.options);
    return Promise.resolve();
  };

const setName = "set";
export const isInSet = (name: string): boolean => name.startsWith(`${setName}[`);
export const inSet = (name: string): string => `${setName}[${name}]`;
const nameInSet = (name: string): string => name.slice(setName.length + 1, -1);

const cluster = "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555";

function argsOf(spec: Spec, places: Places): object {
  const { kind, keys } = spec;
  const place = placeOf(spec, places);
  switch (kind) {
    case "s3": {
      const assetSources = keys.map((key) => ({ bucket: "source", key }));
      return {
        type: "IMPORT_ASSETS_FROM_S3",
        details: { importAssetsFromS3: { ...place, assetSources } },
      };
    }
    case "upload":
      return {
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...place, assetName: keys[0] } },
        upload: new asset.StringAsset(`body of ${keys[0]}`),
      };
    case "shares": {
      const assetSources = keys.map((key) => ({ dataShareArn: `${cluster}/${key.replace(".", "_")}` }));
      return {
        type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES",
        details: { importAssetsFromRedshiftDataShares: { ...place, assetSources } },
      };
    }
    case "export": {
      const destination = {
        revisionId: place.revisionId,
        bucket: "target",
        keyPattern: `${keys[0]}/\${Asset.Name}`,
      };
      return {
        type: "EXPORT_REVISIONS_TO_S3",
        details: { exportRevisionsToS3: { dataSetId: place.dataSetId, revisionDestinations: [destination] } },
      };
    }
  }
}
