/** One case of the matrix: a call of a scenario, a fault, its duration; and the promises that must be kept. */
import { setTimeout as sleep } from "node:timers/promises";

import type { JobArgs } from "../../../index";
import { readOutputs } from "../../../provider/core/state";
import type { EmptyAnswer, FaultDuration, FaultName, AppliedFault } from "./faults";
import { isEmptyAnswer, lateEffectMs, addEmptyAnswer, ruleOf, timeoutsFor, transientFaults } from "./faults";
import type { Fixture, Scenario, StackRun } from "./scenarios";
import { jobsOf } from "./scenarios";

export interface FaultCase {
  readonly scenario: Scenario;
  readonly call: string;
  readonly fault: FaultName | EmptyAnswer;
  readonly duration: FaultDuration;
}

/** Outcome of the run with the fault. */
export type CaseOutcome =
  /** It succeeded. */
  | "through"
  /** It failed; the job is in state. */
  | "kept"
  /** It failed; no job was started, and none is in state. */
  | "nothing made"
  /** The provider never makes this call. */
  | "not called";

export interface CaseResult {
  readonly faultCase: FaultCase;
  readonly outcome: CaseOutcome;
  /** Message of the run with the fault, if it failed. */
  readonly message?: string;
  /** Broken promises. */
  readonly broken: readonly string[];
  readonly milliseconds: number;
}

/** Calls that the provider never makes, so that a fault in them is never applied. */
export const uncalledOperations: readonly string[] = ["GetAsset"];

export const caseName = ({ scenario, call, fault, duration }: FaultCase): string =>
  `${call} (${scenario.name}) × ${fault} × ${duration}`;

/** Calls `restart` before the run after the fault, so that its process knows nothing of the run with the fault. */
export async function runCase(fixture: Fixture, faultCase: FaultCase, anew: () => void): Promise<CaseResult> {
  const { scenario, call, fault, duration } = faultCase;
  const began = Date.now();
  await scenario.arrange?.(fixture);
  const args = scenario.args(fixture, timeoutsFor(duration));
  await scenario.prepare?.(fixture, args);
  if (scenario.prepare) anew();

  const before = await fixture.stack.job();
  let applied: AppliedFault | undefined;
  const faulty = await scenario.runWithFault(fixture, args, () => (applied = applyFault(fixture, faultCase)));
  const lastly = Date.now();
  const wasApplied = applied !== undefined && applied.left !== applied.rule.times;
  fixture.service.local.faults.clear();
  if (fixture.proxy) fixture.proxy.between = {};

  const broken = new Broken();
  const outcome = wasApplied ? await outcomeOf(fixture, faulty, before !== undefined) : "not called";
  if (wasApplied === uncalledOperations.includes(call)) {
    broken.add(wasApplied ? `${call} was called` : `${call} was never called, so nothing was shown`);
  }
  await checkFaultyRun(fixture, faultCase, args, faulty, broken);
  anew();
  await checkNextRun(fixture, scenario, args, broken);
  if (fault === "taken late") {
    // By now the aborted call has reached the service; it must have no further effect.
    await sleep(Math.max(0, lastly + lateEffectMs(duration) - Date.now()));
    checkStartedOnce(fixture, args.type, broken);
    if (scenario.end === "done") await checkDone(fixture, args.type, broken);
  }
  return {
    faultCase,
    outcome,
    ...(faulty.error !== undefined && { message: faulty.error }),
    broken: broken.promises,
    milliseconds: Date.now() - began,
  };
}

function applyFault({ service, proxy }: Fixture, { call, fault, duration }: FaultCase): AppliedFault {
  if (!isEmptyAnswer(fault)) return service.local.faults.add({ operation: call, ...ruleOf(fault, duration) });
  if (!proxy) throw new Error(`${fault} needs a proxy.`);
  return addEmptyAnswer(proxy, call, fault, duration);
}

class Broken {
  readonly promises: string[] = [];

  add(promise: string): void {
    this.promises.push(promise);
  }

  unless(kept: boolean, promise: string): void {
    if (!kept) this.add(promise);
  }
}

async function outcomeOf({ stack }: Fixture, { error }: StackRun, hadJob: boolean): Promise<CaseOutcome> {
  if (error === undefined) return "through";
  return hadJob || (await stack.job()) !== undefined ? "kept" : "nothing made";
}

async function checkFaultyRun(
  fixture: Fixture,
  { scenario, call, fault, duration }: FaultCase,
  { type }: JobArgs,
  { error }: StackRun,
  broken: Broken,
): Promise<void> {
  checkStartedOnce(fixture, type, broken);
  const job = await fixture.stack.job();
  if (error === undefined) {
    if (scenario.end === "done") await checkDone(fixture, type, broken);
    return;
  }
  // Retries must hide every transient fault that ends in time.
  const mustSucceed = transientFaults.includes(fault) && duration !== "for good";
  broken.unless(!mustSucceed, `a transient failure was not retried: ${error}`);
  const effective = jobsOf(fixture, type as string).filter(({ startCount }) => startCount > 0);
  if (scenario.name !== "takeover") {
    broken.unless(
      job !== undefined || (await fixture.stack.isEmpty()) === false || effective.length === 0,
      "a started job is not in state",
    );
  }
  if (job) {
    broken.unless(error.includes(`Job ${job.id}`), `the message does not name the job: ${error}`);
  } else if (await fixture.stack.isEmpty()) {
    broken.unless(
      error.includes(`No ${type as string} job was started`),
      `the message does not name the job: ${error}`,
    );
  }
  broken.unless(
    error.includes(call === "UploadBody" ? "the upload failed" : `${call} failed`),
    `the message does not name the call: ${error}`,
  );
  // After a failed `pulumi refresh` or `pulumi destroy` the user runs that command again.
  broken.unless(
    /run (`pulumi up`|the command) again|The next `pulumi up`/i.test(error),
    `the message does not say what to do: ${error}`,
  );
}

async function checkNextRun(
  fixture: Fixture,
  scenario: Scenario,
  args: JobArgs,
  broken: Broken,
): Promise<void> {
  const { error } = await (scenario.runAfterFault?.(fixture, args) ?? fixture.stack.up(args));
  const type = args.type as string;
  broken.unless(error === undefined, `the run after the fault failed: ${error}`);
  checkStartedOnce(fixture, type, broken);
  if (scenario.end === "done") {
    await checkDone(fixture, type, broken);
    broken.unless(!(await fixture.stack.changes(args)), "a further run would change something");
    return;
  }
  broken.unless(await fixture.stack.isEmpty(), "the deleted job is still in state");
  const assets = await fixture.service.listAssetNames(fixture.revision);
  broken.unless(assets.length === 0, `assets are left: ${assets.join(", ")}`);
  if (scenario.end === "cancelled") {
    const started = jobsOf(fixture, type).filter(({ startCount }) => startCount > 0);
    broken.unless(started.length === 0, "a job to be cancelled was started");
  }
}

/** The work is never started twice. */
function checkStartedOnce(fixture: Fixture, type: string, broken: Broken): void {
  const starts = jobsOf(fixture, type).reduce((sum, job) => sum + job.startCount, 0);
  broken.unless(starts <= 1, `the work was begun ${starts} times`);
}

async function checkDone(fixture: Fixture, type: string, broken: Broken): Promise<void> {
  const job = await fixture.stack.job();
  broken.unless(job?.outputs.state === "COMPLETED", `the job in state is ${String(job?.outputs.state)}`);
  const effective = jobsOf(fixture, type).filter(({ startCount }) => startCount > 0);
  broken.unless(
    effective.length === 1 && effective[0]!.id === job?.id,
    `not exactly the job in state has had an effect: ${effective.map(({ id }) => id).join(", ") || "none has"}`,
  );
  const assets = await fixture.service.listAssetNames(fixture.revision);
  broken.unless(assets.join() === "a.csv", `the revision holds ${assets.join(", ") || "nothing"}`);
  if (/^IMPORT/.test(type)) {
    const named = readOutputs(job?.outputs ?? {}).assets.map(({ name }) => name);
    broken.unless(named.join() === "a.csv", `the state names the assets ${named.join(", ") || "none"}`);
  } else {
    broken.unless(job?.outputs.signedUrl !== undefined, "the state has no signed URL");
  }
}
