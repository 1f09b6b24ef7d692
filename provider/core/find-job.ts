import type { ServiceJob } from "../../service-model/job";
import { listJobsBeside } from "./matching-jobs";
import { isFailure } from "./service-error";
import type { DataExchange, JobRequest } from "./ports";
import { backoffDelay } from "../../lib/backoff";
import type { Session } from "./session";
import { longestLag } from "./listing-lag";

/**
 * The job with that id, which a state or a record names. On the word of one call no job that may be running is given
 * up, since the next run would do its work a second time: it is there when ListJobs shows it, and both may be behind.
 */
export async function findJob(
  session: Session,
  service: DataExchange,
  id: string,
  request: Pick<JobRequest, "type" | "details">,
): Promise<ServiceJob> {
  const { clock } = session;
  const giveUpAt = clock.now() + longestLag;
  for (let attempt = 0; ; attempt++) {
    try {
      return await service.getJob(id);
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      const listed = await listJobsBeside(session, service, request).catch((other: unknown) => {
        if (isFailure(other, "notFound", "accessDenied")) return [];
        throw other;
      });
      const found = listed.find((job) => job.id === id);
      if (found) return found;
      const delay = backoffDelay(attempt);
      if (clock.now() + delay > giveUpAt) throw error;
      await clock.sleep(delay);
    }
  }
}
