/** A program of several imports and uploads, as data, and the objects that they read. */
import { asset } from "@pulumi/pulumi";

import type { JobArgs } from "../../../index";
import type { Random } from "../review/random";

export interface Spec {
  readonly name: string;
  readonly kind: "import" | "upload";
  readonly revision: number;
  /** What it imports, or the name of the one asset that it uploads. */
  readonly keys: readonly string[];
  /** What an upload uploads. */
  readonly body: number;
  readonly deleteBeforeReplace: boolean;
}

/** Version of each object's bytes; none of an object that is not there. */
export type Objects = Readonly<Record<string, number | undefined>>;

export interface Declared {
  readonly specs: readonly Spec[];
  readonly objects: Objects;
}

export interface Place {
  readonly dataSetId: string;
  readonly revisionId: string;
}

export const revisions = 2;
export const allKeys = ["a.csv", "b.csv", "c.csv", "d.csv"];
const mostJobs = 4;

export const bytesOf = (key: string, version: number | undefined): string => `${key} ${version ?? "missing"}`;
const bodyOf = ({ keys, body }: Spec): string => `upload of ${keys[0]} ${body}`;

/** The bytes that the program declares for each asset of the job. */
export const declaredBytes = (spec: Spec, objects: Objects): ReadonlyMap<string, string> =>
  new Map(spec.keys.map((key) => [key, spec.kind === "upload" ? bodyOf(spec) : bytesOf(key, objects[key])]));

export function argsOf(spec: Spec, objects: Objects, places: readonly Place[]): JobArgs {
  const place = places[spec.revision]!;
  const common = { onDelete: "deleteAssets", timeouts: { request: "20s", queue: "20s" } } as const;
  if (spec.kind === "upload") {
    return {
      type: "IMPORT_ASSET_FROM_SIGNED_URL",
      details: { importAssetFromSignedUrl: { ...place, assetName: spec.keys[0]! } },
      upload: new asset.StringAsset(bodyOf(spec)),
      ...common,
    };
  }
  const assetSources = spec.keys.map((key) => ({ bucket: "source", key }));
  return {
    type: "IMPORT_ASSETS_FROM_S3",
    details: { importAssetsFromS3: { ...place, assetSources } },
    // What stands for an object's ETag, as a program declares it.
    triggers: spec.keys.map((key) => `${key} ${objects[key] ?? 0}`),
    ...common,
  };
}

export const first = (random: Random): Declared => {
  const objects = Object.fromEntries(allKeys.map((key) => [key, 1]));
  let specs: readonly Spec[] = [];
  while (specs.length < 2) specs = [...specs, ...added(specs, random)];
  return { specs, objects };
};

/** Keys of a revision that no job has: two jobs of one program never make the same asset in one revision. */
const freeKeys = (specs: readonly Spec[], revision: number): string[] =>
  allKeys.filter((key) => !specs.some((spec) => spec.revision === revision && spec.keys.includes(key)));

function added(specs: readonly Spec[], random: Random): Spec[] {
  const revision = random.below(revisions);
  const free = freeKeys(specs, revision);
  if (free.length === 0 || specs.length >= mostJobs) return [];
  const kind = random.oneIn(3) ? "upload" : "import";
  const keys = kind === "upload" ? [random.of(free)] : someOf(free, random);
  return [{ name: newName(random), kind, revision, keys, body: 1, deleteBeforeReplace: random.oneIn(5) }];
}

const newName = (random: Random): string => `job-${random.next()}`;

function someOf(keys: readonly string[], random: Random): string[] {
  const some = keys.filter(() => random.oneIn(2));
  return some.length > 0 ? some : [random.of(keys)];
}

type Change = (declared: Declared, random: Random) => Declared;

const withOne =
  (change: (spec: Spec, others: readonly Spec[], random: Random) => readonly Spec[]): Change =>
  ({ specs, objects }, random) => {
    if (specs.length === 0) return { specs, objects };
    const one = random.of(specs);
    const changed = change(
      one,
      specs.filter((spec) => spec !== one),
      random,
    );
    return { specs: specs.flatMap((spec) => (spec === one ? changed : [spec])), objects };
  };

const withObject =
  (change: (version: number | undefined) => number | undefined): Change =>
  ({ specs, objects }, random) => {
    const key = random.of(allKeys);
    return { specs, objects: { ...objects, [key]: change(objects[key]) } };
  };

/** What people do to a program and to what it imports. */
export const changes: Readonly<Record<string, Change>> = {
  "an object is rewritten": withObject((version) => (version ?? 0) + 1),
  "an object is as it once was": withObject(() => 1),
  "an object is missing": withObject(() => undefined),
  "a body changes": withOne((spec) => [{ ...spec, body: spec.body + 1 }]),
  "a body is as it once was": withOne((spec) => [{ ...spec, body: 1 }]),
  "keys come and go": withOne((spec, others, random) =>
    spec.kind === "upload" ? [spec] : [{ ...spec, keys: someOf(freeKeys(others, spec.revision), random) }],
  ),
  "a job is renamed": withOne((spec, _, random) => [{ ...spec, name: newName(random) }]),
  "a job goes": withOne(() => []),
  "a job comes": ({ specs, objects }, random) => ({ specs: [...specs, ...added(specs, random)], objects }),
  "deleteBeforeReplace changes": withOne((spec) => [
    { ...spec, deleteBeforeReplace: !spec.deleteBeforeReplace },
  ]),
  "nothing changes": (declared) => declared,
};
