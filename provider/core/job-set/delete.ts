import type { Claims } from "../job-ownership";
import { inPool } from "../../../lib/map-concurrently";
import { deleteJob } from "../delete";
import type { Reporter } from "../ports";
import type { Session } from "../session";
import { resourceKeyOf } from "../job-context";
import { urnOfJob } from "./inputs";
import type { JobOfSet } from "./state";
import { jobsInState } from "./state";

export interface DeletionSurroundings {
  claims: Claims;
  reporter: Reporter;
  /** URN of the set. */
  urn?: string;
  /** The session of a job in state, whose settings may differ from those of today. */
  sessionOf: (settings: object) => Promise<Session>;
}

/** Jobs that are deleted at once. */
export const deletionsAtOnce = 10;

/** Deletes every job of the set as a Job is deleted. One that fails does not keep the others. */
export async function deleteJobSet(
  state: Readonly<Record<string, unknown>>,
  surroundings: DeletionSurroundings,
): Promise<void> {
  const failures: Error[] = [];
  const all = [...jobsInState(state)].flatMap(([name, job]) =>
    [...(job.former ?? []), job].map((each) => [name, each] as const),
  );
  await inPool(all, deletionsAtOnce, async ([name, job]) => {
    await deleteOne(name, job, surroundings).catch((error: unknown) => failures.push(error as Error));
  });
  const [first, ...others] = failures;
  if (!first) return;
  const more = others.length === 0 ? "" : ` ${others.length} more jobs of the set could not be deleted.`;
  throw new Error(`${first.message}${more}`, { cause: first });
}

export async function deleteOne(
  name: string,
  { id, outputs }: JobOfSet,
  { urn, claims, reporter, sessionOf }: DeletionSurroundings,
): Promise<void> {
  const session = await sessionOf(outputs);
  const resource = resourceKeyOf(session, urnOfJob(urn, name));
  await deleteJob(id, outputs, { session, claims, reporter, resource });
}
