import type { ServiceJob } from "../../model/job";
import { expectedAssets, assetsMadeBy } from "../assets/made-by";
import { listAssets } from "../assets/list";
import { isFailure } from "../errors/service-error";
import { revisionOf } from "../scope";
import type { Work } from "../work";
import { workText } from "../work";

/** How long ago an import may have completed to be taken over with `adopt: "recent"`. */
const recent = 24 * 3_600_000;

/**
 * The job among those asked for the same work that makes a new one unnecessary: one that runs, else an import that has
 * completed, else the first that waits, which would do again what the others have done.
 */
export async function chooseTwin(work: Work, twins: readonly ServiceJob[]): Promise<ServiceJob | undefined> {
  if (work.inputs.adopt === "none") return undefined;
  const free = oldestFirst(twins).filter(({ id }) => !work.claims.isKnown(id));
  return (
    free.find(({ state }) => state === "IN_PROGRESS") ??
    (await chooseCompleted(work, free)) ??
    free.find((job) => job.state === "WAITING" && canStillStart(work, job))
  );
}

/** A job that waits for a body needs a URL to put it to, and time to do it. */
export function canStillStart({ jobType, clock }: Work, job: ServiceJob): boolean {
  if (!jobType.upload) return true;
  const details = job.details[jobType.detailsKey] ?? {};
  const { [jobType.upload.url]: url, [jobType.upload.expiresAt]: expiresAt } = details;
  return typeof url === "string" && Date.parse(String(expiresAt)) > clock.now();
}

/** Whether a job shows the secrets and tags that are asked for now: what it does not show may be others. */
function showsAll({ jobType, request }: Work, job: ServiceJob): boolean {
  const [asked, shown] = [request, job].map(({ details }) => details[jobType.detailsKey] ?? {});
  const secrets = Object.entries(jobType.details.members).filter(([, member]) => member.secret);
  const { tags = [] } = (request.assetConfiguration ?? {}) as { tags?: unknown[] };
  return (
    secrets.every(([name]) => asked![name] === undefined || asked![name] === shown![name]) &&
    (tags.length === 0 || job.assetConfiguration !== undefined)
  );
}

/** The youngest that has done the work; `twins` are sorted by age, the oldest first. */
export async function chooseCompleted(
  work: Work,
  twins: readonly ServiceJob[],
): Promise<ServiceJob | undefined> {
  const { jobType, inputs, clock, claims } = work;
  if (inputs.adopt === "none" || inputs.adopt === "unfinished") return undefined;
  // An export that has completed simply runs again: it writes the same bytes.
  if (!jobType.makes) return undefined;
  const since = claims.rerunSince(workText(inputs));
  const candidates = twins
    .filter((job) => job.state === "COMPLETED" && job.createdAt > since && showsAll(work, job))
    .filter((job) => inputs.adopt === "all" || clock.now() - Date.parse(job.updatedAt) < recent)
    .reverse();
  for (const job of candidates) if (await stillHasItsAssets(work, job)) return job;
  return undefined;
}

async function stillHasItsAssets({ session, service, jobType }: Work, job: ServiceJob): Promise<boolean> {
  const revision = revisionOf(job);
  if (!revision || !jobType.makes) return false;
  try {
    const assets = await listAssets(session, service, revision);
    return assetsMadeBy(job, assets).length >= expectedAssets(job, jobType.makes);
  } catch (error) {
    if (isFailure(error, "notFound")) return false;
    throw error;
  }
}

export const oldestFirst = (jobs: readonly ServiceJob[]): ServiceJob[] =>
  [...jobs].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1));
