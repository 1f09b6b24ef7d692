/** Jobs that a figure starts by itself and watches with the core's own means. */
import { openDataExchange } from "../../../provider/aws/data-exchange";
import type { DataExchange } from "../../../provider/core/ports";
import type { ServiceJob } from "../../../service-model/job";
import { isUnfinished } from "../../../service-model/job";
import { systemClock } from "../../../lib/clock";
import { credentials, region } from "../../harness/world";
import { datashareImport } from "./programs";
import type { Service } from "./service";

/** More than any figure takes. */
export const patience = { timeout: 600_000, patience: 60_000 };

/** The service as the provider reaches it. */
export const connect = ({ endpoint }: Service): DataExchange =>
  openDataExchange({
    region,
    endpoint,
    accessKey: credentials.accessKeyId,
    secretKey: credentials.secretAccessKey,
    assumeRoles: [],
  });

/** Starts jobs evenly spread over the given milliseconds, and ends when all have been watched. */
export async function startJobs(
  service: Service,
  count: number,
  over: number,
  watch: (job: ServiceJob) => Promise<void>,
): Promise<void> {
  const exchange = connect(service);
  const place = await service.place("REDSHIFT_DATA_SHARE");
  const began = Date.now();
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const job = await exchange.createJob(datashareImport(index, place));
      const startsAt = began + (over * (index + 1)) / count;
      await new Promise((resolve) => setTimeout(resolve, startsAt - Date.now()));
      await exchange.startJob(job.id);
      await watch({ ...job, state: "IN_PROGRESS" });
    }),
  );
}

/** Asks GetJob for one job alone until it has ended; `pause` says how long to wait by its age, and for the first look. */
export async function poll(
  service: DataExchange,
  started: ServiceJob,
  pause: (age: number, looked: boolean) => number,
): Promise<ServiceJob> {
  const began = Date.now();
  let job = started;
  for (let looked = false; isUnfinished(job.state); looked = true) {
    await systemClock.sleep(pause(Date.now() - began, looked));
    job = await service.getJob(job.id);
  }
  return job;
}

/** Milliseconds since the job ended; the service runs on this machine, and has its time. */
export const lagOf = ({ updatedAt }: ServiceJob): number => Date.now() - Date.parse(updatedAt);
