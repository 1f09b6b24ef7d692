import type { ServiceJob } from "../../model/job";
import { isUnfinished } from "../../model/job";
import { findJobType } from "../../model/job-types";
import { listAssets } from "../assets/list";
import { assetsMadeBy } from "../assets/made-by";
import { describeFailure } from "../errors/sentences";
import { isFailure } from "../errors/service-error";
import { goesOn } from "../inputs/diff";
import type { JobInputs } from "../inputs/job-inputs";
import type { DataExchange } from "../ports";
import { revisionOf } from "../scope";
import type { Session } from "../session";
import { patientService } from "../session";
import type { JobAsset, JobOutputs } from "../state";
import { toJobAsset, toOutputs } from "../state";
import { findJob } from "./find";

/** The outputs as the service has them now; nothing when the job is gone without having done its work. */
export async function readJob(
  id: string,
  olds: JobOutputs,
  session: Session,
): Promise<JobOutputs | undefined> {
  const service = patientService(session, olds);
  try {
    const job = await (goesOn(olds) ? findJob(session, service, id, olds) : service.getJob(id));
    const inputs = olds.type === undefined ? inputsOf(job, olds) : olds;
    return { ...olds, ...toOutputs(inputs, job, await syncAssets(session, service, job, olds)) };
  } catch (error) {
    if (!isFailure(error, "notFound")) throw new Error(describeFailure(error, `Job ${id}`), { cause: error });
    // The service forgets a job 90 days after it was made. What the job did stands, so nothing may run again.
    return olds.state === "COMPLETED" ? olds : undefined;
  }
}

async function syncAssets(
  session: Session,
  service: DataExchange,
  job: ServiceJob,
  olds: JobOutputs,
): Promise<JobAsset[]> {
  const revision = revisionOf(job);
  if (!findJobType(job.type)?.makes || !revision || isUnfinished(job.state)) return olds.assets;
  const known = olds.state !== undefined && !goesOn(olds);
  try {
    const assets = await listAssets(session, service, revision);
    if (!known) return assetsMadeBy(job, assets).map(toJobAsset);
    const present = new Set(assets.map((asset) => asset.id));
    return olds.assets.filter((asset) => present.has(asset.id));
  } catch (error) {
    // The revision was deleted, and its assets with it.
    if (isFailure(error, "notFound")) return [];
    // Reading assets takes a permission of its own; a refresh does not fail for the lack of it.
    if (isFailure(error, "accessDenied")) return olds.assets;
    throw error;
  }
}

/** The inputs that a job was made from, for a job that no program of ours made. */
function inputsOf(job: ServiceJob, known: Partial<JobInputs>): JobInputs {
  const jobType = findJobType(job.type);
  const answered = (jobType && job.details[jobType.detailsKey]) ?? {};
  const requested = Object.entries(answered).filter(
    ([name]) => jobType && name in jobType.details.members && !jobType.details.members[name]!.secret,
  );
  return {
    region: regionOf(job),
    ...known,
    type: job.type,
    details: jobType ? { [jobType.detailsKey]: Object.fromEntries(requested) } : job.details,
    ...(job.assetConfiguration && { assetConfiguration: job.assetConfiguration }),
  };
}

/** An ARN names it in its fourth place. */
const regionOf = ({ arn }: ServiceJob): string | undefined => arn.split(":")[3] || undefined;
