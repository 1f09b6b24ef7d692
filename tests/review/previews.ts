/** Small previews in the form in which the engine writes them. */
import {
  assetSignature,
  secretMask as secret,
  signatureKey,
  unknownValue as unknown,
} from "../../lib/pulumi-values";
import type { JobSetInputs } from "../../provider/core/job-set/inputs";
import { inputsOfJobs } from "../../provider/core/job-set/inputs";
import type { JobOfSet } from "../../provider/core/job-set/state";
import { writeJobSet } from "../../provider/core/job-set/state";
import { toOutputs } from "../../provider/core/state";
import { jobSetToken as setToken, jobToken } from "../../provider/state-contract";
import type { Review, RunningJob } from "../../review/review";
import { parsePreview } from "../../review/parse-preview";
import { reviewOf } from "../../review/review";
import type { ItemChanges, Reason } from "../../review/reason";
import type { Warning } from "../../review/warning";

export { secret, setToken, unknown };

export const at = { dataSetId: "d".repeat(32), revisionId: "r".repeat(32) };

export const urnOf = (name: string, type = jobToken): string => `urn:pulumi:prod::market::${type}::${name}`;

interface StepParts {
  name: string;
  type?: string;
  inputs?: object;
  old?: { inputs?: object; outputs?: object };
  replaceReasons?: string[];
  /** Members of the new state. */
  parent?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
}

export const step = (op: string, parts: StepParts): object => {
  const { name, type = jobToken, inputs, old, replaceReasons, ...rest } = parts;
  const urn = urnOf(name, type);
  return {
    op,
    urn,
    ...(old && { oldState: { urn, type, id: "j".repeat(32), ...old } }),
    ...(inputs && { newState: { urn, type, inputs, ...rest } }),
    ...(replaceReasons && { replaceReasons }),
  };
};

export const importOf = (keys: string[], place = at): object => ({
  type: "IMPORT_ASSETS_FROM_S3",
  details: { importAssetsFromS3: { ...place, assetSources: keys.map((key) => ({ bucket: "source", key })) } },
});

/** The state of a job that has imported these objects. */
export const imported = (keys: string[], rest: object = {}): { inputs: object; outputs: object } => {
  const inputs = importOf(keys);
  const assets = keys.map((key) => ({ id: key, name: key }));
  return { inputs, outputs: { ...inputs, state: "COMPLETED", assets, ...rest } };
};

export const created = (name: string, keys = ["a.csv"]): object =>
  step("create", { name, inputs: importOf(keys) });

/** A job that has imported `from` and will import `to`. */
export const replaced = (name: string, from: string[], to: string[]): object =>
  step("replace", { name, inputs: importOf(to), old: imported(from), replaceReasons: ["details"] });

interface Rerun {
  outputs?: object;
  inputs?: object;
  replaceReasons?: string[];
  retainOnDelete?: boolean;
  pendingReplacement?: boolean;
}

/** Job `a`, which has imported `from` and is replaced by an import of x and y. */
export const rerunOf = (from: string[], { outputs, inputs, replaceReasons, ...rest }: Rerun = {}): object =>
  step("replace", {
    name: "a",
    inputs: inputs ?? importOf(["x", "y"]),
    old: { ...imported(from, outputs), ...rest },
    replaceReasons: replaceReasons ?? ["details"],
  });

export const same = (name: string, keys: string[] = []): object =>
  step("same", { name, inputs: importOf(keys), old: imported(keys) });

export const deleted = (name: string, keys: string[] = [], outputs: object = {}): object =>
  step("delete", { name, old: imported(keys, outputs) });

export function previewOf(steps: object[], rest: object = {}): string {
  const changeSummary: Record<string, number> = {};
  for (const { op } of steps as { op: string }[]) changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  return JSON.stringify({ steps, duration: 1, changeSummary, ...rest });
}

export const reviewed = (steps: object[], rest: object = {}): Review =>
  reviewOf(parsePreview(previewOf(steps, rest)));

export type Jobs = Record<string, object>;

/** Imports by the names of their jobs. Each has the contents of its objects by key. */
export const importsOf = (jobs: Record<string, Record<string, string>>, place = at): Jobs =>
  Object.fromEntries(
    Object.entries(jobs).map(([name, objects]) => [
      name,
      { ...importOf(Object.keys(objects), place), triggers: objects },
    ]),
  );

/** Uploads by the names of their assets, with the content of each file. */
export const uploadsOf = (files: Record<string, string>): Jobs =>
  Object.fromEntries(
    Object.entries(files).map(([assetName, hash]) => [
      assetName,
      {
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...at, assetName } },
        upload: {
          [signatureKey]: assetSignature,
          hash,
          path: assetName,
        },
      },
    ]),
  );

interface LastRun {
  /** Errors by the names of the jobs that failed. */
  failed?: Record<string, object[]>;
  /** Replaced jobs whose assets are still to be deleted. */
  former?: Jobs;
  settings?: object;
}

/** The state of a set that has run these jobs. */
export function ranSet(jobs: Jobs, { failed = {}, former = {}, settings = {} }: LastRun = {}) {
  const set = (some: Jobs) => ({ ...settings, jobs: some }) as unknown as JobSetInputs;
  const before = inputsOfJobs(set(former));
  const results = [...inputsOfJobs(set(jobs))].map(([name, inputs]): [string, JobOfSet] => {
    const earlier = before.get(name);
    const job = ranJob(name, inputs, failed[name]);
    return [name, earlier ? { ...job, former: [ranJob(`former-${name}`, earlier)] } : job];
  });
  return {
    id: "set",
    inputs: { ...set(jobs) },
    outputs: writeJobSet(settings, new Map(results)),
  };
}

type Inputs = Parameters<typeof toOutputs>[0];

function ranJob(id: string, inputs: Inputs, errors?: object[]): JobOfSet {
  const { type, details } = inputs;
  const { assetSources, assetName } = Object.values(details)[0] as {
    assetSources?: { key: string }[];
    assetName?: string;
  };
  const names = assetSources?.map(({ key }) => key) ?? (assetName === undefined ? [] : [assetName]);
  const job = {
    id,
    arn: `arn:aws:dataexchange:us-east-1:123456789012:jobs/${id}`,
    type,
    state: errors ? "ERROR" : "COMPLETED",
    details,
    errors,
    createdAt: "2026-11-01T00:00:00Z",
    updatedAt: "2026-11-01T00:00:00Z",
  };
  const assets = errors ? [] : names.map((name) => ({ id: name, name }));
  return { id, outputs: toOutputs(inputs, job as never, assets) };
}

export const setStep = (
  op: string,
  name: string,
  jobs: unknown,
  old?: object,
  { settings, ...rest }: { settings?: object; replaceReasons?: string[] } = {},
): object => ({
  ...step(op, { name, type: setToken, ...(jobs !== undefined && { inputs: { ...settings, jobs } }), old }),
  ...rest,
});

/** Reasons and warnings as data, without the nouns of the job type table. */
const bare = (data: object): object =>
  Object.fromEntries(Object.entries(data).filter(([member]) => member !== "items"));

export const reasonsOf = ({ reasons }: RunningJob): object[] => reasons.map(bare);
/** The warnings of the first job that runs. */
export const warningsIn = (...steps: object[]): readonly Warning[] => reviewed(steps).running[0]!.warnings;
export const kindsOf = (all: readonly (Reason | Warning)[]): string[] =>
  all.map((each) => ("cause" in each ? `${each.kind} ${each.cause}` : each.kind));

/** The reason of changed items, with empty lists for what is left out. */
export const itemsChanged = (changes: Partial<ItemChanges>): object => ({
  kind: "items-changed",
  property: "details",
  ...{ added: [], removed: [], changed: [], movedIn: [], movedOut: [] },
  ...changes,
});

/** The running rows by name, with the number of jobs of a row that stands for many. */
export const rowsByName = ({ rows }: Review): Record<string, RunningJob> =>
  Object.fromEntries(
    rows.running.map((job) => [`${job.urn.name}${job.jobs === undefined ? "" : ` (${job.jobs})`}`, job]),
  );

export const rowOf = (review: Review, name: string): RunningJob => rowsByName(review)[name]!;
export const effectsOf = ({ rows }: Review) => rows.idle.map(({ urn, effect }) => [urn.name, effect]);

export const objects = (...keys: string[]): string[] => keys.map((key) => `s3://source/${key}`);

/** The warning about assets that are deleted after all jobs of a set have completed. */
export const deletedAfterSet = (cause: string, assets?: string[]): object => ({
  ...{ kind: "deleted-assets", cause, isAfterSet: true },
  ...(assets && { assets }),
});
