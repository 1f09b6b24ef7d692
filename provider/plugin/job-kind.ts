import type { AssetInState } from "../../service-model/job";
import { jobAssets } from "../../service-model/job";
import { findJobType } from "../../service-model/job-types";
import type { Path } from "../../service-model/validate";
import { UNKNOWN, isRecord } from "../../service-model/validate";
import type { JobInputs } from "../core/arguments";
import { args } from "../core/arguments";
import { needsResume } from "../core/diff";
import type { JobOutputs } from "../core/state";
import { namesBeyond, withInputs } from "../core/state";
import { JobResource } from "../host/job-resource";
import type { Change } from "./changes";
import { findChanges } from "./changes";
import { isImported } from "../host/import-mark";
import { completeState, importObstacle, importedInputs } from "../host/imported-job";
import type { Kind } from "./kind";
import { secretsOfOutputs } from "./secrets";
import type { Props } from "./values";

/** Outputs that change while a job runs. */
const laterOutputs = ["state", "updatedAt", "errors", "assets"];

export const jobKind: Kind = {
  open: (host) => new JobResource(host),
  jobs: () => [[]],
  secretOutputs: (secrets) => secretsOfOutputs(secrets, [], []),
  foresee(inputs, state) {
    const jobType = findJobType(inputs.type);
    const added = jobType ? namesBeyond(jobType) : [];
    const created = state ? [] : ["arn", "createdAt"];
    const isOpen = !state || needsResume(state as unknown as JobOutputs);
    const later = isOpen ? [...created, ...laterOutputs, ...added] : [];
    return {
      ...withInputs((state ?? {}) as unknown as JobOutputs, inputs as unknown as JobInputs),
      ...Object.fromEntries(later.map((name) => [name, UNKNOWN])),
    };
  },
  present: withAssets,
  import: { identify: () => ({}), inputs: importedInputs, obstacle: importObstacle },
  complete: completeState,
  causes: () => [{ path: ["state"], kind: "UPDATE" }],
  changes: (state, last, news) => jobChanges(isProgram(last) ? last : inputsOf(state), news, []),
};

/** The assets of a job as the program reads them. The state of the core leaves out what can be derived. */
export function withAssets(job: Props): Props {
  if (!Array.isArray(job.assets)) return job;
  return { ...job, assets: jobAssets(job as unknown as JobOutputs, job.assets as AssetInState[]) };
}

/** Whether the inputs are those of a program, and complete. The engine shows the changes between them and the new ones. */
const isProgram = (inputs: Props): boolean => inputs.type !== undefined && !isImported(inputs);

const inputsOf = ({ uploadHash, ...state }: Props): Props => ({
  ...state,
  ...(uploadHash !== undefined && { upload: { hash: uploadHash } }),
});

/** What differs between the inputs of a job, whose path is `at`. */
export function jobChanges(was: Props, is: Props, at: Path): Change[] {
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
