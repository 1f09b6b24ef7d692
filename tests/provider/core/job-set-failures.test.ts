import fc from "fast-check";
import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import { JobSetError } from "../../../provider/core/errors";
import type { JobSetInputs } from "../../../provider/core/job-set/inputs";
import { mortal } from "../support/host";
import { failureOf, s3Import } from "../support/samples";
import type { SetState } from "../support/set-host";
import { imports, jobsOf, many, namesIn, setHost, stateOf } from "../support/set-host";
import { Simulator } from "../support/simulator";

describe("a set of which some jobs fail", () => {
  /** The jobs that fail are told by their place among all that were ever made. */
  const failing = (...places: number[]): Simulator => {
    const service: Simulator = new Simulator({
      outcome: (job) => ({
        state: places.includes(service.jobs.findIndex(({ id }) => id === job.id) + 1) ? "ERROR" : "COMPLETED",
      }),
    });
    return service;
  };

  it("brings the others to their end, keeps all in state, and runs the failed alone again", async () => {
    const service = failing(2);
    const inputs = imports({ a: ["1"], b: ["2"], c: ["3"] });
    const error = await failureOf(setHost(service).create(inputs), JobSetError);
    expect(error.reasons[0]).to.match(/^b: Job job2 .*\[job-failed\]$/);
    expect(codesIn(error.reasons[1]!)).to.deep.equal(["job-set-incomplete"]);
    const state = stateOf(error);
    const process = setHost(service);
    expect(process.steps(state, inputs)).to.deep.equal({ a: "keep", b: "replace", c: "keep" });
    await process.update(state, inputs);
    expect(service.count("createJob")).to.equal(4);
    expect(namesIn(service)).to.deep.equal(["1", "2", "3"]);
  });

  it("keeps the assets of a replaced job until the one in its place has completed", async () => {
    const service = failing(2, 3);
    const before = await setHost(service).create(imports({ a: ["1"] }));
    const next = imports({ a: ["1", "2"] });
    const first = stateOf(await failureOf(setHost(service).update(before, next), JobSetError));
    const second = stateOf(await failureOf(setHost(service).update(first, next), JobSetError));
    expect(namesIn(service)).to.deep.equal(["1"]);
    const after = await setHost(service).update(second, next);
    expect(namesIn(service)).to.deep.equal(["1", "2"]);
    expect(jobsOf(after).a).to.not.have.property("former");
  });

  it("deletes nothing that was taken out while another job fails", async () => {
    const service = failing(3);
    const before = await setHost(service).create(imports({ a: ["1"], gone: ["2"] }));
    const next = imports({ a: ["1"], more: ["3"] });
    const state = stateOf(await failureOf(setHost(service).update(before, next), JobSetError));
    expect(namesIn(service)).to.deep.equal(["1", "2"]);
    await setHost(service).update(state, next);
    expect(namesIn(service)).to.deep.equal(["1", "3"]);
  });

  it("begins no more jobs once one cannot be started at all", async () => {
    const service = new Simulator().fail("createJob", "accessDenied", { times: Infinity });
    const error = await failureOf(setHost(service).create(imports(many(100))), JobSetError);
    expect(service.count("createJob")).to.be.at.most(10);
    expect(codesIn(error.message)).to.include("access-denied").and.include("job-set-incomplete");
    expect(error.outputs.results).to.deep.equal({});
  });

  it("tries a deletion that failed again", async () => {
    const service = new Simulator();
    const before = await setHost(service).create(imports({ a: ["1"], gone: ["2"] }));
    service.fail("deleteAsset", "accessDenied");
    const next = imports({ a: ["1"] });
    const state = stateOf(await failureOf(setHost(service).update(before, next), JobSetError));
    expect(Object.keys(jobsOf(state))).to.deep.equal(["a", "gone"]);
    await setHost(service).update(state, next);
    expect(namesIn(service)).to.deep.equal(["1"]);
  });
});

describe("a set whose process is killed", () => {
  for (let last = 1; last <= 16; last++) {
    for (const takesEffect of [true, false]) {
      it(`${takesEffect ? "after" : "before"} call ${last}: the next run does each work once`, async () => {
        const service = new Simulator();
        const inputs = imports(many(3));
        const dying = setHost(mortal(service, last, takesEffect)).create(inputs);
        await Promise.race([dying, service.clock.sleep(600_000)]);
        const state = await setHost(service).create(inputs);
        expect(namesIn(service)).to.deep.equal(["0.csv", "1.csv", "2.csv"]);
        expect(new Set(Object.values(jobsOf(state)).map(({ id }) => id)).size).to.equal(3);
      });
    }
  }
});

describe("a set of which a replacement failed", () => {
  it("keeps what the replaced job made when the failed one is gone at the service", async () => {
    let ended = 0;
    const service = new Simulator({ outcome: () => ({ state: ++ended === 2 ? "ERROR" : "COMPLETED" }) });
    const before = await setHost(service).create(imports({ a: ["1"] }));
    const next = imports({ a: ["1", "2"] });
    const failed = stateOf(await failureOf(setHost(service).update(before, next), JobSetError));
    service.jobs.splice(1, 1);
    const read = await setHost(service).read(failed);
    expect(jobsOf(read).a!.id).to.equal(jobsOf(before).a!.id);
    await setHost(service).update(read, next);
    expect(namesIn(service)).to.deep.equal(["1", "2"]);
  });
});

/** A program: by name of the job, the version of its content. */
type Program = Record<string, number>;

interface Step {
  program: Program;
  /** Which of the next jobs fail. */
  fails: boolean[];
  /** After how many calls the process is killed, and whether the last of them still takes effect. */
  killed?: { last: number; takesEffect: boolean };
}

const inputsOf = (program: Program): JobSetInputs => ({
  region: "us-east-1",
  onDelete: "deleteAssets",
  jobs: Object.fromEntries(
    Object.entries(program).map(([name, version]) => {
      const { type, details } = s3Import([`${name}-1`, `${name}-${version}`]);
      return [name, { type, details }];
    }),
  ),
});

const program = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.integer({ min: 2, max: 4 }), {
  minKeys: 1,
});

const step: fc.Arbitrary<Step> = fc.record(
  {
    program,
    fails: fc.array(fc.boolean(), { maxLength: 4 }),
    killed: fc.record({ last: fc.integer({ min: 1, max: 25 }), takesEffect: fc.boolean() }),
  },
  { requiredKeys: ["program", "fails"] },
);

class Life {
  private failing: boolean[] = [];
  readonly service: Simulator = new Simulator({
    outcome: () => ({ state: this.failing.shift() ? "ERROR" : "COMPLETED" }),
  });
  state: SetState | undefined;

  /** One `pulumi up`; a killed one leaves the state as it was. */
  async up({ program, fails, killed }: Step): Promise<void> {
    this.failing = [...fails];
    const { service } = this;
    const process = setHost(killed ? mortal(service, killed.last, killed.takesEffect) : service);
    const inputs = inputsOf(program);
    const run = (this.state ? process.update(this.state, inputs) : process.create(inputs)).catch(
      (error: unknown) => {
        if (!(error instanceof JobSetError)) throw error;
        const kept = JSON.parse(JSON.stringify(error.outputs)) as SetState;
        return Object.keys(jobsOf(kept)).length > 0 ? kept : this.state;
      },
    );
    const state = killed ? await Promise.race([run, service.clock.sleep(7_200_000)]) : await run;
    if (state) this.state = state;
  }
}

describe("a set of jobs that lives through anything", () => {
  it("ends with each asset that its program names, once", () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const life = new Life();
        for (const each of steps) {
          await life.up(each);
          // What a killed run has made for a job that the program no longer has is nobody's to take away.
          if (each.killed) await life.up({ program: each.program, fails: [] });
        }
        const last = steps.at(-1)!.program;
        await life.up({ program: last, fails: [] });
        await life.up({ program: last, fails: [] });
        const wanted = Object.entries(last).flatMap(([name, version]) => [`${name}-1`, `${name}-${version}`]);
        expect(life.service.assets.map(({ name }) => name).sort()).to.deep.equal(wanted.sort());
        const inState = Object.values(jobsOf(life.state!)).flatMap(({ outputs }) => outputs.assets);
        expect(inState.map(({ id }) => id).sort()).to.deep.equal(
          life.service.assets.map(({ id }) => id).sort(),
        );
        const process = setHost(life.service);
        expect(new Set(Object.values(process.steps(life.state!, inputsOf(last))))).to.deep.equal(
          new Set(["keep"]),
        );
      }),
      { numRuns: Number(process.env.SET_STORIES ?? 150) },
    )).timeout(120_000);
});
