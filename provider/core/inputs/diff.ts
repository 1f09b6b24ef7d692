/** What a change of inputs, or the state a job was left in, means for the job. Pure. */
import { isFailed, isUnfinished } from "../../model/job";
import { findJobType } from "../../model/job-types";
import type { JobOutputs } from "../state";
import { args } from "./args";
import { canonicalText, normalText } from "./normal-form";

type Inputs = Readonly<Record<string, unknown>>;

export interface JobDiff {
  /** Properties that make a new job necessary; none when the job in state stays. */
  replaces: string[];
  /** The job stays, and there is something to take over or to go on with. */
  updates: boolean;
  /** The new job is to do again what the old one did, so no job older than that one can stand in for it. */
  reruns: boolean;
}

export function diffJob(olds: JobOutputs, news: Inputs, now: number): JobDiff {
  const work = [
    ...(olds.type === news.type ? [] : ["type"]),
    ...(sameDetails(olds, news) ? [] : ["details"]),
    ...((olds.uploadHash ?? null) === hashOf(news.upload) ? [] : ["upload"]),
    ...changedArgs(olds, news, "replace"),
  ];
  const again = [
    ...(canonicalText(olds.triggers ?? null) === canonicalText(news.triggers ?? null) ? [] : ["triggers"]),
    ...(isFailed(olds.state) ? ["state"] : []),
    ...expiredUpload(olds, now),
  ];
  const replaces = [...work, ...again];
  return {
    replaces,
    updates: replaces.length === 0 && (goesOn(olds) || changedArgs(olds, news, "update").length > 0),
    reruns: again.length > 0,
  };
}

/** Whether something is left to do with the job in state. */
export const goesOn = ({ state, __pending }: JobOutputs): boolean =>
  isUnfinished(state) || __pending === true;

function sameDetails(olds: JobOutputs, news: Inputs): boolean {
  const jobType = findJobType(news.type);
  if (!jobType || olds.type !== news.type) return canonicalText(olds.details) === canonicalText(news.details);
  const text = (details: unknown) =>
    // An MD5 says no more than the upload's hash, and may be spelled out or left out.
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
      // A region that an older state does not name was the stack's own; nothing says that it has changed.
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

/** A body can no longer be put to a URL that has expired, so a job that still waits for it can never start. */
function expiredUpload(olds: JobOutputs, now: number): string[] {
  const expiresAt = findJobType(olds.type)?.upload?.expiresAt;
  if (!expiresAt || olds.state !== "WAITING") return [];
  const at = Date.parse(String((olds as unknown as Inputs)[expiresAt]));
  return at <= now ? [expiresAt] : [];
}

const hashOf = (upload: unknown): unknown =>
  (upload as { hash?: unknown } | undefined | null)?.hash ?? upload ?? null;
