import fc from "fast-check";
import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { CodedError } from "../../../lib/message-code";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { checkInterleavings } from "../../harness/arbitraries";
import { statesOf, stopping } from "../../simulation/host";
import { existing, hour, s3Export, s3Import, upload } from "../../simulation/samples";
import type { SimulatorOptions } from "../../simulation/simulator-options";
import { Simulator } from "../../simulation/simulator";
import { Stack, Stop, moments } from "../../simulation/stop";

const operations = ["createJob", "startJob", "listJobs", "getJob", "listRevisionAssets", "put"] as const;

/** A service at which the first call of each operation fails. */
const failing = (after: boolean) => (options: SimulatorOptions) => {
  const service = new Simulator(options);
  for (const operation of operations) service.fail(operation, "unavailable", { after });
  return service;
};

const atQuota = (options: SimulatorOptions) =>
  new Simulator(options).fail("createJob", "limit", { times: 2 }).fail("startJob", "limit", { times: 3 });

/** A service with other jobs, whose listings have several pages. */
const busy = (options: SimulatorOptions) => {
  const service = new Simulator({ ...options, pageSize: 1 });
  for (const key of ["x", "y", "z"]) existing(service, s3Export([key]), "COMPLETED");
  return service;
};

/** A service whose upload URLs expire early. */
const strict = (options: SimulatorOptions) => new Simulator(options).fail("put", "expired", { times: 2 });

const plain = (options: SimulatorOptions) => new Simulator(options);
const lagging = (options: SimulatorOptions) => new Simulator({ ...options, listingLag: 15_000 });

const services = {
  plain,
  lagging,
  failing: failing(false),
  answerless: failing(true),
  atQuota,
  busy,
  strict,
};
const works: Record<string, JobInputs> = {
  "an import": s3Import(["a", "b"]),
  "an upload": upload(),
  "an export": s3Export(),
};

/** The ids of the jobs that this stack started. */
const started = ({ jobs }: Simulator) => jobs.filter(({ runs }) => runs > 0).map(({ id }) => id);
const before = (service: Simulator) => new Set(service.jobs.map(({ id }) => id));

/**
 * Runs a stack to its end, and expects that one of its jobs has had an effect. `mayLeave`: a CreateJob of a stopped run took
 * effect after the next run had looked for such jobs, so that a job may wait.
 */
async function expectOneJob(stack: Stack, others: ReadonlySet<string>, mayLeave = false): Promise<void> {
  const { service } = stack;
  await stack.up();
  expect(stack.state!.outputs.state).to.equal("COMPLETED");
  expect(stack.state!.outputs).to.not.have.property("__pending");
  const own = service.jobs.filter(({ id }) => !others.has(id));
  expect(own.map(({ runs }) => runs).reduce((a, b) => a + b)).to.equal(1);
  expect(started(service)).to.include(stack.state!.id);
  if (!mayLeave) expect(statesOf(own)).to.not.include("WAITING");
}

/** A stopped run leaves its job in state, or says that it has started none. */
function expectStopped(end: PromiseSettledResult<void>, stack: Stack): void {
  if (end.status === "fulfilled") return expect(stack.state!.outputs.state).to.equal("COMPLETED") as never;
  const error = end.reason as Error;
  expect(error).to.be.instanceOf(CodedError);
  expect((error as CodedError).code).to.equal("run-cancelled");
  if (error instanceof UnfinishedJobError) expect(error.outputs.__pending).to.equal(true);
  // The deletion of a replaced job names it.
  else expect(error.message).to.match(/^(No \w+ job was started|Job \w+ \(\w+\)): The run was cancelled\./);
}

describe("a run that is stopped in a call", () => {
  for (const [what, inputs] of Object.entries(works)) {
    for (const [how, open] of Object.entries(services)) {
      for (const moment of moments) {
        it(`runs ${what} once at a service that is ${how}, stopped with a call ${moment}`, async () => {
          for (const later of [1_000, 2 * hour]) {
            for (let last = 1; ; last++) {
              const service = open({ urlLifetime: 60_000 });
              const others = before(service);
              const stack = new Stack(service, inputs);
              const stop = new Stop(service);
              const view = stopping(service, last, moment, stop.now);
              const end = await stop.end(stack.up(view, stop.signal), later);
              if (!stop.signal.aborted) break;
              expectStopped(end, stack);
              await expectOneJob(stack, others);
            }
          }
        });
      }
    }
  }
});

describe("a run that is stopped at any time", () => {
  for (const [what, inputs] of Object.entries(works)) {
    for (const [how, open] of Object.entries(services)) {
      it(`runs ${what} once at a service that is ${how}, after up to three stopped runs`, () =>
        checkInterleavings(
          {
            stops: fc.array(fc.nat(40_000), { minLength: 1, maxLength: 3 }),
            later: fc.constantFrom(0, 1_000, 2 * hour),
          },
          async ({ latency, stops, later }) => {
            const service = open({ latency, urlLifetime: 60_000 });
            const others = before(service);
            const stack = new Stack(service, inputs);
            for (const at of stops) {
              const stop = new Stop(service);
              const run = stack.up(service, stop.signal);
              void service.clock.pass(at).then(stop.now);
              const isDone = run.then(
                () => true,
                () => false,
              );
              expectStopped(await stop.end(run, later), stack);
              if (await isDone) break;
            }
            // A call that was on its way takes effect.
            await service.clock.pass(1_000);
            await expectOneJob(stack, others, later === 0);
          },
          100,
        ));
    }
  }
});
