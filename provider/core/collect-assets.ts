import type { ServiceAsset, ServiceJob } from "../../service-model/job";
import { jobTypeOf } from "../../service-model/job-types";
import type { MadeAsset } from "../../service-model/made-assets";
import { isFailure } from "./service-error";
import { revisionOf } from "./job-scope";
import type { Work } from "./job-context";
import { listAssets } from "./job-assets";
import { assetsMadeBy, leftAssets } from "./assets-of-job";

/**
 * How long ListRevisionAssets may lag the end of a job, in milliseconds. Shorter for a job that failed: that it has made
 * the objects which its errors do not name is likely, and not certain.
 */
const longestListingLag = { completed: 120_000, failed: 30_000 };
/** How often it is asked meanwhile. */
const pauses = { first: 500, most: 5_000 };

export interface CollectedAssets {
  readonly assets: MadeAsset[];
  /** How many assets the job must have made that no listing has shown. */
  readonly missing: number;
}

/** The assets that an ended job made. Listings are repeated until they show all that it must have made. */
export async function collectAssets(work: Work, job: ServiceJob): Promise<CollectedAssets> {
  const { session, service, claims, clock, reporter } = work;
  const revision = revisionOf(job);
  const { makes } = jobTypeOf(job.type);
  if (!makes || !revision) return { assets: [], missing: 0 };
  const expected = leftAssets(job, makes);
  const giveUpAt =
    clock.now() + (job.state === "COMPLETED" ? longestListingLag.completed : longestListingLag.failed);
  for (let pause = pauses.first; ; pause = Math.min(pauses.most, 2 * pause)) {
    let listed;
    try {
      listed = await listAssets(session, service, revision);
    } catch (error) {
      if (isFailure(error, "notFound")) return { assets: [], missing: expected };
      throw error;
    }
    const made = assetsMadeBy(job, listed, (asset) => claims.mayTake(asset, job.id));
    claims.takeAssets(made, job.id);
    const missing = Math.max(0, expected - made.length);
    if (missing === 0 || clock.now() + pause > giveUpAt) return { assets: made.map(toMadeAsset), missing };
    reporter.status(`waiting until its assets are listed, ${made.length} of ${expected}`);
    await clock.sleep(pause);
  }
}

export const toMadeAsset = ({ id, name }: ServiceAsset): MadeAsset => ({ id, name });
