/** Inputs of a JobSet: several jobs by name, and the settings of all of them. */
import { createHash } from "node:crypto";

import type { Problem } from "../../../service-model/validate";
import { UNKNOWN, describeKind, isRecord, problem } from "../../../service-model/validate";
import { args } from "../arguments";
import { checkInputs } from "../check";
import type { JobInputs } from "../arguments";
import { canonicalText } from "../normalize";
import type { UploadBodies } from "../ports";

/** Inputs of a single job. */
const jobMembers = ["type", "details", "upload", "triggers"] as const;

export type SetSettings = Omit<JobInputs, (typeof jobMembers)[number] | "__secret">;

export interface JobSetInputs extends SetSettings {
  jobs: Record<string, Pick<JobInputs, (typeof jobMembers)[number] | "__secret">>;
  /** Triggers of all jobs. */
  triggers?: unknown;
}

/** Identifies a job of a set among all resources. `urn` is the URN of the set. */
export const urnOfJob = (urn: string | undefined, name: string): string | undefined =>
  urn === undefined ? undefined : `${urn}#${encodeURIComponent(name)}`;

type Inputs = Readonly<Record<string, unknown>>;

/** The settings of all jobs of the set. */
export const settingsOf = (of: object): SetSettings =>
  Object.fromEntries(
    Object.keys(args)
      .filter((name) => (of as Inputs)[name] !== undefined)
      .map((name) => [name, (of as Inputs)[name]]),
  );

/**
 * The inputs of each job, like those of a Job. Its triggers are a hash of those of the job and the set, because they would
 * make up most of a large state, and only their changes matter.
 */
export function inputsOfJobs(set: JobSetInputs): Map<string, JobInputs> {
  const settings = settingsOf(set);
  return new Map(
    Object.entries(set.jobs).map(([name, { triggers, ...job }]) => {
      const all = [set.triggers, triggers].filter((known) => known !== undefined && known !== null);
      return [name, { ...settings, ...job, ...(all.length > 0 && { triggers: canonicalHash(all) }) }];
    }),
  );
}

const canonicalHash = (value: unknown): string =>
  createHash("sha256").update(canonicalText(value)).digest("base64");

/** Problems of the program's inputs. Unknown values are `UNKNOWN`. */
export async function checkJobSet(inputs: Inputs, bodies: UploadBodies): Promise<Problem[]> {
  const { jobs, ...others } = inputs;
  const unknown = Object.keys(others).filter(
    (name) => !name.startsWith("__") && name !== "triggers" && !Object.hasOwn(args, name),
  );
  const known = ["jobs", "triggers", ...Object.keys(args)].join(", ");
  return [
    ...unknown.map((name) =>
      problem([name], "unknown-member", `is not an argument of a JobSet, which has ${known}`),
    ),
    ...(await checkJobs(jobs, others, bodies)),
  ];
}

async function checkJobs(jobs: unknown, others: Inputs, bodies: UploadBodies): Promise<Problem[]> {
  if (jobs === UNKNOWN) return [];
  if (!isRecord(jobs)) {
    return [problem(["jobs"], "wrong-type", `must be an object of jobs by name, not ${describeKind(jobs)}`)];
  }
  if (Object.keys(jobs).length === 0) {
    return [problem(["jobs"], "too-few-items", "must contain at least one job")];
  }
  const problems: Problem[] = [];
  // Problems of the settings concern all jobs and are reported once.
  let settings: Inputs = { ...settingsOf(others) };
  for (const [name, job] of Object.entries(jobs)) {
    if (job === UNKNOWN) continue;
    if (!isRecord(job)) {
      problems.push(problem(["jobs", name], "wrong-type", `must be a job, not ${describeKind(job)}`));
      continue;
    }
    const stray = Object.keys(job).find(
      (member) => !member.startsWith("__") && !jobMembers.includes(member as "type"),
    );
    if (stray !== undefined) {
      const message = `is not an argument of a job of a JobSet, which has ${jobMembers.join(", ")}`;
      problems.push(problem(["jobs", name, stray], "unknown-member", message));
      continue;
    }
    for (const { path, ...fault } of await checkInputs({ ...settings, ...job }, bodies)) {
      const isOwn = jobMembers.includes(path[0] as "type");
      problems.push({ path: isOwn ? ["jobs", name, ...path] : path, ...fault });
    }
    settings = {};
  }
  return problems;
}
