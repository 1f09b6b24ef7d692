/** The local service over HTTP, whose answers are behind, or which refuses the signature of a clock that is off. */
import type { TestService } from "../../harness/service";
import type { Answer } from "../../harness/http";
import type { Between, Call } from "../frame/proxy";
import type { Behind } from "./behind";
import { pageOf } from "./behind";
import { Past } from "./past";

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

export function served({ local }: TestService, { listing, getJob, shift }: Behind): Between {
  // An asset is of one revision, and a listing of another must not take it for deleted.
  const assets = new Map<string, Past<Asset>>();
  const past = new Past<Asset>();
  const counts = { listing: 0, getJob: 0, page: 0 };
  const note = () => past.noteJobs(local.jobs(), Date.now());

  const jobAt = (job: Item, lag: number): Item | undefined => {
    const version = past.jobAt(job.Id, Date.now() - lag);
    return version && { ...job, State: version.state, UpdatedAt: version.updatedAt };
  };
  const lagsOf = ({ url }: Call) =>
    listing(url.searchParams.has("nextToken") ? counts.listing : ++counts.listing);
  const page = (call: Call, name: string, items: readonly Item[]): Answer => {
    const token = call.url.searchParams.get("nextToken") ?? undefined;
    const { items: some, nextToken } = pageOf(items, token, pageSize, shift(++counts.page));
    return json(200, { [name]: some, ...(nextToken !== undefined && { NextToken: nextToken }) });
  };
  const noteAssets = (path: string, { body }: Answer): Past<Asset> => {
    const revision = assets.get(path) ?? new Past<Asset>();
    assets.set(path, revision);
    const all = (JSON.parse(body) as { Assets: Item[] }).Assets;
    revision.noteAssets(
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
export const signedInTime: Between = {
  before({ headers }) {
    const text = String(headers["x-amz-date"] ?? "");
    const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.map(Number) ?? [];
    if (y === undefined) return undefined;
    const off = Math.abs(Date.UTC(y, m! - 1, d, h, min, s) - Date.now());
    const message = `Signature expired or not yet current: ${text}`;
    return off < 300_000 ? undefined : json(403, { message }, "InvalidSignatureException");
  },
};
