/** Many jobs in one stack at full parallelism, at a service that fails more than a quarter of all calls. */
import { Job } from "../../../index";
import { jobTypes } from "../../../service-model/job-types";
import { TestStack } from "../../harness/stack";
import { TestService } from "../../harness/service";
import type { Sampled } from "./sampler";
import { sampled } from "./sampler";
import { Answers, plantTrouble } from "./random-faults";
import { prepareWorks } from "./jobs";

export interface SoakOptions {
  readonly jobs: number;
  /** How long each job is in progress, in milliseconds. */
  readonly jobDuration: number;
  /** Makes the faults the same as often as the calls come in the same order. */
  readonly seed: string;
  readonly progress: (text: string) => void;
}

export interface Soaked {
  readonly answers: Answers;
  readonly sampled: Sampled;
  readonly completed: number;
  /** Jobs that were made beside those in state and never started: the answer to their CreateJob was lost. */
  readonly cancelled: number;
  readonly seconds: number;
  readonly broken: readonly string[];
  readonly story?: string;
}

export async function soak(options: SoakOptions): Promise<Soaked> {
  const answers = new Answers();
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
  answers: Answers,
  { jobs: count, progress }: SoakOptions,
): Promise<Soaked> {
  const works = await prepareWorks(service, count);
  const before = new Set(service.local.jobs().map(({ id }) => id));
  const ours = () => service.local.jobs().filter(({ id }) => !before.has(id));
  plantTrouble(service.local);
  answers.counting = true;
  const began = Date.now();
  const run = stack.up(
    () => {
      for (const [name, args] of works) new Job(name, args);
      return Promise.resolve();
    },
    { parallel: count + 1 },
  );
  const samples = await sampled(service.local, run, () =>
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
  answers: Answers,
  { peaks }: Sampled,
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
