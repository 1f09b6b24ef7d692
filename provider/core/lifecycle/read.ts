import type { ServiceJob } from "../../model/job";
import { isUnfinished } from "../../model/job";
import { findJobType } from "../../model/job-types";
import type { Claims } from "../adopt/claims";
import { listAssets } from "../assets/list";
import { assetsMadeBy, expectedAssets } from "../assets/made-by";
import { describeFailure, describeGoneAssets } from "../errors/sentences";
import { isFailure } from "../errors/service-error";
import { goesOn } from "../inputs/diff";
import type { JobInputs } from "../inputs/job-inputs";
import type { DataExchange, Reporter } from "../ports";
import { revisionOf } from "../scope";
import type { Session } from "../session";
import { patientService } from "../session";
import type { JobAsset, JobOutputs } from "../state";
import { toJobAsset, toOutputs } from "../state";
import { findJob } from "./find";
import { askUntil } from "./run";

interface Dependencies {
  session: Session;
  claims: Claims;
  reporter: Reporter;
}

/** The outputs as the service has them now; nothing when the job is gone without having done its work. */
export async function readJob(
  id: string,
  olds: JobOutputs,
  dependencies: Dependencies,
): Promise<JobOutputs | undefined> {
  const { session, reporter } = dependencies;
  const service = patientService(session, olds, reporter);
  try {
    const job = await presentJob(id, olds, session, service);
    // A job that has ended stays ended: an answer that says otherwise is an old one.
    if (hasEnded(olds) && isUnfinished(job.state)) return olds;
    const inputs = olds.type === undefined ? inputsOf(job, olds) : olds;
    const { assets, missing } = await syncAssets(service, job, olds, dependencies);
    const outputs: JobOutputs = { ...olds, ...toOutputs(inputs, job, assets) };
    if (missing === 0) delete outputs.__incomplete;
    return outputs;
  } catch (error) {
    if (!isFailure(error, "notFound")) throw new Error(describeFailure(error, `Job ${id}`), { cause: error });
    // The service forgets a job 90 days after it was made. What the job did stands, so nothing may run again.
    return olds.state === "COMPLETED" ? olds : undefined;
  }
}

const hasEnded = (olds: JobOutputs): boolean => olds.state !== undefined && !isUnfinished(olds.state);

function presentJob(
  id: string,
  olds: JobOutputs,
  session: Session,
  service: DataExchange,
): Promise<ServiceJob> {
  if (goesOn(olds)) return findJob(session, service, id, olds);
  const { clock } = session;
  return askUntil({ service, clock }, id, ({ state }) => !hasEnded(olds) || !isUnfinished(state));
}

async function syncAssets(
  service: DataExchange,
  job: ServiceJob,
  olds: JobOutputs,
  { session, claims, reporter }: Dependencies,
): Promise<{ assets: JobAsset[]; missing: number }> {
  const revision = revisionOf(job);
  const makes = findJobType(job.type)?.makes;
  if (!makes || !revision || isUnfinished(job.state)) return { assets: olds.assets, missing: 0 };
  const expected = job.state === "COMPLETED" ? expectedAssets(job, makes) : 0;
  try {
    const listed = await listAssets(session, service, revision);
    const isWhole = olds.state !== undefined && !goesOn(olds) && !olds.__incomplete;
    if (!isWhole) {
      const made = assetsMadeBy(job, listed, (asset) => claims.mayTake(asset, job.id));
      claims.takeAssets(made, job.id);
      return { assets: made.map(toJobAsset), missing: Math.max(0, expected - made.length) };
    }
    const present = new Set(listed.map((asset) => asset.id));
    const assets = olds.assets.filter((asset) => present.has(asset.id));
    const gone = olds.assets.length - assets.length;
    if (gone > 0) reporter.warn(describeGoneAssets(job, gone, olds.assets.length));
    return { assets, missing: 0 };
  } catch (error) {
    // The revision was deleted, and its assets with it.
    if (isFailure(error, "notFound")) return { assets: [], missing: 0 };
    // Reading assets takes a permission of its own; a refresh does not fail for the lack of it.
    if (isFailure(error, "accessDenied")) return { assets: olds.assets, missing: expected };
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
