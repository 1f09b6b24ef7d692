/** The local service over HTTP, whose answers are behind, or which refuses the signature of a clock that is off. */
import type { DataExchange, JobQuery, RevisionRef } from "../../../provider/core/ports";
import type { ServiceAsset, ServiceJob } from "../../../service-model/job";
import type { Answer } from "../../harness/http";
import type { TestService } from "../../harness/service";
import { serviceError } from "../../provider/support/faults";
import type { Simulator } from "../../provider/support/simulator";
import type { Call, Interceptor } from "../proxy";
import type { Lag } from "./lag";
import { History, pageOf } from "./lag";

const pageSize = 3;

interface Item extends Record<string, unknown> {
  readonly Id: string;
  readonly CreatedAt: string;
}

interface Asset {
  readonly id: string;
  readonly createdAt: string;
  readonly shown: Item;
}

export function laggingService({ local }: TestService, { listing, getJob, pageShift }: Lag): Interceptor {
  // An asset is of one revision, and a listing of another must not take it for deleted.
  const assets = new Map<string, History<Asset>>();
  const past = new History<Asset>();
  const counts = { listing: 0, getJob: 0, page: 0 };
  const note = () => past.recordJobs(local.jobs(), Date.now());

  const jobAt = (job: Item, lag: number): Item | undefined => {
    const version = past.jobAt(job.Id, Date.now() - lag);
    return version && { ...job, State: version.state, UpdatedAt: version.updatedAt };
  };
  const lagsOf = ({ url }: Call) =>
    listing(url.searchParams.has("nextToken") ? counts.listing : ++counts.listing);
  const page = (call: Call, name: string, items: readonly Item[]): Answer => {
    const token = call.url.searchParams.get("nextToken") ?? undefined;
    const { items: some, nextToken } = pageOf(items, token, pageSize, pageShift(++counts.page));
    return json(200, { [name]: some, ...(nextToken !== undefined && { NextToken: nextToken }) });
  };
  const noteAssets = (path: string, { body }: Answer): History<Asset> => {
    const revision = assets.get(path) ?? new History<Asset>();
    assets.set(path, revision);
    const all = (JSON.parse(body) as { Assets: Item[] }).Assets;
    revision.recordAssets(
      all.map((shown) => ({ id: shown.Id, createdAt: shown.CreatedAt, shown })),
      Date.now(),
    );
    return revision;
  };

  return {
    async before(call) {
      const { name, url } = call;
      if (name === "DeleteAsset") {
        const path = url.pathname.replace(/\/\w+$/, "");
        const answer = await call.ask(whole(path));
        if (answer.status === 200) noteAssets(path, answer);
      }
      if (name !== "ListJobs" && name !== "ListRevisionAssets") return undefined;
      const answer = await call.ask(whole(url.pathname, url.searchParams));
      note();
      if (answer.status !== 200) return answer;
      const lagOf = lagsOf(call);
      if (name === "ListJobs") {
        const { Jobs } = JSON.parse(answer.body) as { Jobs: Item[] };
        return page(
          call,
          "Jobs",
          Jobs.flatMap((job) => jobAt(job, lagOf(job.Id)) ?? []),
        );
      }
      const shown = noteAssets(url.pathname, answer).assetsAt((id) => Date.now() - lagOf(id));
      return page(
        call,
        "Assets",
        shown.map((asset) => asset.shown),
      );
    },
    after({ name }, answer) {
      note();
      if (name !== "GetJob" || answer.status !== 200) return answer;
      const job = JSON.parse(answer.body) as Item;
      const known = jobAt(job, getJob(++counts.getJob)(job.Id));
      return known
        ? { ...answer, body: JSON.stringify(known) }
        : json(404, notFound(job.Id), "ResourceNotFoundException");
    },
  };
}

const notFound = (id: string) => ({
  Message: "The job does not exist.",
  ResourceId: id,
  ResourceType: "JOB",
});

function whole(path: string, query = new URLSearchParams()): string {
  const all = new URLSearchParams(query);
  all.delete("nextToken");
  all.set("maxResults", "200");
  return `${path}?${all.toString()}`;
}

const json = (status: number, body: unknown, error?: string): Answer => ({
  status,
  headers: {
    "content-type": "application/json",
    date: new Date().toUTCString(),
    ...(error !== undefined && { "x-amzn-errortype": error }),
  },
  body: JSON.stringify(body),
});

/** Refuses what was signed more than five minutes from now. Source: IAM user guide, "Troubleshooting SigV4". */
export const rejectSkewedClocks: Interceptor = {
  before({ headers }) {
    const text = String(headers["x-amz-date"] ?? "");
    const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.map(Number) ?? [];
    if (y === undefined) return undefined;
    const off = Math.abs(Date.UTC(y, m! - 1, d, h, min, s) - Date.now());
    const message = `Signature expired or not yet current: ${text}`;
    return off < 300_000 ? undefined : json(403, { message }, "InvalidSignatureException");
  },
};

/** The same service, seen through answers that are behind. */
export function laggingSimulator(service: Simulator, { listing, getJob, pageShift }: Lag): Simulator {
  const past = new History<Simulator["assets"][number]>();
  const counts = { listing: 0, getJob: 0, page: 0 };
  const note = () => {
    const now = service.clock.now();
    service.advance();
    past.recordJobs(service.jobs, now);
    past.recordAssets(service.assets, now);
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
      return pageOf(jobs, query.nextToken, pageSize, pageShift(++counts.page));
    },
    async listRevisionAssets(revision: RevisionRef, token, signal) {
      await service.listRevisionAssets(revision, undefined, signal);
      note();
      const lagOf = listing(token === undefined ? ++counts.listing : counts.listing);
      const assets: ServiceAsset[] = past
        .assetsAt((id) => service.clock.now() - lagOf(id))
        .filter(({ revisionId }) => revisionId === revision.revisionId);
      return pageOf(assets, token, pageSize, pageShift(++counts.page));
    },
    async getJob(id, signal) {
      const job = await service.getJob(id, signal);
      note();
      const known = shown(job, getJob(++counts.getJob)(id));
      if (known) return known;
      throw serviceError("getJob", "notFound", { resourceId: id, resourceType: "JOB" });
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
