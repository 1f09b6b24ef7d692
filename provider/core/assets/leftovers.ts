import type { ServiceJob } from "../../model/job";
import type { Claims, ReplacedJob } from "../adopt/claims";
import { describeFailure, nameJob } from "../errors/sentences";
import { isFailure } from "../errors/service-error";
import type { DataExchange, Reporter } from "../ports";
import { revisionOf } from "../scope";
import type { Session } from "../session";
import { toServiceJob } from "../state";
import { deleteAssets, listIfThere } from "./delete";
import { assetsMadeBy, mayBeOthers } from "./made-by";

interface Dependencies {
  session: Session;
  service: DataExchange;
  claims: Claims;
  reporter: Reporter;
}

/**
 * Deletes the assets of a job of this resource that failed, or that an interrupted run left: the job that comes in its
 * place makes them again. What may be another job's stays, with a warning.
 */
export async function removeLeftovers(
  work: Dependencies,
  job: ServiceJob,
  isOwn: (asset: { id: string }) => boolean = () => true,
): Promise<void> {
  const { session, service, claims, reporter } = work;
  const revision = revisionOf(job);
  if (!revision) return;
  const name = nameJob(job);
  try {
    const listed = await listIfThere(session, service, revision);
    const free = (asset: { id: string }) => claims.mayTake(asset, job.id);
    const made = assetsMadeBy(job, listed, free).filter(isOwn);
    if (mayBeOthers(job, listed, free)) {
      reporter.warn(
        `${name} left assets in revision ${revision.revisionId} that cannot be told from another job's of the same ` +
          "time. They stay, so an asset may be there twice; delete the one that is not wanted.",
      );
      return;
    }
    await deleteAssets(
      work,
      revision,
      made.map(({ id }) => id),
      name,
    );
  } catch (error) {
    if (!isFailure(error, "accessDenied")) throw error;
    reporter.warn(
      `${describeFailure(error, name)} Until then its assets stay, and the new job makes them a second time.`,
    );
  }
}

/**
 * Deletes what the failed job that a state names has left. Its assets were found when it failed; what has come into the
 * revision since then is another job's.
 */
export async function removeLeftoversInState(
  work: Dependencies,
  { id, outputs }: ReplacedJob,
): Promise<void> {
  // Another process made the job, and its own retry cleans up after it.
  if (outputs.__shared) return;
  const known = new Set(outputs.assets.map((asset) => asset.id));
  const isOwn = known.size > 0 ? (asset: { id: string }) => known.has(asset.id) : undefined;
  await removeLeftovers(work, toServiceJob({ id, outputs }), isOwn);
}
