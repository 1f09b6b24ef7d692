/** The cost of a job beyond the service's own time: jobs that take none, compared with resources that do nothing. */
import type { ConfigMap, PulumiFn } from "@pulumi/pulumi/automation";
import type { Benchmark, Details, Measurement, Report } from "../benchmark";
import { comparePairs, limited, measureInPairs, measureTime } from "../benchmark";
import { formatCount, formatJobs, formatMs, formatSeconds } from "../benchmark";
import type { ProgramName } from "../contest/programs";
import { asLarge, asLargeText, jobs } from "../contest/programs";
import { ServiceProcess, instantOptions, unlimitedConfig } from "../service-process";
import { expectSuccess, TestStack } from "../../harness/stack";
import { OwnStack } from "../contest/contest";
import { countAssets, objectsOf } from "../contest/workloads";

export interface Size {
  readonly count: number;
  readonly pairs: number;
}

export const up = (sizes: readonly Size[]): Benchmark => ({
  name: "up",
  what: "`up` of jobs that take no service time",
  against: asLargeText,
  measure: (say) =>
    ServiceProcess.with(instantOptions, async (service) => {
      say("warming up");
      await upOfJobs(service, 1, {});
      await upOf(service, asLarge(1));
      const readings: Measurement[] = [];
      for (const size of sizes) readings.push(await read(service, size, say));
      return readings;
    }),
});

async function read(service: ServiceProcess, { count, pairs }: Size, say: Report): Promise<Measurement> {
  const of = formatJobs(count);
  const details: Record<string, number> = {};
  const result = await measureInPairs(
    pairs,
    { ours: () => upOfJobs(service, count, details), theirs: () => upOf(service, asLarge(count)) },
    (text) => say(`${of}, ${text}`),
  );
  return { ...comparePairs(of, result, 1.05, formatMs), details };
}

async function upOf({ env }: ServiceProcess, program: PulumiFn, config: ConfigMap = {}): Promise<number> {
  const stack = await TestStack.create({ env, config, isFast: false });
  try {
    return await measureTime(async () => expectSuccess(await stack.up(program)));
  } finally {
    await stack.remove();
  }
}

/** The provider queues no job. */
export const config: ConfigMap = Object.fromEntries(
  Object.entries(unlimitedConfig).map(([name, value]) => [name, { value }]),
);

/** Sets in `details` the calls of the service and its processor time. */
async function upOfJobs(service: ServiceProcess, count: number, details: Details): Promise<number> {
  const program = jobs(count, await service.createEmptyRevision("REDSHIFT_DATA_SHARE"));
  await service.resetCalls();
  const cpu = service.cpuSeconds;
  const time = await upOf(service, program, config);
  Object.assign(details, await service.countCalls(), {
    "service's processor seconds": service.cpuSeconds - cpu,
  });
  return time;
}

/** The goal of a preview of a thousand new jobs: seconds of processor time of the program, the CLI and the hosts. */
const allowed = 8;

export const preview = (count: number): Benchmark => ({
  name: "preview",
  what: `processor time of a \`preview\` of ${formatJobs(count)}, all new`,
  against: asLargeText,
  measure: (say) =>
    ServiceProcess.with(instantOptions, async (service) => {
      const { dataSetId, revisionId } = await service.createEmptyRevision("REDSHIFT_DATA_SHARE");
      const args = [dataSetId, revisionId, String(count)];
      const cpuOf = (program: ProgramName) =>
        OwnStack.with(service, program, args, async (stack) => {
          say(`${program}, ${count} of them`);
          return (await stack.run("preview")).cpu;
        });
      const theirs = await cpuOf("asLarge");
      return [
        limited("a Job each", await cpuOf("jobs"), allowed, formatSeconds, theirs),
        limited("one JobSet", await cpuOf("jobSet"), allowed, formatSeconds, theirs),
      ];
    }),
});

const bucket = "source";
/** Maximum number of objects in a job, which one replaced job imports again. */
const perJob = 100;

/** One object changes in a revision that is filled in place. */
export const change = (objects: number): Benchmark => ({
  name: "change",
  what: `one object of ${formatCount(objects)} changes, in a revision that is filled in place`,
  against: "",
  measure: (say) =>
    ServiceProcess.with(["--job-duration", "1s"], async (service) => {
      say("uploading the objects");
      const keys = Array.from({ length: objects }, (_, index) => `daily/${index}.csv`);
      await service.createBucket(bucket, objectsOf(keys));
      const revision = await service.createEmptyRevision();
      const whole = async () => {
        const found = await countAssets(service, revision);
        if (found !== objects) throw new Error(`There are ${found} assets instead of ${objects}.`);
      };
      const args = [revision.dataSetId, revision.revisionId, bucket, "daily/"];
      return OwnStack.with(service, "fill", args, async (ours) => {
        say("importing all");
        await ours.run("up");
        await whole();
        say("importing the changed object");
        await service.putObject(bucket, keys[0]!, "another");
        const { operations, calls, seconds } = await ours.run("up");
        await whole();
        const { CreateJob = 0, DeleteAsset = 0 } = operations;
        const readings: Measurement[] = [
          { ...limited("jobs created", CreateJob, 1, formatCount), details: operations },
          limited("assets deleted and imported again", DeleteAsset, perJob, formatCount),
          { of: "API calls", ours: formatCount(calls), against: "" },
          { of: "time", ours: formatSeconds(seconds), against: "" },
        ];
        return readings;
      });
    }),
});
