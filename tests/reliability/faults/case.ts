/** One case of the matrix: a call of a scenario, a fault, its duration; and the guarantees that must be kept. */
import { setTimeout as sleep } from "node:timers/promises";

import type { JobArgs } from "../../../index";
import { uploadOperation } from "../../../provider/core/errors";
import { readOutputs } from "../../../provider/core/state";
import { Guarantees } from "../suite";
import type { EmptyAnswer, FaultDuration, FaultName, AppliedFault } from "./faults";
import { isEmptyAnswer, lateEffectMs, addEmptyAnswer, ruleOf, timeoutsFor, transientFaults } from "./faults";
import type { Fixture, Scenario, StackRun } from "./scenarios";
import { jobsOf, startsOf } from "./scenarios";

export interface FaultCase {
  readonly scenario: Scenario;
  readonly call: string;
  readonly fault: FaultName | EmptyAnswer;
  readonly duration: FaultDuration;
}

/** Outcome of the run with the fault. */
export type CaseOutcome =
  /** It succeeded. */
  | "succeeded"
  /** It failed; the job is in state. */
  | "failed with a job in state"
  /** It failed; no job was started, and none is in state. */
  | "failed without a job"
  /** The provider never makes this call. */
  | "never called";

export interface CaseResult {
  readonly faultCase: FaultCase;
  readonly outcome: CaseOutcome;
  /** Message of the run with the fault, if it failed. */
  readonly message?: string;
  /** Broken guarantees. */
  readonly broken: readonly string[];
}

/** Calls that the provider never makes, so that a fault in them is never applied. */
export const uncalledOperations: readonly string[] = ["GetAsset"];

export const caseName = ({ scenario, call, fault, duration }: FaultCase): string =>
  `${call} (${scenario.name}) × ${fault} × ${duration}`;

/** Calls `restart` before each run that needs a new process. */
export async function runCase(
  fixture: Fixture,
  faultCase: FaultCase,
  restart: () => void,
): Promise<CaseResult> {
  const { scenario, fault, duration } = faultCase;
  const { service, stack, proxy } = fixture;
  const args = { ...(await scenario.args(fixture, timeoutsFor(duration))), endpoint: fixture.endpoint };
  await scenario.prepare?.(fixture, args);
  if (scenario.prepare) restart();

  const before = await stack.job();
  let applied: AppliedFault | undefined;
  const addFault = () => (applied = applyFault(fixture, faultCase));
  if (!scenario.runWithFault) addFault();
  const faulty = await (scenario.runWithFault?.(fixture, args, addFault) ?? stack.up(args));
  const ended = Date.now();
  const wasApplied = applied !== undefined && applied.left !== applied.rule.times;
  service.local.faults.clear();
  if (proxy) proxy.between = {};

  const outcome = wasApplied ? await outcomeOf(fixture, faulty, before !== undefined) : "never called";
  const check = new CaseCheck(fixture, faultCase, args);
  check.wasCalled(wasApplied);
  await check.faultyRun(faulty);
  restart();
  await check.nextRun();
  if (fault === "late effect") {
    // By now the aborted call has reached the service; it must have no further effect.
    await sleep(Math.max(0, ended + lateEffectMs(duration) - Date.now()));
    check.startedOnce();
    await check.done();
  }
  const message = faulty.error !== undefined && { message: faulty.error };
  return { faultCase, outcome, ...message, broken: check.broken };
}

function applyFault({ service, proxy }: Fixture, { call, fault, duration }: FaultCase): AppliedFault {
  if (!isEmptyAnswer(fault)) return service.local.faults.add({ operation: call, ...ruleOf(fault, duration) });
  return addEmptyAnswer(proxy!, call, fault, duration);
}

async function outcomeOf({ stack }: Fixture, { error }: StackRun, hadJob: boolean): Promise<CaseOutcome> {
  if (error === undefined) return "succeeded";
  return hadJob || (await stack.job()) !== undefined ? "failed with a job in state" : "failed without a job";
}

class CaseCheck extends Guarantees {
  constructor(
    private readonly fixture: Fixture,
    private readonly faultCase: FaultCase,
    private readonly args: JobArgs,
  ) {
    super();
  }

  wasCalled(wasApplied: boolean): void {
    const { call } = this.faultCase;
    const problem = wasApplied ? `${call} was called` : `${call} was never called, so the case shows nothing`;
    this.verify(wasApplied !== uncalledOperations.includes(call), problem);
  }

  async faultyRun({ error }: StackRun): Promise<void> {
    const { scenario, call, fault, duration } = this.faultCase;
    this.startedOnce();
    if (error === undefined) return this.done();
    const { stack } = this.fixture;
    const [job, isEmpty] = [await stack.job(), await stack.isEmpty()];
    // Retries must hide every transient fault that ends in time.
    const mustSucceed = transientFaults.includes(fault) && duration !== "permanently";
    this.verify(!mustSucceed, `a transient failure was not retried: ${error}`);
    const isLost = isEmpty && this.startedJobs().length > 0;
    this.verify(scenario.name === "takeover" || !isLost, "a started job is not in state");
    const subject = job ? `Job ${job.id}` : isEmpty ? `No ${this.type} job was started` : "";
    this.verify(error.includes(subject), `the message does not name the job: ${error}`);
    const failed = `${call === "UploadBody" ? uploadOperation : call} failed`;
    this.verify(error.includes(failed), `the message does not name the call: ${error}`);
    this.verify(namesRemedy(error), `the message does not say what to do: ${error}`);
  }

  async nextRun(): Promise<void> {
    const { fixture, args } = this;
    const { scenario } = this.faultCase;
    const { error } = await (scenario.runAfterFault?.(fixture, args) ?? fixture.stack.up(args));
    this.verify(error === undefined, `the run after the fault failed: ${error}`);
    this.startedOnce();
    if (scenario.end === "done") {
      await this.done();
      return this.verify(!(await fixture.stack.changes(args)), "a further run would change something");
    }
    this.verify(await fixture.stack.isEmpty(), "the deleted job is still in state");
    const assets = await fixture.service.listAssetNames(fixture.revision);
    this.verify(assets.length === 0, `assets are left: ${assets.join(", ")}`);
    const wasStarted = scenario.end === "cancelled" && this.startedJobs().length > 0;
    this.verify(!wasStarted, "a job to be cancelled was started");
  }

  /** The work is never started twice. */
  startedOnce(): void {
    const starts = startsOf(this.startedJobs());
    this.verify(starts <= 1, `the work was started ${starts} times`);
  }

  /** Of a scenario that must end so: the job has completed, and the state names its results. */
  async done(): Promise<void> {
    if (this.faultCase.scenario.end !== "done") return;
    const { stack, service, revision } = this.fixture;
    const job = await stack.job();
    const { state, signedUrl } = job?.outputs ?? {};
    this.verify(state === "COMPLETED", `the job in state is ${String(state)}`);
    const started = this.startedJobs().map(({ id }) => id);
    this.verify(
      started.join() === job?.id,
      `not exactly the job in state has had an effect: ${started.join(", ") || "none has"}`,
    );
    const assets = await service.listAssetNames(revision);
    this.verify(assets.join() === "a.csv", `the revision holds ${assets.join(", ") || "nothing"}`);
    if (!this.type.startsWith("IMPORT"))
      return this.verify(signedUrl !== undefined, "the state has no signed URL");
    const named = readOutputs(job?.outputs ?? {}).assets.map(({ name }) => name);
    this.verify(named.join() === "a.csv", `the state names the assets ${named.join(", ") || "none"}`);
  }

  private get type(): string {
    return this.args.type;
  }

  private startedJobs() {
    return jobsOf(this.fixture, this.type).filter(({ startCount }) => startCount > 0);
  }
}

/** After a failed `pulumi refresh` or `pulumi destroy` the user runs that command again. */
export const namesRemedy = (message: string): boolean =>
  /run (`pulumi up`|the command) again|next `pulumi up`/i.test(message);
