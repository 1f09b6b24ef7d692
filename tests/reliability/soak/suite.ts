/** The soak: a thousand jobs of all types at once in one stack, at a service that fails more than a quarter of all calls. */
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import type { AssetType } from "@aws-sdk/client-dataexchange";

import type { AccessEntry, FaultRule, LocalDataExchange } from "../../../emulator";
import type { JobArgs } from "../../../index";
import { Job } from "../../../index";
import { jobTypes } from "../../../service-model/job-types";
import type { HostName } from "../../harness/host-differences";
import { jobsByType } from "../../harness/one-job-per-type";
import { running } from "../../harness/processes";
import type { RevisionIds } from "../../harness/service";
import { TestService } from "../../harness/service";
import { createStack } from "../engine-stack";
import type { SuiteContext, SuiteResult, Suite } from "../suite";
import { Guarantees, Counter, failuresOf } from "../suite";

export const soakSuite: Suite = {
  name: "soak",
  title:
    "a thousand jobs in one stack at once: 20 % throttling, 5 % server errors, 2 % resets, the service's quotas",
  async run({ progress, host }: SuiteContext): Promise<SuiteResult> {
    const jobs = Number(process.env.SOAK_JOBS ?? 1_000);
    const seed = process.env.SOAK_SEED ?? String(Date.now());
    const { answers, sampled, broken, log, completed, cancelled, seconds } = await runSoak({
      ...{ jobs, jobDuration: 500, seed, host, progress },
    });
    const { peaks, memory } = sampled;
    const share = (kind: string) => `${((100 * answers.of(kind)) / answers.total).toFixed(1)} %`;
    return {
      table: {
        head: ["type", "jobs", "quota", "maximum at once"],
        rows: jobTypes.map(({ type, concurrency }, index) => [
          type,
          Math.floor((jobs - index - 1) / jobTypes.length) + 1,
          concurrency.value,
          peaks[type] ?? 0,
        ]),
      },
      figures: {
        "jobs completed": completed,
        calls: answers.total,
        "created and cancelled": cancelled,
        "StartJob beyond a quota": answers.of("beyond quota"),
        "seconds between two answers at most": Math.round(answers.longestSilence / 1000),
        "MiB of the host at the start": memory[0] ?? 0,
        "MiB at its peak": Math.max(0, ...memory),
        "MiB at the end": memory.at(-1) ?? 0,
        seconds,
      },
      notes: [
        `Of ${answers.total} requests ${share("throttled")} were throttled, ${share("server error")} ended in a server ` +
          `error, ${share("reset")} in a broken connection; half of the errors and resets came after the call had ` +
          `taken effect. Seed ${seed}.`,
      ],
      failures: failuresOf(`SOAK_SEED=${seed}`, broken, log),
      details: { seed, calls: answers.calls.all(), memory, peaks },
    };
  },
};

interface SoakOptions {
  readonly jobs: number;
  /** How long each job is in progress, in milliseconds. */
  readonly jobDuration: number;
  /** The same seed and the same order of calls give the same faults. */
  readonly seed: string;
  readonly host?: HostName;
  readonly progress?: (text: string) => void;
}

export async function runSoak({ jobs: count, jobDuration, seed, host = "dynamic", progress }: SoakOptions) {
  const answers = new AnswerCounter();
  await using service = await TestService.start({ jobDuration, seed, onRequest: answers.count });
  await using stack = await createStack(host, service.env);
  const declared = await prepareManyJobs(service, count);
  const before = new Set(service.local.jobs().map(({ id }) => id));
  const created = () => service.local.jobs().filter(({ id }) => !before.has(id));
  addRandomFaults(service.local);
  answers.isCounting = true;
  const began = Date.now();
  const program = () => {
    for (const [name, args] of declared) new Job(name, args);
    return Promise.resolve();
  };
  const run = stack.up(program, { parallel: count + 1 });
  const sampled = await sampleUntilDone(service.local, run, () =>
    progress?.(
      `${created().filter(({ state }) => state === "COMPLETED").length} of ${count} jobs completed, ` +
        `${answers.total} calls, ${answers.of("throttled")} throttled, ${answers.of("reset")} reset`,
    ),
  );
  const { error, stdout, stderr } = await run;
  service.local.faults.clear();
  const jobs = created();
  const inState = await stack.jobs();
  const completed = inState.filter(({ outputs }) => outputs.state === "COMPLETED").length;

  const guarantees = new Guarantees();
  guarantees.verify(error === undefined, "the up failed");
  guarantees.verify(completed === count, `${completed} of ${count} jobs in state are COMPLETED`);
  const kept = new Set(inState.map(({ id }) => id));
  guarantees.verify(kept.size === count, `${kept.size} different jobs are in state, not ${count}`);
  const started = jobs.filter(({ startCount }) => startCount > 0);
  guarantees.verify(started.length === count, `${started.length} jobs were started, not ${count}`);
  const isWrong = started.some(({ id, startCount }) => startCount !== 1 || !kept.has(id));
  guarantees.verify(!isWrong, "a job was started twice, or is not in state");
  const left = jobs.filter(({ id, state }) => !kept.has(id) && state !== "CANCELLED");
  const states = left.map(({ state }) => state).join(", ");
  guarantees.verify(left.length === 0, `${left.length} jobs were left behind, in ${states}`);
  const beyondQuota = answers.of("beyond quota");
  guarantees.verify(beyondQuota === 0, `${beyondQuota} calls of StartJob were beyond a quota`);
  for (const { type, concurrency } of jobTypes) {
    const peak = sampled.peaks[type] ?? 0;
    guarantees.verify(peak <= concurrency.value, `${peak} jobs of type ${type} were in progress at once`);
  }
  return {
    answers,
    sampled,
    completed,
    // Jobs that were created but never started, because the response to CreateJob was lost.
    cancelled: jobs.filter(({ state }) => state === "CANCELLED").length,
    seconds: Math.round((Date.now() - began) / 1000),
    broken: guarantees.broken,
    log: error && stderr + stdout.slice(-4_000),
  };
}

/** Jobs of all types by name. Only the exports to a signed URL have equal details. */
async function prepareManyJobs(service: TestService, count: number): Promise<Map<string, JobArgs>> {
  const each = Math.ceil(count / jobTypes.length);
  const keys = Array.from({ length: each }, (_, nth) => `${nth}.csv`);
  await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, key])));
  await service.createBucket("target");
  const files = await createRevisions(service, "S3_SNAPSHOT", each);
  const shares = await createRevisions(service, "REDSHIFT_DATA_SHARE", each);
  const apis = await createRevisions(service, "API_GATEWAY_API", each);
  const accesses = await createRevisions(service, "S3_DATA_ACCESS", each);
  const permissions = await createRevisions(service, "LAKE_FORMATION_DATA_PERMISSION", each);
  const { dataSetId } = files[0]!;
  const from = { dataSetId, revisionId: await service.createRevision(dataSetId) };
  const exported = await service.importAsset(from, "source", keys[0]!);
  const jobs = keys.flatMap((_, nth) => {
    const common = { files: files[nth]!, shares: shares[nth]!, apis: apis[nth]!, exported };
    const others = { accesses: accesses[nth]!, permissions: permissions[nth]! };
    const byType = Object.entries(jobsByType(nth, { ...common, ...others }));
    return byType.map(([type, args]): [string, JobArgs] => [`${type}-${nth}`, args]);
  });
  return new Map(jobs.slice(0, count));
}

/** The revision for each import; a data set has as many revisions as a revision may have assets. */
async function createRevisions(service: TestService, type: AssetType, count: number): Promise<RevisionIds[]> {
  const max = type === "S3_DATA_ACCESS" ? 5 : 20;
  const revisions: RevisionIds[] = [];
  let dataSetId = "";
  while (revisions.length < count) {
    if (revisions.length % max ** 2 === 0) dataSetId = await service.createDataSet(type);
    const revision = { dataSetId, revisionId: await service.createRevision(dataSetId) };
    revisions.push(...Array.from({ length: max }, () => revision));
  }
  return revisions;
}

/** The share of all requests that each fault applies to. */
const randomFaults: readonly (readonly [share: number, rule: Omit<FaultRule, "operation">])[] = [
  [0.2, { error: "ThrottlingException" }],
  [0.025, { error: 500 }],
  [0.025, { error: 500, when: "after" }],
  [0.01, { connection: "reset" }],
  [0.01, { connection: "reset", when: "after" }],
];

/** A fault is tried only if no earlier fault applied, so its probability is relative to the remaining requests. */
function addRandomFaults({ faults }: LocalDataExchange): void {
  let left = 1;
  for (const [share, rule] of randomFaults) {
    faults.add({ operation: "*", times: "always", probability: share / left, ...rule });
    left -= share;
  }
}

/** Counts answers by their kind, and calls. */
class AnswerCounter extends Counter {
  /** Off while the test data is created. */
  isCounting = false;
  total = 0;
  readonly calls = new Counter();
  /** Longest time without an answer, in milliseconds. */
  longestSilence = 0;
  private last = Infinity;

  readonly count = ({ operation, status }: AccessEntry): void => {
    if (!this.isCounting) return;
    const now = Date.now();
    this.longestSilence = Math.max(this.longestSilence, now - this.last);
    this.last = now;
    this.total += 1;
    this.calls.add(operation);
    if (status === undefined) this.add("reset");
    else if (status === 429) this.add("throttled");
    else if (status === 402) this.add("beyond quota");
    else if (status >= 500) this.add("server error");
  };
}

const sampleIntervalMs = 1_000;

/** Samples until `work` is done. */
async function sampleUntilDone(local: LocalDataExchange, work: Promise<unknown>, onSample: () => void) {
  /** Maximum number of jobs of each type in progress at once. */
  const peaks: Record<string, number> = {};
  /** Resident memory of the host process in MiB, oldest first. */
  const memory: number[] = [];
  let host: number | undefined;
  let isDone = false;
  const end = work.finally(() => (isDone = true)).catch(() => undefined);
  for (;;) {
    await Promise.race([end, sleep(sampleIntervalMs)]);
    if (isDone) return { peaks, memory };
    const inProgress = new Counter();
    for (const { type, state } of local.jobs()) if (state === "IN_PROGRESS") inProgress.add(type);
    for (const [type, count] of Object.entries(inProgress.all()))
      peaks[type] = Math.max(peaks[type] ?? 0, count);
    host ??= running().host;
    const size = host === undefined ? undefined : await residentMemory(host);
    if (size !== undefined) memory.push(size);
    onSample();
  }
}

/** In MiB; undefined once the process has ended. */
async function residentMemory(pid: number): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
    return Math.round(Number(stdout) / 1024);
  } catch {
    return undefined;
  }
}
