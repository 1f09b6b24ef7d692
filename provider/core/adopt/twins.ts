import type { ServiceJob } from "../../model/job";
import { isSameWork } from "../inputs/normal-form";
import { dataSetOf, revisionOf } from "../scope";
import type { Work } from "../work";

/** Every job of the service, newest first, that was asked for the same work. */
export async function listTwins({ session, service, jobType, request }: Work): Promise<ServiceJob[]> {
  const scope = revisionOf(request) ?? { dataSetId: dataSetOf(request) };
  const jobs = await session.jobLists.get(JSON.stringify(scope), async () => {
    const all: ServiceJob[] = [];
    for (let nextToken: string | undefined; ;) {
      const page = await service.listJobs({ ...scope, nextToken });
      all.push(...page.items);
      nextToken = page.nextToken;
      if (!nextToken) return all;
    }
  });
  return jobs.filter((job) => job.type === jobType.type && isSameWork(jobType, job, request));
}
