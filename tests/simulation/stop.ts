/** Runs that are stopped, and the runs after them. */
import { expect } from "chai";

import { UnfinishedJobError } from "../../provider/core/errors";
import type { JobInputs } from "../../provider/core/arguments";
import { resourceKeyOf } from "../../provider/core/job-context";
import type { JobOutputs } from "../../provider/core/state";
import { StoppedError, describeCancellation } from "../../provider/core/stop";
import { CodedError } from "../../lib/message-code";
import type { Host, HostOptions, StopMoment } from "./host";
import { host, stopping } from "./host";
import { codeOf, day, urn } from "./samples";
import { Simulator } from "./simulator";

/** The signal of a run, and what it must prevent. */
export class Stop {
  private readonly controller = new AbortController();
  readonly signal: AbortSignal = this.controller.signal;
  private stoppedAt = 0;
  private calls = 0;

  constructor(private readonly service: Simulator) {}

  readonly now = (): void => {
    if (this.signal.aborted) return;
    this.stoppedAt = this.service.clock.now();
    this.calls = this.service.calls.length;
    this.controller.abort(new StoppedError(describeCancellation));
  };

  /** Waits for the end of a run alone at the service: at once after the stop, and with no call after it. */
  async end<T>(work: Promise<T>, later = 60_000): Promise<PromiseSettledResult<T>> {
    const end = await this.promptEnd(work);
    await this.service.clock.pass(later);
    if (this.signal.aborted) expect(this.service.calls.slice(this.calls)).to.deep.equal([]);
    return end;
  }

  async promptEnd<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
    const hanging = this.service.clock.pass(30 * day).then(() => Promise.reject(new Error("It hangs.")));
    hanging.catch(() => undefined);
    const [end] = (await Promise.race([Promise.allSettled([work]), hanging])) as [PromiseSettledResult<T>];
    if (this.signal.aborted) expect(this.service.clock.now() - this.stoppedAt).to.equal(0);
    return end;
  }
}

/** Stops a run after so many milliseconds, and returns the code of its error. */
export const codeAfter = async (service: Simulator, stop: Stop, work: Promise<unknown>, after: number) => {
  void service.clock.pass(after).then(stop.now);
  const end = await stop.promptEnd(codeOf(work));
  if (end.status === "rejected") throw end.reason;
  return end.value;
};

interface InState {
  id: string;
  outputs: JobOutputs;
}

/** A stack with one job, as the engine keeps it. */
export class Stack {
  state: InState | undefined;
  /** Replaced jobs that are not deleted yet. */
  private replaced: InState[] = [];

  constructor(
    readonly service: Simulator,
    readonly inputs: JobInputs,
  ) {}

  /** Runs `pulumi up` in a process that ends with the run. */
  async up(view = this.service, signal?: AbortSignal): Promise<void> {
    let isRunning = true;
    const process = host(view, { signal, machine: this.service.clock, wanted: () => isRunning });
    try {
      await this.apply(process);
      for (const { id, outputs } of this.replaced) await process.delete(id, outputs, urn);
      this.replaced = [];
    } catch (error) {
      if (error instanceof UnfinishedJobError) this.keep(error);
      throw error;
    } finally {
      isRunning = false;
    }
  }

  private async apply(process: Host): Promise<void> {
    const { state, inputs } = this;
    if (!state) return this.keep(await process.create(inputs, urn));
    await process.records.remove(resourceKeyOf(process.session, urn)!, state.id);
    const { replaces, updates } = process.diff(state.id, state.outputs, inputs, urn);
    if (replaces.length > 0) this.keep(await process.create(inputs, urn));
    else if (updates) {
      this.keep({ id: state.id, outputs: await process.update(state.id, state.outputs, inputs, urn) });
    }
  }

  private keep({ id, outputs }: InState): void {
    if (this.state && this.state.id !== id) this.replaced.push(this.state);
    this.state = { id, outputs: JSON.parse(JSON.stringify(outputs)) as JobOutputs };
  }
}

export const moments: readonly StopMoment[] = ["unsent", "unanswered", "answered"];

/** A view of the service that one process has, and what stops that process. */
type View = [view: Simulator, options: HostOptions];

/** One story: what exists before, the operation that is stopped, and what follows. */
interface Story<Before, Result> {
  before: (service: Simulator) => Promise<Before>;
  run: (before: Before, ...view: View) => Promise<Result>;
  /** `end` is undefined if the run was stopped too late. */
  after: (service: Simulator, before: Before, end: PromiseSettledResult<Result>) => Promise<void>;
  open?: () => Simulator;
}

/** Tells the story once for each call of the operation and each moment of the call. */
export function stopInEachCall<Before, Result>(
  what: string,
  { before, run, after, open = () => new Simulator() }: Story<Before, Result>,
): void {
  for (const moment of moments) {
    it(`${what}, stopped with any call ${moment}`, async () => {
      for (let last = 1; ; last++) {
        const service = open();
        const known = await before(service);
        const stop = new Stop(service);
        let isRunning = true;
        const view = stopping(service, last, moment, stop.now);
        const options = { signal: stop.signal, machine: service.clock, wanted: () => isRunning };
        const end = await stop.end(run(known, view, options));
        isRunning = false;
        await after(service, known, end);
        if (!stop.signal.aborted) return expect(last).to.be.greaterThan(1) as never;
      }
    });
  }
}

export const expectCode = (end: PromiseSettledResult<unknown>, code = "run-cancelled") => {
  if (end.status === "fulfilled") return;
  expect(end.reason).to.be.instanceOf(CodedError);
  expect((end.reason as CodedError).code).to.equal(code);
};
