/** Runs of the engine that a suite kills, and the runs after them. */
import { setTimeout as sleep } from "node:timers/promises";

import type { PulumiFn } from "@pulumi/pulumi/automation";

import { descendants } from "../harness/processes";
import type { SearchedStack } from "./engine-stack";
import type { StackRun } from "./faults/scenarios";
import type { CallGate } from "./proxy";

/** The run ended before the call at which it was to be killed, so it shows nothing. */
export class NotReachedError extends Error {}

/** The guarantee that is broken by a call that no attempt reaches. */
export const notReached = "the boundary was not reached";

/** Retries a program that could not reach its engine, as happens on a busy machine. */
export async function untilReached<T>(run: () => Promise<T>, giveUp: (message: string) => T): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof NotReachedError)) throw error;
      if (attempt === 3) return giveUp(error.message);
    }
  }
}

/** After a kill an inline program, which shares its process with earlier programs, sometimes cannot reach its new engine. */
export async function upAfter(stack: SearchedStack, program: PulumiFn): Promise<StackRun> {
  for (let attempt = 1; ; attempt++) {
    const run = await stack.run(program);
    const isUnreachable = run.error?.includes("14 UNAVAILABLE: No connection established");
    if (!isUnreachable || attempt === 3) return run;
  }
}

/** Waits until no call has come for a while; an orphaned host ends by itself. */
export async function quiet(gate: CallGate, pauseMs = 1_500): Promise<void> {
  for (let seen = -1; seen !== gate.calls.length;) {
    seen = gate.calls.length;
    await sleep(pauseMs);
  }
}

let last: Promise<unknown> = Promise.resolve();

/** A run whose engine can be killed. */
export const startRun = (
  stack: SearchedStack,
  program: PulumiFn,
): Promise<{ run: Promise<StackRun>; engine: number }> =>
  runExclusive(async () => {
    const before = engines();
    const run = stack.run(program);
    return { run, engine: await newEngine(before) };
  });

/** One engine starts at a time, so that its process can be identified. */
function runExclusive<T>(start: () => Promise<T>): Promise<T> {
  const mine = last.then(start);
  last = mine.catch(() => undefined);
  return mine;
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
