/** What a JobSet is told: several jobs by names of the program's own, and what holds for all of them. */
import { createHash } from "node:crypto";

import type { Problem } from "../../../service-model/validate";
import { UNKNOWN, describeKind, isRecord } from "../../../service-model/validate";
import { args } from "../arguments";
import { checkInputs } from "../check";
import type { JobInputs } from "../arguments";
import { canonicalText } from "../normalize";
import type { UploadBodies } from "../ports";

/** What each job of the set has of its own. */
const ownOfJob = ["type", "details", "upload", "triggers"] as const;

export type SetSettings = Omit<JobInputs, (typeof ownOfJob)[number]>;

export interface JobSetInputs extends SetSettings {
  jobs: Record<string, Pick<JobInputs, (typeof ownOfJob)[number]>>;
  /** Of all jobs. */
  triggers?: unknown;
}

/** What tells a job of a set from all other resources: `urn` is that of the set. */
export const urnOfJob = (urn: string | undefined, name: string): string | undefined =>
  urn === undefined ? undefined : `${urn}#${encodeURIComponent(name)}`;

type Inputs = Readonly<Record<string, unknown>>;

/** What holds for every job of the set. */
export const settingsOf = (of: object): SetSettings =>
  Object.fromEntries(
    Object.keys(args)
      .filter((name) => (of as Inputs)[name] !== undefined)
      .map((name) => [name, (of as Inputs)[name]]),
  );

/**
 * The inputs of each job, as those of a Job by itself. Its triggers are a hash of its own and those of the set: with
 * thousands of objects these are most of a state, and nothing but a difference of them counts.
 */
export function inputsOfJobs(set: JobSetInputs): Map<string, JobInputs> {
  const settings = settingsOf(set);
  return new Map(
    Object.entries(set.jobs).map(([name, { triggers, ...job }]) => {
      const all = [set.triggers, triggers].filter((known) => known !== undefined && known !== null);
      return [name, { ...settings, ...job, ...(all.length > 0 && { triggers: hashOf(all) }) }];
    }),
  );
}

const hashOf = (value: unknown): string => createHash("sha256").update(canonicalText(value)).digest("base64");

/** Problems of the inputs as the program gave them; unknown values are `UNKNOWN`. */
export async function checkJobSet(inputs: Inputs, bodies: UploadBodies): Promise<Problem[]> {
  const { jobs, ...others } = inputs;
  const unknown = Object.keys(others).filter(
    (name) => !name.startsWith("__") && name !== "triggers" && !Object.hasOwn(args, name),
  );
  const known = ["jobs", "triggers", ...Object.keys(args)].join(", ");
  return [
    ...unknown.map((name) => ({
      path: [name],
      code: "unknown-member",
      message: `is not known here; a JobSet takes ${known}`,
    })),
    ...(await checkJobs(jobs, others, bodies)),
  ];
}

async function checkJobs(jobs: unknown, others: Inputs, bodies: UploadBodies): Promise<Problem[]> {
  if (jobs === UNKNOWN) return [];
  if (!isRecord(jobs)) {
    return [
      {
        path: ["jobs"],
        code: "wrong-type",
        message: `must be an object of jobs by name, not ${describeKind(jobs)}`,
      },
    ];
  }
  if (Object.keys(jobs).length === 0)
    return [{ path: ["jobs"], code: "too-few-items", message: "must hold at least one job" }];
  const problems: Problem[] = [];
  // What is wrong with the settings is wrong for each job, and said once.
  let settings: Inputs = { ...settingsOf(others) };
  for (const [name, job] of Object.entries(jobs)) {
    if (job === UNKNOWN) continue;
    if (!isRecord(job)) {
      problems.push({
        path: ["jobs", name],
        code: "wrong-type",
        message: `must be a job, not ${describeKind(job)}`,
      });
      continue;
    }
    const stray = Object.keys(job).find((member) => !ownOfJob.includes(member as "type"));
    if (stray !== undefined) {
      const message = `is not known here; a job of a JobSet takes ${ownOfJob.join(", ")}`;
      problems.push({ path: ["jobs", name, stray], code: "unknown-member", message });
      continue;
    }
    for (const { path, ...fault } of await checkInputs({ ...settings, ...job }, bodies)) {
      const isOwn = ownOfJob.includes(path[0] as "type");
      problems.push({ path: isOwn ? ["jobs", name, ...path] : path, ...fault });
    }
    settings = {};
  }
  return problems;
}
