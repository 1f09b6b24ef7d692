/** Which inputs and outputs of jobs are secret, besides those that the program has marked. */
import { valueAt } from "../../lib/path";
import { isRecord } from "../../service-model/validate";
import type { Path } from "../../service-model/validate";
import { jobTypes } from "../../service-model/job-types";
import { requestedSecrets } from "../core/job-details";
import { repeatingOutputs, secretOutputs } from "../core/state";
import type { Props } from "./values";

/** Members of details that are credentials. The type of a job may not be known yet. */
const credentials: readonly Path[] = jobTypes.flatMap((jobType) =>
  requestedSecrets(jobType).map((name) => ["details", jobType.detailsKey, name]),
);

/** The credentials among the inputs of the jobs at these paths. */
export const credentialsOf = (jobs: readonly Path[]): Path[] =>
  jobs.flatMap((job) => credentials.map((path) => [...job, ...path]));

const begins = (path: Path, start: Path): boolean => start.every((step, index) => path[index] === step);

/** Whether a job's details contain a secret that outputs and messages may repeat. */
export const hasSecretDetails = (secrets: readonly Path[], job: Path): boolean =>
  secrets.some((path) => {
    const details = [...job, "details"];
    return (
      begins(details, path) ||
      (begins(path, details) && !credentialsOf([job]).some((own) => begins(path, own)))
    );
  });

const uploadHash = "uploadHash";

/** The secrets among the outputs of the job at `at`, whose inputs have these secrets. */
export function secretsOfOutputs(secrets: readonly Path[], job: Path, at: Path): Path[] {
  const names = [...secretOutputs, ...(hasSecretDetails(secrets, job) ? repeatingOutputs : [])];
  const own = secrets.filter((path) => begins(path, job)).map((path) => [...at, ...path.slice(job.length)]);
  const whole = secrets.some((path) => path.length < job.length && begins(job, path)) ? [at] : [];
  // A short text can be guessed from its hash.
  const isBodySecret = secrets.some((path) => begins(path, [...job, "upload"]));
  const hash = isBodySecret ? [[...at, uploadHash]] : [];
  return [...whole, ...own, ...hash, ...credentialsOf([at]), ...names.map((name) => [...at, name])];
}

/** Whether a state has secrets in the job at the path or in its former jobs, besides those that every job may have. */
export function hasSecrets(state: readonly Path[], at: Path): boolean {
  const common = [...secretsOfOutputs([], [], []), [uploadHash]];
  return state.some((path) => {
    if (begins(at, path)) return true;
    const own = begins(path, at) ? withoutFormer(path.slice(at.length)) : undefined;
    return own !== undefined && !common.some((each) => begins(own, each));
  });
}

const withoutFormer = (path: Path): Path =>
  path[0] === "former" && path.length > 2 ? withoutFormer(path.slice(2)) : path;

/** The secrets of the jobs that were replaced by the job at the path, whose inputs are not known any more. */
export const secretsOfFormer = (outputs: Props, at: Path): Path[] =>
  formerPaths(outputs, at).flatMap((former) => secretsOfOutputs([["upload"]], [], former));

/** Paths of the jobs that were replaced by the job at the path, and whose assets are not deleted yet. */
function formerPaths(outputs: Props, at: Path): Path[] {
  const former = valueAt([...at, "former"], outputs);
  return Array.isArray(former)
    ? former.flatMap((_, index) => {
        const own = [...at, "former", index];
        return [own, ...formerPaths(outputs, own)];
      })
    : [];
}

/** Paths of the jobs of a set, by name, in its inputs or its results. */
export const jobPaths = (values: Props, member: "jobs" | "results"): Path[] => {
  const jobs = values[member];
  return isRecord(jobs) ? Object.keys(jobs).map((name) => [member, name]) : [];
};
