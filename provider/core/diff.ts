/** Whether changed inputs, or the state of a job, require a new job or an update. Pure. */
import { isFailed, isUnfinished } from "../../service-model/job";
import { findJobType } from "../../service-model/job-types";
import type { JobOutputs } from "./state";
import { args } from "./arguments";
import { canonicalText, normalText } from "./normalize";

type Inputs = Readonly<Record<string, unknown>>;

export interface JobDiff {
  /** Properties that require a new job. Empty if the job in state stays. */
  replaces: string[];
  /** The job stays, and its inputs changed or it must be resumed. */
  updates: boolean;
}

/** `isDeletionBegun`: an interrupted run has begun to delete the job's assets, so the state names assets that are missing. */
export function diffJob(olds: JobOutputs, news: Inputs, isDeletionBegun = false): JobDiff {
  const replaces = [
    ...(olds.type === news.type ? [] : ["type"]),
    ...(sameDetails(olds, news) ? [] : ["details"]),
    ...((olds.uploadHash ?? null) === bodyHash(news.upload) ? [] : ["upload"]),
    ...changedArgs(olds, news, "replace"),
    ...(canonicalText(olds.triggers ?? null) === canonicalText(news.triggers ?? null) ? [] : ["triggers"]),
    ...(isFailed(olds.state) || waitsForBody(olds) ? ["state"] : []),
    ...(isDeletionBegun ? ["assets"] : []),
  ];
  return {
    replaces,
    updates: replaces.length === 0 && (needsResume(olds) || changedArgs(olds, news, "update").length > 0),
  };
}

/** Whether the job in state is not finished. */
export const needsResume = ({ state, __pending }: JobOutputs): boolean =>
  isUnfinished(state) || __pending === true;

function sameDetails(olds: JobOutputs, news: Inputs): boolean {
  const jobType = findJobType(news.type);
  if (!jobType || olds.type !== news.type) return canonicalText(olds.details) === canonicalText(news.details);
  const text = (details: unknown) =>
    // The upload's hash covers the MD5, which is optional.
    normalText(
      jobType.details,
      (details as Inputs | undefined)?.[jobType.detailsKey],
      (member) => member.fromUpload !== undefined,
    );
  return text(olds.details) === text(news.details);
}

function changedArgs(olds: JobOutputs, news: Inputs, onChange: "replace" | "update"): string[] {
  const before = olds as unknown as Inputs;
  return (
    Object.entries(args)
      .filter(([, arg]) => arg.onChange === onChange)
      // States of early versions do not name the stack's own region. It has not changed.
      .filter(([name]) => name !== "region" || before[name] !== undefined)
      .filter(([name, arg]) => {
        const [was, is] = [before, news].map(
          (values) => values[name] ?? arg.default ?? (arg.shape.kind === "struct" ? {} : null),
        );
        return normalText(arg.shape, was) !== normalText(arg.shape, is);
      })
      .map(([name]) => name)
  );
}

/** An upload URL is valid for a minute, so a job left waiting for its body can never start. */
export const waitsForBody = ({ type, state }: Inputs | JobOutputs): boolean =>
  state === "WAITING" && findJobType(type)?.upload !== undefined;

const bodyHash = (upload: unknown): unknown =>
  (upload as { hash?: unknown } | undefined | null)?.hash ?? upload ?? null;
