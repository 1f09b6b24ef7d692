/** One crash: a run is killed at a boundary, and the next `up` must end with each job run once. */
import { setTimeout as sleep } from "node:timers/promises";

import type { PulumiFn } from "@pulumi/pulumi/automation";

import { descendants, isAlive, kill, until } from "../../harness/processes";
import { TestService } from "../../harness/service";
import type { SearchedStack } from "../engine-stack";
import type { StackRun } from "../faults/scenarios";
import { jobsOf } from "../faults/scenarios";
import type { Secrets } from "../secrets/secrets";
import { addSignedUrls } from "../secrets/secrets";
import type { Boundary, CallGate, HeldCall } from "../proxy";
import { openCallGate } from "../proxy";
import type { CrashScenario } from "./scenarios";

/** The killed processes; if the host survives its engine, also when its held call continues. */
export const kills = ["host", "engine and host", "engine, host goes on first", "engine, host races"] as const;
export type Kill = (typeof kills)[number];

export interface Crash {
  readonly scenario: CrashScenario;
  readonly boundary: Boundary;
  readonly kill: Kill;
}

export interface CrashResult {
  readonly crash: Crash;
  /** Jobs made, and how often the work was begun. */
  readonly jobCount: number;
  readonly starts: number;
  readonly broken: readonly string[];
  /** Message of the run after the crash, if it failed. */
  readonly message?: string;
  readonly calls: readonly string[];
}

export const nameOf = ({ scenario, boundary, kill: killed }: Crash): string =>
  `${scenario.name}: ${boundaryText(boundary)}, ${killed}`;

export const boundaryText = ({ call, nth, side }: Boundary): string =>
  `${side} ${call}${nth > 1 ? ` ${nth}` : ""}`;

/** The calls of an undisturbed run. */
export async function callsOf(scenario: CrashScenario, stack: SearchedStack): Promise<readonly string[]> {
  return withService(scenario, async ({ gate, program }) => {
    await stack.loseState();
    const { error } = await stack.run(program);
    if (error !== undefined) throw new Error(`${scenario.name} fails without a crash: ${error}`);
    return gate.calls;
  });
}

/** The run ended before the boundary, so it shows nothing. */
export class NotReachedError extends Error {}

/** `runExclusive` lets one engine start at a time, so that its process can be identified. */
export async function runCrash(
  crash: Crash,
  stack: SearchedStack,
  secrets: Secrets,
  alone: RunExclusive,
): Promise<CrashResult> {
  const { scenario, boundary } = crash;
  return withService(scenario, async ({ gate, service, program, access, target }) => {
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
        const jobs = jobsOf(target, scenario.type);
        const starts = jobs.reduce((sum, job) => sum + job.startCount, 0);
        const broken: string[] = [];
        const unless = (kept: boolean, promise: string) => void (kept || broken.push(promise));
        unless(second.error === undefined, `the run after the crash failed: ${second.error}`);
        const inState = await stack.jobStates();
        unless(
          inState.length === scenario.jobCount && inState.every(({ state }) => state === "COMPLETED"),
          `the jobs in state are ${inState.map(({ state }) => state).join(", ") || "none"}`,
        );
        unless(
          jobs.every((made) => made.startCount <= 1),
          "a job was started twice",
        );
        const expected = scenario.mayRepeat
          ? [scenario.jobCount, 2 * scenario.jobCount]
          : [scenario.jobCount];
        unless(expected.includes(starts), `the scenario of ${scenario.jobCount} was begun ${starts} times`);
        unless(
          inState.every(({ id }) => jobs.some((made) => made.id === id && made.startCount === 1)),
          "a job in state has had no effect",
        );
        const wrong = await scenario.findProblem(service, target.revision);
        unless(wrong === undefined, wrong ?? "");
        await addSignedUrls(service, secrets);
        const leaks = [...stack.search(), ...secrets.search("access log", access.join("\n"))];
        for (const { secret, place } of leaks) broken.push(`the ${secret} is in the ${place}`);
        return {
          crash,
          jobCount: jobs.length,
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

async function interrupt(killed: Kill, engine: number, host: number, held: HeldCall): Promise<void> {
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
async function upAfter(stack: SearchedStack, program: PulumiFn): Promise<StackRun> {
  for (let attempt = 1; ; attempt++) {
    const run = await stack.run(program);
    const unheard =
      run.error === undefined
        ? await stack.isEmpty()
        : run.error.includes("14 UNAVAILABLE: No connection established");
    if (!unheard || attempt === 3) return run;
  }
}

/** Waits until no call has come for a while; an orphaned host ends by itself. */
async function quiet(gate: CallGate): Promise<void> {
  for (let seen = -1; seen !== gate.calls.length;) {
    seen = gate.calls.length;
    await sleep(1_500);
  }
}

/** Runs functions one after another. */
export type RunExclusive = <T>(scenario: () => Promise<T>) => Promise<T>;

export function runExclusive(): RunExclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (scenario) => {
    const mine = last.then(scenario);
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

interface CrashFixture {
  readonly service: TestService;
  readonly gate: CallGate;
  readonly program: PulumiFn;
  readonly access: string[];
  readonly target: Parameters<typeof jobsOf>[0];
}

async function withService<T>(
  scenario: CrashScenario,
  run: (surroundings: CrashFixture) => Promise<T>,
): Promise<T> {
  const access: string[] = [];
  const service = await TestService.start({
    jobDuration: 0,
    onRequest: (entry) => access.push(JSON.stringify(entry)),
  });
  const gate = await openCallGate(service.local.endpoint);
  try {
    await service.createBucket("source", { "a.csv": "1", "b.csv": "2" });
    await service.createBucket("target");
    const revision = await service.createEmptyRevision();
    const program = await scenario.program(service, revision, gate.url);
    return await run({ service, gate, program, access, target: { service, revision } });
  } finally {
    await gate.close();
    await service.stop();
  }
}
