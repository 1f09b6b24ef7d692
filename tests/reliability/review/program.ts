/** A program of several jobs as data, which can be changed at random and printed when it fails. */
import type { CustomResource, CustomResourceOptions } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { FaultRule } from "../../../emulator";
import type { JobArgs, JobSetArgs } from "../../../index";
import { Job, JobSet } from "../../../index";
import { PluginJob, PluginJobSet } from "../../harness/attached-plugin";
import type { HostName } from "../../harness/host-differences";
import { importArgs, uploadArgs } from "../../harness/programs";
import type { RevisionIds } from "../../harness/service";
import type { Random } from "../suite";

export const kinds = ["s3", "upload", "shares", "export"] as const;
export type Kind = (typeof kinds)[number];

/** One job. */
export interface JobSpec {
  /** As in the review: `set[…]` is a job of the only job set. */
  readonly name: string;
  readonly kind: Kind;
  /** Which of the revisions it works on. */
  readonly revision: number;
  /** The imported keys; an upload uses the first. */
  readonly keys: readonly string[];
  readonly trigger: number;
  readonly onDelete?: "retain" | "deleteAssets";
  readonly options: Readonly<
    Pick<CustomResourceOptions, "retainOnDelete" | "deleteBeforeReplace" | "replacementTrigger">
  >;
  /** Name that the job had before, if the program declares it. */
  readonly alias?: string;
  /** The job whose outputs this one takes its trigger from, which is unknown before that job runs. */
  readonly after?: string;
}

/** Revisions of files and, beside each, one of datashares. */
export interface ProgramRevisions {
  readonly files: readonly RevisionIds[];
  readonly shares: readonly RevisionIds[];
}

export const revisionFor = ({ kind, revision }: JobSpec, { files, shares }: ProgramRevisions): RevisionIds =>
  (kind === "shares" ? shares : files)[revision]!;

/** Jobs of the classes of Node programs, or of the plugin as other languages declare them. */
export const programOf =
  (specs: readonly JobSpec[], revisions: ProgramRevisions, host: HostName): PulumiFn =>
  () => {
    const [OneJob, Jobs] = host === "plugin" ? [PluginJob, PluginJobSet] : [Job, JobSet];
    const jobs = new Map<string, CustomResource>();
    const argsFor = (spec: JobSpec) => {
      const source = jobs.get(spec.after ?? "");
      const trigger = source ? output(source.id).apply(() => spec.trigger) : spec.trigger;
      return { ...argsOf(spec, revisions), triggers: [trigger] };
    };
    const members = specs.filter(({ name }) => isInSet(name));
    for (const spec of specs.filter((each) => !members.includes(each))) {
      const { name, alias, options, onDelete } = spec;
      const aliases = alias === undefined ? [] : [{ name: alias }];
      const args = { ...argsFor(spec), onDelete } as unknown as JobArgs;
      jobs.set(name, new OneJob(name, args, { ...options, aliases }));
    }
    const [first] = members;
    if (!first) return Promise.resolve();
    const all = Object.fromEntries(members.map((spec) => [nameInSet(spec.name), argsFor(spec)]));
    // The set has one setting for all of its jobs, and the options of its first.
    const args = { jobs: all, onDelete: first.onDelete } as unknown as JobSetArgs;
    new Jobs(setName, args, first.options);
    return Promise.resolve();
  };

const setName = "set";
const isInSet = (name: string): boolean => name.startsWith(`${setName}[`);
const inSet = (name: string): string => `${setName}[${name}]`;
const nameInSet = (name: string): string => name.slice(setName.length + 1, -1);

const cluster = "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555";

function argsOf(spec: JobSpec, revisions: ProgramRevisions): object {
  const { kind, keys } = spec;
  const ids = revisionFor(spec, revisions);
  switch (kind) {
    case "s3":
      return importArgs(ids, [...keys]);
    case "upload":
      return uploadArgs(ids, keys[0]!, `body of ${keys[0]}`);
    case "shares": {
      const assetSources = keys.map((key) => ({ dataShareArn: `${cluster}/${key.replace(".", "_")}` }));
      const details = { importAssetsFromRedshiftDataShares: { ...ids, assetSources } };
      return { type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES", details };
    }
    case "export": {
      const { dataSetId, revisionId } = ids;
      const destination = { revisionId, bucket: "target", keyPattern: `${keys[0]}/\${Asset.Name}` };
      const details = { exportRevisionsToS3: { dataSetId, revisionDestinations: [destination] } };
      return { type: "EXPORT_REVISIONS_TO_S3", details };
    }
  }
}

/** The last of them is not in the bucket: a job that imports it fails in part. */
export const keys = ["a.csv", "b.csv", "c.csv", "missing.csv"];
export const revisionCount = 3;
const maxJobs = 7;

function newName(random: Random): string {
  const name = `job-${random.next()}`;
  return random.isOneIn(3) ? inSet(name) : name;
}

function newSpec(random: Random): JobSpec {
  const kind = random.of(kinds);
  return {
    name: newName(random),
    kind,
    revision: random.below(revisionCount),
    keys: someKeys(random),
    trigger: 0,
    onDelete: random.of([undefined, "retain", "deleteAssets", "deleteAssets"] as const),
    options: {
      ...(random.isOneIn(6) && { deleteBeforeReplace: true }),
      ...(random.isOneIn(8) && { retainOnDelete: true }),
      ...(random.isOneIn(6) && { replacementTrigger: 0 }),
    },
  };
}

function someKeys(random: Random): string[] {
  const some = keys.slice(0, 3).filter(() => random.isOneIn(2));
  if (random.isOneIn(40)) some.push("missing.csv");
  if (random.isOneIn(15)) some.push("a.csv");
  return some.length > 0 ? some : [random.of(keys.slice(0, 3))];
}

export const firstProgram = (random: Random): JobSpec[] =>
  Array.from({ length: 3 + random.below(3) }, () => newSpec(random));

type Change = (spec: JobSpec, random: Random) => JobSpec | undefined;

const specChanges: readonly Change[] = [
  (spec, random) => ({ ...spec, keys: someKeys(random) }),
  (spec) => ({ ...spec, trigger: spec.trigger + 1 }),
  // Changed back, so that the same work is requested again.
  (spec) => ({ ...spec, trigger: 0 }),
  (spec, random) => ({ ...spec, name: newName(random), alias: undefined }),
  (spec, random) => renamed(spec, newName(random)),
  (spec, random) => ({ ...spec, revision: random.below(revisionCount) }),
  (spec, random) => ({ ...spec, onDelete: random.of(["retain", "deleteAssets"] as const) }),
  (spec, random) => ({ ...spec, kind: random.of(kinds) }),
  ({ options, ...spec }) => ({
    ...spec,
    options: { ...options, replacementTrigger: Number(options.replacementTrigger ?? 0) + 1 },
  }),
  ({ options, ...spec }) => ({
    ...spec,
    options: { ...options, deleteBeforeReplace: options.deleteBeforeReplace !== true },
  }),
  () => undefined,
];

/** A job of a set has no aliases. */
const renamed = (spec: JobSpec, name: string): JobSpec => ({
  ...spec,
  name,
  alias: isInSet(spec.name) || isInSet(name) ? undefined : spec.name,
});

/** Changes some of the jobs, sometimes adds one, and may make a job wait for another. */
export function changeProgram(specs: readonly JobSpec[], random: Random): JobSpec[] {
  const after = specs.flatMap((spec) => {
    // An alias is declared once.
    const settled = { ...spec, alias: undefined };
    if (!random.isOneIn(2)) return [settled];
    return random.of(specChanges)(settled, random) ?? [];
  });
  if (after.length < maxJobs && random.isOneIn(2)) after.push(newSpec(random));
  const names = new Set<string>();
  return after.map((spec) => {
    const others = [...names];
    // A job that the set waits for must not wait for the set.
    if (!isInSet(spec.name)) names.add(spec.name);
    const isBound = others.length > 0 && random.isOneIn(5);
    const kept = spec.after !== undefined && others.includes(spec.after) ? spec.after : undefined;
    return { ...spec, after: isBound ? random.of(others) : kept };
  });
}

const faults: readonly FaultRule[] = [
  { operation: "RunJob", error: "INTERNAL_SERVER_EXCEPTION" },
  { operation: "ListRevisionAssets", error: 403 },
  { operation: "CreateJob", error: 403 },
  { operation: "DeleteAsset", error: 403 },
];

/** A fault for one run in three. */
export const randomFault = (random: Random): FaultRule | undefined =>
  random.isOneIn(3) ? random.of(faults) : undefined;
