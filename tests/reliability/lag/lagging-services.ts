/** A service with stale answers over HTTP, and one that refuses the signature of a wrong clock. */
import type { ServiceAsset, ServiceJob } from "../../../service-model/job";
import { fromApiNames, toApiNames } from "../../../service-model/shape";
import type { Answer } from "../../harness/http";
import type { TestService } from "../../harness/service";
import type { Interceptor } from "../proxy";
import type { Lag } from "../../simulation/lag";
import { AssetHistory, StaleAnswers } from "../../simulation/lag";

/** Answers to ListJobs, GetJob and ListRevisionAssets over HTTP are stale. */
export function laggingService({ local }: TestService, lag: Lag): Interceptor {
  // An asset belongs to one revision, and a listing of another must not count it as deleted.
  const revisions = new Map<string, AssetHistory<ServiceAsset>>();
  const answers = new StaleAnswers<ServiceJob>(lag, Date.now);
  const recordJobs = () => answers.recordJobs(local.jobs());
  const recordAssets = (path: string, answer: Answer) => {
    const revision = revisions.get(path) ?? new AssetHistory<ServiceAsset>();
    revisions.set(path, revision);
    revision.record(read<{ assets: ServiceAsset[] }>(answer).assets, Date.now());
    return revision;
  };

  return {
    async before({ name, url, ask }) {
      if (name === "DeleteAsset") {
        const path = url.pathname.replace(/\/\w+$/, "");
        const answer = await ask(withoutPages(path));
        if (answer.status === 200) recordAssets(path, answer);
      }
      if (name !== "ListJobs" && name !== "ListRevisionAssets") return undefined;
      const answer = await ask(withoutPages(url.pathname, url.searchParams));
      recordJobs();
      if (answer.status !== 200) return answer;
      const token = url.searchParams.get("nextToken") ?? undefined;
      if (name === "ListJobs") {
        const { items: jobs, ...more } = answers.listJobs(read<{ jobs: ServiceJob[] }>(answer).jobs, token);
        return json(200, { jobs, ...more });
      }
      const { items: assets, ...more } = answers.listAssets(recordAssets(url.pathname, answer), token);
      return json(200, { assets, ...more });
    },
    after({ name }, answer) {
      recordJobs();
      if (name !== "GetJob" || answer.status !== 200) return answer;
      const job = read<ServiceJob>(answer);
      const shown = answers.getJob(job);
      if (shown) return { ...answer, body: JSON.stringify(toApiNames({ ...shown })) };
      const error = { message: "The job does not exist.", resourceId: job.id, resourceType: "JOB" };
      return json(404, error, "ResourceNotFoundException");
    },
  };
}

const read = <T>({ body }: Answer): T =>
  fromApiNames(JSON.parse(body) as Parameters<typeof fromApiNames>[0]) as T;

function withoutPages(path: string, query = new URLSearchParams()): string {
  const all = new URLSearchParams(query);
  all.delete("nextToken");
  all.set("maxResults", "200");
  return `${path}?${all.toString()}`;
}

const json = (status: number, body: Parameters<typeof toApiNames>[0], error?: string): Answer => ({
  status,
  headers: {
    "content-type": "application/json",
    date: new Date().toUTCString(),
    ...(error !== undefined && { "x-amzn-errortype": error }),
  },
  body: JSON.stringify(toApiNames(body)),
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
