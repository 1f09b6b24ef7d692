/** What each type of resource adds to the operations that all have in common. Values are those of the core. */
import { findJobType } from "../../service-model/job-types";
import { jobAssets } from "../../service-model/job";
import type { AssetInState } from "../../service-model/job";
import { list, string } from "../../service-model/shape";
import type { Path } from "../../service-model/validate";
import { UNKNOWN, isRecord } from "../../service-model/validate";
import { args } from "../core/arguments";
import { needsResume } from "../core/diff";
import type { JobOutputs } from "../core/state";
import { namesBeyond } from "../core/state";
import { FinalizationResource } from "../host/finalization-resource";
import type { Host } from "../host/host";
import { JobResource } from "../host/job-resource";
import { JobSetResource } from "../host/job-set-resource";
import type { Resource } from "../host/resource";
import type { Change } from "./changes";
import { findChanges } from "./changes";
import { completeState, importMark, importedInputs } from "./imported-job";
import { jobPaths, secretsOfOutputs } from "./secrets";
import type { Props } from "./values";

export interface Kind {
  open(host: Host): Resource;
  /** Paths of the jobs among the inputs. */
  jobs(inputs: Props): Path[];
  /** Secrets of the outputs of inputs with these secrets. */
  secretOutputs(inputs: Props, secrets: readonly Path[], outputs: Props): Path[];
  /** The outputs of a preview. `state` is that of a resource that is updated. */
  foresee(inputs: Props, state?: Props): Props;
  /** The state as the program reads it. The core leaves out what can be derived. */
  present(state: Props): Props;
  /** Inputs of a resource that was created elsewhere. Undefined if such resources cannot be imported. */
  importedInputs?: (outputs: Props) => Props;
  /** The state with what only the inputs of the last run contain. */
  complete(state: Props, inputs: Props): Props;
  /** Paths of the outputs that say why a resource is updated although no input has changed. */
  causes(state: Props): Path[];
  /** What differs between the inputs in state and those of the program. */
  changes(state: Props, oldInputs: Props, news: Props): Change[];
}

const unknown = (names: readonly string[]): Props => Object.fromEntries(names.map((name) => [name, UNKNOWN]));

const withAssets = (job: Props): Props =>
  Array.isArray(job.assets)
    ? { ...job, assets: jobAssets(job as unknown as JobOutputs, job.assets as AssetInState[]) }
    : job;

const laterOutputs = ["state", "updatedAt", "errors", "assets"];

const job: Kind = {
  open: (host) => new JobResource(host),
  jobs: () => [[]],
  secretOutputs: (_, secrets) => secretsOfOutputs(secrets, [], []),
  foresee({ upload, ...inputs }, state) {
    const jobType = findJobType(inputs.type);
    const added = jobType ? namesBeyond(jobType) : [];
    const hash = isRecord(upload) && upload.hash !== undefined ? { uploadHash: upload.hash } : {};
    if (!state) return { ...unknown(["arn", "createdAt", ...laterOutputs, ...added]), ...inputs, ...hash };
    const later = needsResume(state as unknown as JobOutputs) ? unknown([...laterOutputs, ...added]) : {};
    return { ...state, ...inputs, ...hash, ...later };
  },
  present: withAssets,
  importedInputs,
  complete: completeState,
  causes: () => [["state"]],
  changes: (state, last, news) => jobChanges(isProgram(last) ? last : inputsOf(state), news, []),
};

/** Whether the inputs are those of a program, and complete. The engine shows the changes between them and the new ones. */
const isProgram = (inputs: Props): boolean => inputs.type !== undefined && inputs[importMark] !== true;

const inputsOf = ({ uploadHash, ...state }: Props): Props => ({
  ...state,
  ...(uploadHash !== undefined && { upload: { hash: uploadHash } }),
});

const set: Kind = {
  open: (host) => new JobSetResource(host),
  jobs: (inputs) => jobPaths(inputs, "jobs"),
  secretOutputs: (_, secrets, outputs) =>
    jobPaths(outputs, "results").flatMap((at) => [
      ...secretsOfOutputs(secrets, ["jobs", ...at.slice(1)], at),
      // Replaced jobs have details that the inputs no longer contain.
      [...at, "former"],
    ]),
  foresee: ({ jobs: _, triggers: __, ...settings }, state) => ({ ...state, ...settings, results: UNKNOWN }),
  present: ({ results, ...others }) => ({
    ...others,
    results: isRecord(results)
      ? Object.fromEntries(Object.entries(results).map(([name, job]) => [name, withAssets(job as Props)]))
      : results,
  }),
  complete: (state) => state,
  causes({ results }) {
    const jobs = isRecord(results) ? Object.entries(results) : [];
    const open = jobs.filter(([, result]) => !isRecord(result) || result.state !== "COMPLETED");
    return open.length === 0 ? [["results"]] : open.map(([name]) => ["results", name, "state"]);
  },
  changes(_, { jobs: was, ...olds }, { jobs: is, ...news }) {
    const settings = [...jobChanges(olds, news, [])];
    if (!isRecord(was) || !isRecord(is)) return [...settings, ...findChanges(undefined, was, is, ["jobs"])];
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return [
      ...settings,
      ...names.flatMap((name) => {
        const [before, after] = [was[name], is[name]];
        const path = ["jobs", name];
        return isRecord(before) && isRecord(after)
          ? jobChanges(before, after, path)
          : findChanges(undefined, before, after, path);
      }),
    ];
  },
};

function jobChanges(was: Props, is: Props, at: Path): Change[] {
  const jobType = was.type === is.type ? findJobType(is.type) : undefined;
  const key = jobType?.detailsKey ?? "";
  const [before, after] = [was.details, is.details];
  const details =
    jobType && isRecord(before) && isRecord(after)
      ? findChanges(jobType.details, before[key], after[key], [...at, "details", key])
      : findChanges(undefined, before, after, [...at, "details"]);
  return [
    ...findChanges(undefined, was.type, is.type, [...at, "type"]),
    ...details,
    ...findChanges(undefined, hashOf(was.upload), hashOf(is.upload), [...at, "upload"]),
    ...findChanges(undefined, was.triggers, is.triggers, [...at, "triggers"]),
    ...Object.entries(args).flatMap(([name, { shape, default: standard }]) =>
      findChanges(shape, was[name] ?? standard, is[name] ?? standard, [...at, name]),
    ),
  ];
}

const hashOf = (upload: unknown): unknown => (isRecord(upload) ? upload.hash : upload);

const finalizationInputs = [
  "dataSetId",
  "revisionId",
  "assetCount",
  "region",
  "profile",
  "assumeRole",
  "endpoint",
];

const finalization: Kind = {
  open: (host) => new FinalizationResource(host),
  jobs: () => [],
  secretOutputs: (_, secrets) => [...secrets],
  foresee: (inputs, state) => ({ ...state, ...inputs, finalized: UNKNOWN }),
  present: (state) => state,
  complete: (state) => state,
  causes: () => [["finalized"]],
  changes: (state, _, news) => [
    ...findChanges(list(string(), { set: true }), state.jobs, news.jobs, ["jobs"]),
    ...finalizationInputs.flatMap((name) => findChanges(undefined, state[name], news[name], [name])),
  ],
};

/** By type token. */
export const kinds: Readonly<Record<string, Kind>> = {
  "dataexchange:index:Job": job,
  "dataexchange:index:JobSet": set,
  "dataexchange:index:RevisionFinalization": finalization,
};
