/** The simulator, whose answers are behind. */
import type { ServiceAsset, ServiceJob } from "../../../service-model/job";
import { ServiceError } from "../../../provider/core/errors";
import type { DataExchange, JobQuery, RevisionRef } from "../../../provider/core/ports";
import type { Simulator } from "../../provider/support/simulator";
import type { Behind } from "./behind";
import { pageOf } from "./behind";
import { Past } from "./past";

const pageSize = 3;

/** The same service, seen through answers that are behind. */
export function behind(service: Simulator, { listing, getJob, shift }: Behind): Simulator {
  const past = new Past<Simulator["assets"][number]>();
  const counts = { listing: 0, getJob: 0, page: 0 };
  const note = () => {
    const now = service.clock.now();
    service.advance();
    past.noteJobs(service.jobs, now);
    past.noteAssets(service.assets, now);
  };
  const shown = (job: ServiceJob, lag: number): ServiceJob | undefined => {
    const version = past.jobAt(job.id, service.clock.now() - lag);
    return version && { ...job, state: version.state as ServiceJob["state"], updatedAt: version.updatedAt };
  };
  const own: Partial<DataExchange> = {
    async listJobs(query: JobQuery, signal) {
      const { items } = await service.listJobs({ ...query, nextToken: undefined }, signal);
      note();
      const lagOf = listing(query.nextToken === undefined ? ++counts.listing : counts.listing);
      const jobs = items.flatMap((job) => shown(job, lagOf(job.id)) ?? []);
      return pageOf(jobs, query.nextToken, pageSize, shift(++counts.page));
    },
    async listRevisionAssets(revision: RevisionRef, token, signal) {
      await service.listRevisionAssets(revision, undefined, signal);
      note();
      const lagOf = listing(token === undefined ? ++counts.listing : counts.listing);
      const assets: ServiceAsset[] = past
        .assetsAt((id) => service.clock.now() - lagOf(id))
        .filter(({ revisionId }) => revisionId === revision.revisionId);
      return pageOf(assets, token, pageSize, shift(++counts.page));
    },
    async getJob(id, signal) {
      const job = await service.getJob(id, signal);
      note();
      const known = shown(job, getJob(++counts.getJob)(id));
      if (known) return known;
      throw new ServiceError({
        ...service.error("getJob", "notFound").facts,
        resourceId: id,
        resourceType: "JOB",
      });
    },
  };
  return new Proxy(service, {
    get(target, name) {
      const answer: unknown = Reflect.get(own, name) ?? Reflect.get(target, name);
      if (typeof answer !== "function" || !changing.includes(name)) return answer;
      return async (...args: unknown[]) => {
        const result: unknown = await Reflect.apply(answer, target, args);
        note();
        return result;
      };
    },
  });
}

/** Calls after which the service is not what it was. */
const changing: readonly (string | symbol)[] = ["createJob", "startJob", "cancelJob", "deleteAsset"];
