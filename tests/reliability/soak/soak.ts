/** Many jobs in one stack at full parallelism, at a service that fails more than a quarter of all calls. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { AccessEntry, FaultRule, LocalDataExchange } from "../../../emulator";
import { Job } from "../../../index";
import { jobTypes } from "../../../service-model/job-types";
import { running } from "../../harness/processes";
import { TestService } from "../../harness/service";
import { TestStack } from "../../harness/stack";
import { prepareManyJobs } from "./jobs";

export interface SoakOptions {
  readonly jobs: number;
  /** How long each job is in progress, in milliseconds. */
  readonly jobDuration: number;
  /** The same seed and the same order of calls give the same faults. */
  readonly seed: string;
  readonly progress: (text: string) => void;
}

export interface SoakResult {
  readonly answers: AnswerCounter;
  readonly sampled: Samples;
  readonly completed: number;
  /** Jobs that were created but never started, because the response to CreateJob was lost. */
  readonly cancelled: number;
  readonly seconds: number;
  readonly broken: readonly string[];
  readonly story?: string;
}

export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const answers = new AnswerCounter();
  const { jobDuration, seed } = options;
  const service = await TestService.start({ jobDuration, seed, onRequest: answers.count });
  try {
    const stack = await TestStack.create({ env: service.env });
    try {
      return await soakIn(service, stack, answers, options);
    } finally {
      await stack.remove();
    }
  } finally {
    await service.stop();
  }
}

async function soakIn(
  service: TestService,
  stack: TestStack,
  answers: AnswerCounter,
  { jobs: count, progress }: SoakOptions,
): Promise<SoakResult> {
  const works = await prepareManyJobs(service, count);
  const before = new Set(service.local.jobs().map(({ id }) => id));
  const ours = () => service.local.jobs().filter(({ id }) => !before.has(id));
  addRandomFaults(service.local);
  answers.counting = true;
  const began = Date.now();
  const run = stack.up(
    () => {
      for (const [name, args] of works) new Job(name, args);
      return Promise.resolve();
    },
    { parallel: count + 1 },
  );
  const samples = await sampleUntilDone(service.local, run, () =>
    progress(
      `${ours().filter(({ state }) => state === "COMPLETED").length} of ${count} jobs completed, ` +
        `${answers.all} calls, ${answers.throttled} throttled, ${answers.resets} reset`,
    ),
  );
  const { error, stdout, stderr } = await run;
  service.local.faults.clear();
  const made = ours();
  const inState = await stack.jobs();
  const completed = inState.filter(({ outputs }) => outputs.state === "COMPLETED").length;
  return {
    answers,
    sampled: samples,
    completed,
    cancelled: made.filter(({ state }) => state === "CANCELLED").length,
    seconds: Math.round((Date.now() - began) / 1000),
    broken: promisesBroken(count, completed, made, inState, answers, samples, error),
    ...(error && { story: stderr + stdout.slice(-4_000) }),
  };
}

function promisesBroken(
  count: number,
  completed: number,
  made: ReturnType<TestService["local"]["jobs"]>,
  inState: Awaited<ReturnType<TestStack["jobs"]>>,
  answers: AnswerCounter,
  { peaks }: Samples,
  error: Error | undefined,
): string[] {
  const broken: string[] = [];
  const unless = (kept: boolean, what: string) => void (kept || broken.push(what));
  unless(error === undefined, "the up failed");
  unless(completed === count, `${completed} of ${count} jobs in state are COMPLETED`);
  const kept = new Set(inState.map(({ id }) => id));
  unless(kept.size === count, `${kept.size} different jobs are in state, not ${count}`);
  const effective = made.filter(({ startCount }) => startCount > 0);
  unless(effective.length === count, `${effective.length} jobs were started, not ${count}`);
  unless(
    effective.every(({ id, startCount }) => startCount === 1 && kept.has(id)),
    "a job was started twice, or is not in state",
  );
  const left = made.filter(({ id, state }) => !kept.has(id) && state !== "CANCELLED");
  unless(
    left.length === 0,
    `${left.length} jobs were left behind, in ${left.map(({ state }) => state).join(", ")}`,
  );
  unless(answers.beyondQuota === 0, `${answers.beyondQuota} calls of StartJob were beyond a quota`);
  for (const { type, concurrency } of jobTypes) {
    const peak = peaks[type] ?? 0;
    unless(peak <= concurrency.value, `${peak} jobs of type ${type} were in progress at once`);
  }
  return broken;
}

interface Kind {
  readonly name: string;
  /** Share of all requests. */
  readonly share: number;
  readonly rule: Pick<FaultRule, "error" | "connection" | "when">;
}

const kinds: readonly Kind[] = [
  { name: "throttled", share: 0.2, rule: { error: "ThrottlingException" } },
  { name: "server errors", share: 0.025, rule: { error: 500 } },
  { name: "server errors", share: 0.025, rule: { error: 500, when: "after" } },
  { name: "resets", share: 0.01, rule: { connection: "reset" } },
  { name: "resets", share: 0.01, rule: { connection: "reset", when: "after" } },
];

/** A fault is tried only if no earlier fault applied, so its probability is relative to the remaining requests. */
function addRandomFaults({ faults }: LocalDataExchange): void {
  let left = 1;
  for (const { share, rule } of kinds) {
    faults.add({ operation: "*", times: "always", probability: share / left, ...rule });
    left -= share;
  }
}

/** Counts the requests as they are answered. */
class AnswerCounter {
  /** Off while the test data is created. */
  counting = false;
  all = 0;
  throttled = 0;
  serverErrors = 0;
  resets = 0;
  /** StartJob beyond the quota of the type. */
  beyondQuota = 0;
  readonly calls: Record<string, number> = {};
  /** Longest time without an answer, in milliseconds. */
  longestSilence = 0;
  private last = Infinity;

  readonly count = ({ operation, status }: AccessEntry): void => {
    if (!this.counting) return;
    const now = Date.now();
    this.longestSilence = Math.max(this.longestSilence, now - this.last);
    this.last = now;
    this.all += 1;
    this.calls[operation] = (this.calls[operation] ?? 0) + 1;
    if (status === 429) this.throttled += 1;
    if (status === undefined) this.resets += 1;
    if (status !== undefined && status >= 500) this.serverErrors += 1;
    if (status === 402) this.beyondQuota += 1;
  };
}

const every = 1_000;

export interface Samples {
  /** The most jobs of each type that were seen in progress at once. */
  readonly peaks: Readonly<Record<string, number>>;
  /** Resident memory of the host process in MiB, oldest first. */
  readonly memory: readonly number[];
}

/** Samples until `work` is done. */
async function sampleUntilDone(
  local: LocalDataExchange,
  work: Promise<unknown>,
  onSample: () => void,
): Promise<Samples> {
  const peaks: Record<string, number> = {};
  const memory: number[] = [];
  let host: number | undefined;
  const end = work.then(
    () => true,
    () => true,
  );
  const pause = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), every));
  while (!(await Promise.race([end, pause()]))) {
    for (const [type, count] of Object.entries(inProgress(local)))
      peaks[type] = Math.max(peaks[type] ?? 0, count);
    host ??= running().host;
    const size = host === undefined ? undefined : await residentMemory(host);
    if (size !== undefined) memory.push(size);
    onSample();
  }
  return { peaks, memory };
}

function inProgress(local: LocalDataExchange): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, state } of local.jobs())
    if (state === "IN_PROGRESS") counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** Undefined once the process has ended. */
async function residentMemory(pid: number): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
    return Math.round(Number(stdout) / 1024);
  } catch {
    return undefined;
  }
}
