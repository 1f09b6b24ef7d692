import type { ServiceJob } from "../../model/job";
import { listAssets } from "../assets/list";
import { assetsMadeBy } from "../assets/made-by";
import { isFailure } from "../errors/service-error";
import { revisionOf } from "../scope";
import type { JobAsset } from "../state";
import { toJobAsset } from "../state";
import type { Work } from "../work";

/** What an ended job left behind: its last answer, which alone holds a signed URL, and the assets that it made. */
export async function collect(work: Work, job: ServiceJob): Promise<{ job: ServiceJob; assets: JobAsset[] }> {
  const answersMore = Object.keys(work.jobType.response).length > 0;
  return {
    job: answersMore ? await work.service.getJob(job.id) : job,
    assets: await collectAssets(work, job),
  };
}

async function collectAssets(
  { session, service, claims, jobType }: Work,
  job: ServiceJob,
): Promise<JobAsset[]> {
  const revision = revisionOf(job);
  if (!jobType.makes || !revision) return [];
  try {
    const assets = await listAssets(session, service, revision);
    return assetsMadeBy(job, assets, (asset) => claims.takeAsset(asset.id, job.id)).map(toJobAsset);
  } catch (error) {
    if (isFailure(error, "notFound")) return [];
    throw error;
  }
}
