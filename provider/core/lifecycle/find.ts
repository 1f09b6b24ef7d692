import type { ServiceJob } from "../../model/job";
import { listJobsBeside } from "../adopt/matching-jobs";
import { isFailure } from "../errors/service-error";
import type { DataExchange, JobRequest } from "../ports";
import type { Session } from "../session";

/**
 * The job with that id. One that GetJob does not find and ListJobs does is there: on the word of one call no job that
 * may be running is given up, since the next run would do its work a second time.
 */
export async function findJob(
  session: Session,
  service: DataExchange,
  id: string,
  request: Pick<JobRequest, "type" | "details">,
): Promise<ServiceJob> {
  try {
    return await service.getJob(id);
  } catch (error) {
    if (!isFailure(error, "notFound")) throw error;
    const listed = await listJobsBeside(session, service, request).catch((other: unknown) => {
      if (isFailure(other, "notFound", "accessDenied")) return [];
      throw other;
    });
    const found = listed.find((job) => job.id === id);
    if (!found) throw error;
    return found;
  }
}
