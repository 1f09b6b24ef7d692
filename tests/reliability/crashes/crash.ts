/** One crash: a run is killed at a boundary, and the next `up` must end with each job run once. */
import type { PulumiFn } from "@pulumi/pulumi/automation";

import { descendants, isAlive, kill, until } from "../../harness/processes";
import { TestService } from "../../harness/service";
import type { SearchedStack } from "../engine-stack";
import type { StackRun } from "../faults/scenarios";
import { jobsOf, startsOf } from "../faults/scenarios";
import { NotReachedError, quiet, startRun, upAfter } from "../killed-run";
import type { Boundary, CallGate, HeldCall } from "../proxy";
import { boundaryText, openCallGate } from "../proxy";
import type { Secrets } from "../../harness/secrets";
import { addSignedUrls } from "../../harness/secrets";
import { Guarantees } from "../suite";
import type { CrashScenario } from "./scenarios";

/** The killed processes; if the host survives its engine, also when its held call continues. */
export const kills = [
  "host",
  "engine and host",
  "engine, host continues first",
  "engine, host races",
] as const;
export type Kill = (typeof kills)[number];

export interface Crash {
  readonly scenario: CrashScenario;
  readonly boundary: Boundary;
  readonly kill: Kill;
}

export interface CrashResult {
  readonly crash: Crash;
  /** Created jobs, and how often one was started. */
  readonly jobCount: number;
  readonly starts: number;
  readonly broken: readonly string[];
  /** Message of the run after the crash, if it failed. */
  readonly message?: string;
  readonly calls: readonly string[];
}

export const nameOf = ({ scenario, boundary, kill: killed }: Crash): string =>
  `${scenario.name}: ${boundaryText(boundary)}, ${killed}`;

/** The calls of a run without a crash. */
export const callsOf = (scenario: CrashScenario, stack: SearchedStack): Promise<readonly string[]> =>
  withService(scenario, async ({ gate, program }) => {
    await stack.loseState();
    const { error } = await stack.run(program);
    if (error !== undefined) throw new Error(`${scenario.name} fails without a crash: ${error}`);
    return gate.calls;
  });

export const runCrash = (crash: Crash, stack: SearchedStack, secrets: Secrets): Promise<CrashResult> =>
  withService(crash.scenario, async (fixture) => {
    const { gate, program } = fixture;
    await stack.loseState();
    const held = gate.hold(crash.boundary);
    const { run, engine } = await startRun(stack, program);
    await Promise.race([held.reached, run]);
    const host = hostOf(engine);
    if (host === undefined) {
      held.release();
      const { error } = await run;
      throw new NotReachedError(error ?? "the run succeeded");
    }
    try {
      await interrupt(crash.kill, engine, host, held);
      await run;
      // Removes the lock of the killed engine.
      if (crash.kill !== "host") await stack.test.stack.cancel();
      if (crash.kill === "engine, host continues first") await quiet(gate);
      if (crash.kill === "engine, host races") void gate.next().then(held.release);
      const second = await upAfter(stack, program);
      held.release();
      await quiet(gate);
      return await judge(crash, fixture, stack, secrets, second);
    } finally {
      if (isAlive(host)) kill(host);
    }
  });

async function judge(
  crash: Crash,
  { service, gate, access, revision }: CrashFixture,
  stack: SearchedStack,
  secrets: Secrets,
  { error }: StackRun,
): Promise<CrashResult> {
  const { type, jobCount, mayRepeat, findProblem } = crash.scenario;
  const jobs = jobsOf({ service, revision }, type);
  const starts = startsOf(jobs);
  const guarantees = new Guarantees();
  guarantees.verify(error === undefined, `the run after the crash failed: ${error}`);
  const inState = await stack.test.jobStates();
  const states = inState.map(({ state }) => state).join(", ");
  guarantees.verify(
    inState.length === jobCount && inState.every(({ state }) => state === "COMPLETED"),
    `the jobs in state are ${states || "none"}`,
  );
  const wasStartedTwice = jobs.some(({ startCount }) => startCount > 1);
  guarantees.verify(!wasStartedTwice, "a job was started twice");
  guarantees.verify(
    starts === jobCount || (mayRepeat && starts === 2 * jobCount),
    `the scenario of ${jobCount} was started ${starts} times`,
  );
  const started = jobs.filter(({ startCount }) => startCount === 1).map(({ id }) => id);
  const haveRun = inState.every(({ id }) => started.includes(id));
  guarantees.verify(haveRun, "a job in state has had no effect");
  const problem = await findProblem(service, revision);
  guarantees.verify(problem === undefined, problem ?? "");
  await addSignedUrls(service, secrets);
  for (const { secret, place } of [...stack.search(), ...secrets.search("access log", access.join("\n"))])
    guarantees.verify(false, `the ${secret} is in the ${place}`);
  const message = error !== undefined && { message: error };
  return { crash, jobCount: jobs.length, starts, broken: guarantees.broken, ...message, calls: gate.calls };
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
  else if (killed === "engine, host continues first") held.release();
}

const hostOf = (engine: number): number | undefined =>
  descendants(engine).find(({ command }) => /dynamic-provider\/index\.js|plugin\/start\.cjs/.test(command))
    ?.pid;

interface CrashFixture {
  readonly service: TestService;
  readonly gate: CallGate;
  readonly program: PulumiFn;
  readonly access: string[];
  readonly revision: Parameters<CrashScenario["program"]>[1];
}

async function withService<T>(
  scenario: CrashScenario,
  run: (fixture: CrashFixture) => Promise<T>,
): Promise<T> {
  const access: string[] = [];
  const onRequest = (entry: object) => access.push(JSON.stringify(entry));
  await using service = await TestService.start({ jobDuration: 0, onRequest });
  await using gate = await openCallGate(service.endpoint);
  await service.createBucket("source", { "a.csv": "1", "b.csv": "2" });
  await service.createBucket("target");
  const revision = await service.createEmptyRevision();
  const program = await scenario.program(service, revision, gate.url);
  return await run({ service, gate, program, access, revision });
}
