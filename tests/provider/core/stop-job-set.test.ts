import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import { JobSetError } from "../../../provider/core/errors";
import { idsOf, statesOf } from "../../simulation/host";
import type { SetState } from "../../simulation/set-host";
import { imports, jobsOf, many, namesIn, setHost, stateOf } from "../../simulation/set-host";
import { minute } from "../../simulation/running-jobs";
import { failureOf, hour } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";
import { Stop, expectCode, stopInEachCall } from "../../simulation/stop";

/** The state of a set after a run, which keeps the jobs of a stopped run. */
function setAfter(end: PromiseSettledResult<SetState>, before?: SetState): SetState | undefined {
  if (end.status === "fulfilled") return end.value;
  if (!(end.reason instanceof JobSetError)) throw end.reason;
  // The reason is the same for all jobs, so the message names it once.
  expect(codesIn(end.reason.message)).to.deep.equal(["run-cancelled"]);
  const kept = stateOf(end.reason);
  return Object.keys(jobsOf(kept)).length > 0 ? kept : before;
}

describe("a set of jobs", () => {
  const upAgain = (service: Simulator, state: SetState | undefined, inputs: ReturnType<typeof imports>) =>
    state ? setHost(service).update(state, inputs) : setHost(service).create(inputs);

  const expectEachOnce = (service: Simulator, state: SetState, names: string[]) => {
    expect(namesIn(service)).to.deep.equal(names);
    const inState = Object.values(jobsOf(state)).flatMap(({ outputs }) => idsOf(outputs.assets));
    expect(inState.sort()).to.deep.equal(idsOf(service.assets).sort());
    expect(statesOf(service.jobs)).to.not.include("WAITING");
  };

  const changed = imports({ a: ["1"], b: ["5"], more: ["6"] });

  stopInEachCall("runs each of its jobs once", {
    before: () => Promise.resolve(imports(many(13))),
    run: (inputs, view, options) => setHost(view, options).create(inputs),
    after: async (service, inputs, end) => {
      const state = await upAgain(service, setAfter(end), inputs);
      expectEachOnce(service, state, Object.values(many(13)).flat().sort());
      expect(service.effects()).to.have.length(13);
    },
  });

  stopInEachCall("replaces, adds and removes jobs in the next run", {
    before: async (service) => {
      const before = await setHost(service).create(imports({ a: ["1"], b: ["2"], gone: ["3", "4"] }));
      await service.clock.pass(1_000);
      return before;
    },
    run: (before, view, options) => setHost(view, options).update(before, changed),
    after: async (service, before, end) => {
      const state = await upAgain(service, setAfter(end, before), changed);
      expectEachOnce(service, state, ["1", "5", "6"]);
    },
  });

  for (const [count, text] of [
    [1, /^Job job1 \(IMPORT_ASSETS_FROM_S3\): The run was cancelled\./],
    [30, /^The run was cancelled\..* 30 of 30 jobs did not complete\./],
  ] as const) {
    it(`says once that it was stopped, with ${count} jobs`, async () => {
      const service = new Simulator({ duration: hour });
      const stop = new Stop(service);
      const work = setHost(service, { signal: stop.signal }).create(imports(many(count)));
      void service.clock.pass(minute).then(stop.now);
      expect((await failureOf(work, JobSetError)).text).to.match(text);
    });
  }

  stopInEachCall("is read by the next run", {
    before: (service) => setHost(service).create(imports(many(3))),
    run: (before, view, options) => setHost(view, options).read(before),
    after: async (service, before, end) => {
      expectCode(end);
      expect(await setHost(service).read(before)).to.deep.equal(before);
    },
  });

  stopInEachCall("is deleted by the next run", {
    before: (service) => setHost(service).create(imports(many(3))),
    run: (before, view, options) => setHost(view, options).delete(before),
    after: async (service, before, end) => {
      expectCode(end);
      await setHost(service).delete(before);
      expect(service.assets).to.deep.equal([]);
    },
  });
});
