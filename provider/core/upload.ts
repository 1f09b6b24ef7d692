import type { ServiceJob } from "../../service-model/job";
import type { BodySource } from "./ports";
import { retry, transient } from "./retry";
import type { Work } from "./job-context";

/**
 * Puts the body to the job's signed URL. S3 looks at the expiry when a request begins, so the body may take as long as
 * `timeouts.upload` allows; a request that begins too late fails as `expired`. Doing it twice is harmless: it is the
 * same body.
 */
export async function uploadBody(work: Work, job: ServiceJob): Promise<void> {
  const { jobType, inputs, request, bodies, clock, timeouts, reporter } = work;
  const { upload, detailsKey } = jobType;
  if (!upload) return;
  const url = job.details[detailsKey]?.[upload.url] as string;
  const source = inputs.upload as BodySource;
  const size = formatBytes(await bodies.size(source));
  const md5 = request.details[detailsKey]![upload.md5] as string;
  const report = (sent: number) => reporter.status(`uploading, ${formatBytes(sent)} of ${size}`);
  await retry((signal) => bodies.put(source, url, md5, report, signal), {
    clock,
    on: transient,
    budget: timeouts.upload,
  });
}

const formatBytes = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;
