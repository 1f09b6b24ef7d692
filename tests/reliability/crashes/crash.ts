/** One crash: a run is killed at a boundary, and the next `up` has to end with each job once. */
import { setTimeout as sleep } from "node:timers/promises";

import type { PulumiFn } from "@pulumi/pulumi/automation";

import { descendants, isAlive, kill, until } from "../../harness/processes";
import { TestService } from "../../harness/service";
import type { EngineStack } from "../engine/stack";
import type { Run } from "../faults/fixture";
import { jobsOf } from "../faults/fixture";
import type { Secrets } from "../secrets/secrets";
import { plantSignedUrls } from "../secrets/signed-urls";
import type { Boundary, Gate, Held } from "./gate";
import { openGate } from "./gate";
import type { Work } from "./work";

/** What is killed; of an engine whose host lives on, when that host's call is let go. */
export const kills = ["host", "engine and host", "engine, host goes on first", "engine, host races"] as const;
export type Kill = (typeof kills)[number];

export interface Crash {
  readonly work: Work;
  readonly boundary: Boundary;
  readonly kill: Kill;
}

export interface CrashResult {
  readonly crash: Crash;
  /** Jobs made, and how often the work was begun. */
  readonly made: number;
  readonly starts: number;
  readonly broken: readonly string[];
  /** What the run after the crash said, when it failed. */
  readonly message?: string;
  readonly calls: readonly string[];
}

export const nameOf = ({ work, boundary, kill: killed }: Crash): string =>
  `${work.name}: ${boundaryText(boundary)}, ${killed}`;

export const boundaryText = ({ call, nth, side }: Boundary): string =>
  `${side} ${call}${nth > 1 ? ` ${nth}` : ""}`;

/** The calls that the work makes when nobody interrupts it. */
export async function callsOf(work: Work, stack: EngineStack): Promise<readonly string[]> {
  return inWorld(work, async ({ gate, program }) => {
    await stack.loseState();
    const { error } = await stack.run(program);
    if (error !== undefined) throw new Error(`${work.name} fails without a crash: ${error}`);
    return gate.calls;
  });
}

/** The run ended before it came to the boundary, so nothing was shown. */
export class NotReachedError extends Error {}

/** `alone` lets one engine start at a time, so that each is told from the others. */
export async function runCrash(
  crash: Crash,
  stack: EngineStack,
  secrets: Secrets,
  alone: Alone,
): Promise<CrashResult> {
  const { work, boundary } = crash;
  return inWorld(work, async ({ gate, service, program, access, stage }) => {
    await stack.loseState();
    const held = gate.hold(boundary);
    const { run, engine } = await alone(async () => {
      const before = engines();
      const started = stack.run(program);
      return { run: started, engine: await newEngine(before) };
    });
    await Promise.race([held.reached, run]);
    const host = hostOf(engine);
    if (host === undefined) {
      held.release();
      const { error } = await run;
      throw new NotReachedError(error ?? "the run ended well");
    }
    try {
      await interrupt(crash.kill, engine, host, held);
      await run;
      if (crash.kill !== "host") await stack.unlock();
      if (crash.kill === "engine, host goes on first") await quiet(gate);
      if (crash.kill === "engine, host races") void gate.next().then(held.release);
      const second = await upAfter(stack, program);
      held.release();
      await quiet(gate);
      return await judge();

      async function judge(): Promise<CrashResult> {
        const jobs = jobsOf(stage, work.type);
        const starts = jobs.reduce((sum, job) => sum + job.startCount, 0);
        const broken: string[] = [];
        const unless = (kept: boolean, promise: string) => void (kept || broken.push(promise));
        unless(second.error === undefined, `the run after the crash failed: ${second.error}`);
        const inState = await stack.jobStates();
        unless(
          inState.length === work.jobs && inState.every(({ state }) => state === "COMPLETED"),
          `the jobs in state are ${inState.map(({ state }) => state).join(", ") || "none"}`,
        );
        unless(
          jobs.every((made) => made.startCount <= 1),
          "a job was started twice",
        );
        const expected = work.mayRepeat ? [work.jobs, 2 * work.jobs] : [work.jobs];
        unless(expected.includes(starts), `the work of ${work.jobs} was begun ${starts} times`);
        unless(
          inState.every(({ id }) => jobs.some((made) => made.id === id && made.startCount === 1)),
          "a job in state has had no effect",
        );
        const wrong = await work.wrong(service, stage.place);
        unless(wrong === undefined, wrong ?? "");
        await plantSignedUrls(service, secrets);
        const leaks = [...stack.search(), ...secrets.search("access log", access.join("\n"))];
        for (const { secret, place } of leaks) broken.push(`the ${secret} is in the ${place}`);
        return {
          crash,
          made: jobs.length,
          starts,
          broken,
          ...(second.error !== undefined && { message: second.error }),
          calls: gate.calls,
        };
      }
    } finally {
      if (isAlive(host)) kill(host);
    }
  });
}

async function interrupt(killed: Kill, engine: number, host: number, held: Held): Promise<void> {
  const victims = [
    ...(killed === "host" ? [] : [engine]),
    ...(killed === "host" || killed === "engine and host" ? [host] : []),
  ];
  victims.forEach(kill);
  // Until then an orphan may still find the engine.
  await until(() => !victims.some(isAlive));
  if (victims.includes(host)) held.drop();
  else if (killed === "engine, host goes on first") held.release();
}

/**
 * After a kill an inline program, which shares its process with the programs before it, now and then finds no way to its own
 * new engine. It fails then, or ends well without having declared anything; either way the provider was not asked.
 */
async function upAfter(stack: EngineStack, program: PulumiFn): Promise<Run> {
  for (let attempt = 1; ; attempt++) {
    const run = await stack.run(program);
    const unheard =
      run.error === undefined
        ? await stack.isEmpty()
        : run.error.includes("14 UNAVAILABLE: No connection established");
    if (!unheard || attempt === 3) return run;
  }
}

/** Until no call has come for a while: a host that has nobody left to work for comes to its end. */
async function quiet(gate: Gate): Promise<void> {
  for (let seen = -1; seen !== gate.calls.length;) {
    seen = gate.calls.length;
    await sleep(1_500);
  }
}

/** Lets one after another do something. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>;

export function oneByOne(): Alone {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

const engines = (): Set<number> =>
  new Set(
    descendants(process.pid)
      .filter(({ command }) => /\bpulumi up\b/.test(command))
      .map(({ pid }) => pid),
  );

async function newEngine(before: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const engine = [...engines()].find((pid) => !before.has(pid));
    if (engine !== undefined) return engine;
    await sleep(20);
  }
}

const hostOf = (engine: number): number | undefined =>
  descendants(engine).find(({ command }) => /dynamic-provider\/index\.js/.test(command))?.pid;

interface Surroundings {
  readonly service: TestService;
  readonly gate: Gate;
  readonly program: PulumiFn;
  readonly access: string[];
  readonly stage: Parameters<typeof jobsOf>[0];
}

async function inWorld<T>(work: Work, run: (surroundings: Surroundings) => Promise<T>): Promise<T> {
  const access: string[] = [];
  const service = await TestService.start({
    jobDuration: 0,
    onRequest: (entry) => access.push(JSON.stringify(entry)),
  });
  const gate = await openGate(service.local.endpoint);
  try {
    await service.createBucket("source", { "a.csv": "1", "b.csv": "2" });
    await service.createBucket("target");
    const place = await service.createEmptyRevision();
    const program = await work.program(service, place, gate.url);
    return await run({ service, gate, program, access, stage: { service, place } });
  } finally {
    await gate.close();
    await service.stop();
  }
}
