/** One cell of the matrix: a call of a life, what goes wrong with it, for how long; and whether the promises were kept. */
import { setTimeout as sleep } from "node:timers/promises";

import type { JobArgs } from "../../../index";
import { readOutputs } from "../../../provider/core/state";
import type { Planted } from "./empty";
import { plantEmpty } from "./empty";
import type { Duration, EmptyName, FaultName } from "./faults";
import { isEmptyName, lateness, passing, patienceFor, ruleOf } from "./faults";
import type { Life } from "./scenarios";
import type { Run, Stage } from "./fixture";
import { jobsOf } from "./fixture";

export interface Cell {
  readonly life: Life;
  readonly call: string;
  readonly fault: FaultName | EmptyName;
  readonly duration: Duration;
}

/** How a run that was struck came out. */
export type Outcome =
  /** Nobody noticed. */
  | "through"
  /** It failed; the job is in state. */
  | "kept"
  /** It failed; no job has had an effect, and none is in state. */
  | "nothing made"
  /** The provider never makes this call. */
  | "not called";

export interface CellResult {
  readonly cell: Cell;
  readonly outcome: Outcome;
  /** What the struck run said, when it failed. */
  readonly message?: string;
  /** Promises that were not kept. */
  readonly broken: readonly string[];
  readonly milliseconds: number;
}

/** The calls that the provider leaves to the service: a fault in them must never strike. */
export const neverCalled: readonly string[] = ["GetAsset"];

export const nameOf = ({ life, call, fault, duration }: Cell): string =>
  `${call} (${life.name}) × ${fault} × ${duration}`;

/** `anew` is called between the struck run and the one after it: that one's process knows nothing of the first. */
export async function runCell(stage: Stage, cell: Cell, anew: () => void): Promise<CellResult> {
  const { life, call, fault, duration } = cell;
  const began = Date.now();
  await life.arrange?.(stage);
  const args = life.args(stage, patienceFor(duration));
  await life.prepare?.(stage, args);
  if (life.prepare) anew();

  const before = await stage.stack.job();
  let planted: Planted | undefined;
  const struck = await life.struck(stage, args, () => (planted = plant(stage, cell)));
  const lastly = Date.now();
  const wasStruck = planted !== undefined && planted.left !== planted.rule.times;
  stage.service.local.faults.clear();
  if (stage.proxy) stage.proxy.between = {};

  const broken = new Broken();
  const outcome = wasStruck ? await outcomeOf(stage, struck, before !== undefined) : "not called";
  if (wasStruck === neverCalled.includes(call)) {
    broken.add(wasStruck ? `${call} was called` : `${call} was never called, so nothing was shown`);
  }
  await checkStruck(stage, cell, args, struck, broken);
  anew();
  await checkHealed(stage, life, args, broken);
  if (fault === "taken late") {
    // What was given up comes to the service by now; nothing may come of it.
    await sleep(Math.max(0, lastly + lateness(duration) - Date.now()));
    checkEffect(stage, args.type, broken);
    if (life.end === "done") await checkDone(stage, args.type, broken);
  }
  return {
    cell,
    outcome,
    ...(struck.error !== undefined && { message: struck.error }),
    broken: broken.promises,
    milliseconds: Date.now() - began,
  };
}

function plant({ service, proxy }: Stage, { call, fault, duration }: Cell): Planted {
  if (!isEmptyName(fault)) return service.local.faults.add({ operation: call, ...ruleOf(fault, duration) });
  if (!proxy) throw new Error(`${fault} needs a proxy.`);
  return plantEmpty(proxy, call, fault, duration);
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

async function outcomeOf({ stack }: Stage, { error }: Run, hadJob: boolean): Promise<Outcome> {
  if (error === undefined) return "through";
  return hadJob || (await stack.job()) !== undefined ? "kept" : "nothing made";
}

async function checkStruck(
  stage: Stage,
  { life, call, fault, duration }: Cell,
  { type }: JobArgs,
  { error }: Run,
  broken: Broken,
): Promise<void> {
  checkEffect(stage, type, broken);
  const job = await stage.stack.job();
  if (error === undefined) {
    if (life.end === "done") await checkDone(stage, type, broken);
    return;
  }
  // A refusal that does not pass is no business of a retry; all else is, while it passes.
  const rode = passing.includes(fault) && duration !== "for good";
  broken.unless(!rode, `a failure that passes was not borne: ${error}`);
  const effective = jobsOf(stage, type as string).filter(({ startCount }) => startCount > 0);
  if (life.name !== "takeover") {
    broken.unless(
      job !== undefined || (await stage.stack.isEmpty()) === false || effective.length === 0,
      "a job that has had an effect is not in state",
    );
  }
  if (job) {
    broken.unless(error.includes(`Job ${job.id}`), `the message does not name the job: ${error}`);
  } else if (await stage.stack.isEmpty()) {
    broken.unless(
      error.includes(`No ${type as string} job was started`),
      `the message does not name the job: ${error}`,
    );
  }
  broken.unless(
    error.includes(call === "UploadBody" ? "the upload failed" : `${call} failed`),
    `the message does not name the call: ${error}`,
  );
  // `pulumi refresh` and `pulumi destroy` are run again themselves.
  broken.unless(
    /run (`pulumi up`|the command) again|The next `pulumi up`/i.test(error),
    `the message does not say what to do: ${error}`,
  );
}

async function checkHealed(stage: Stage, life: Life, args: JobArgs, broken: Broken): Promise<void> {
  const { error } = await (life.healed?.(stage, args) ?? stage.stack.up(args));
  const type = args.type as string;
  broken.unless(error === undefined, `the run after the fault failed: ${error}`);
  checkEffect(stage, type, broken);
  if (life.end === "done") {
    await checkDone(stage, type, broken);
    broken.unless(!(await stage.stack.changes(args)), "a further run would do something");
    return;
  }
  broken.unless(await stage.stack.isEmpty(), "what was deleted is still in state");
  const assets = await stage.service.listAssetNames(stage.place);
  broken.unless(assets.length === 0, `assets are left: ${assets.join(", ")}`);
  if (life.end === "cancelled") {
    const started = jobsOf(stage, type).filter(({ startCount }) => startCount > 0);
    broken.unless(started.length === 0, "a job that was to be cancelled has run");
  }
}

/** At no time has the work been begun twice. */
function checkEffect(stage: Stage, type: string, broken: Broken): void {
  const starts = jobsOf(stage, type).reduce((sum, job) => sum + job.startCount, 0);
  broken.unless(starts <= 1, `the work was begun ${starts} times`);
}

async function checkDone(stage: Stage, type: string, broken: Broken): Promise<void> {
  const job = await stage.stack.job();
  broken.unless(job?.outputs.state === "COMPLETED", `the job in state is ${String(job?.outputs.state)}`);
  const effective = jobsOf(stage, type).filter(({ startCount }) => startCount > 0);
  broken.unless(
    effective.length === 1 && effective[0]!.id === job?.id,
    `not exactly the job in state has had an effect: ${effective.map(({ id }) => id).join(", ") || "none has"}`,
  );
  const assets = await stage.service.listAssetNames(stage.place);
  broken.unless(assets.join() === "a.csv", `the revision holds ${assets.join(", ") || "nothing"}`);
  if (/^IMPORT/.test(type)) {
    const named = readOutputs(job?.outputs ?? {}).assets.map(({ name }) => name);
    broken.unless(named.join() === "a.csv", `the state names the assets ${named.join(", ") || "none"}`);
  } else {
    broken.unless(job?.outputs.signedUrl !== undefined, "the state has no signed URL");
  }
}
