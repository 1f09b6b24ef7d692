import fc from "fast-check";
import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import { JobSetError } from "../../../provider/core/errors";
import type { JobSetInputs } from "../../../provider/core/job-set/inputs";
import { idsOf, mortal } from "../../simulation/host";
import { codeOf, failureOf, hour } from "../../simulation/samples";
import type { SetState } from "../../simulation/set-host";
import { imports, jobsOf, many, namesIn, setHost, stateOf } from "../../simulation/set-host";
import { Simulator } from "../../simulation/simulator";

/** A service at which the n-th jobs to end fail. */
const failing = (...places: number[]) => {
  let ended = 0;
  return new Simulator({ outcome: () => ({ state: places.includes(++ended) ? "ERROR" : "COMPLETED" }) });
};

/** The state of a set after an update in which jobs fail. */
const failedUpdate = async (service: Simulator, before: SetState, next: JobSetInputs): Promise<SetState> =>
  stateOf(await failureOf(setHost(service).update(before, next), JobSetError));

describe("a set with failed jobs", () => {
  it("completes the other jobs, keeps all in state, and runs only the failed ones again", async () => {
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

  it("cannot be read if its jobs cannot be listed", async () => {
    const service = new Simulator();
    const state = await setHost(service).create(imports({ a: ["1"], b: ["2"] }));
    service.fail("listJobs", "invalid");
    expect(await codeOf(setHost(service).read(state))).to.equal("invalid-request");
  });

  it("keeps the assets of a replaced job until its replacement has completed", async () => {
    const service = failing(2, 3);
    const next = imports({ a: ["1", "2"] });
    let state = await setHost(service).create(imports({ a: ["1"] }));
    for (let run = 1; run <= 2; run++) state = await failedUpdate(service, state, next);
    expect(namesIn(service)).to.deep.equal(["1"]);
    const after = await setHost(service).update(state, next);
    expect(namesIn(service)).to.deep.equal(["1", "2"]);
    expect(jobsOf(after).a).to.not.have.property("former");
  });

  it("keeps the assets of removed jobs until the others have completed", async () => {
    const service = failing(3);
    const before = await setHost(service).create(imports({ a: ["1"], gone: ["2"] }));
    const next = imports({ a: ["1"], more: ["3"] });
    const state = await failedUpdate(service, before, next);
    expect(namesIn(service)).to.deep.equal(["1", "2"]);
    await setHost(service).update(state, next);
    expect(namesIn(service)).to.deep.equal(["1", "3"]);
  });

  it("keeps the assets of a replaced job if its failed replacement no longer exists", async () => {
    const service = failing(2);
    const before = await setHost(service).create(imports({ a: ["1"] }));
    const next = imports({ a: ["1", "2"] });
    const failed = await failedUpdate(service, before, next);
    service.jobs.splice(1, 1);
    const read = await setHost(service).read(failed);
    expect(jobsOf(read).a!.id).to.equal(jobsOf(before).a!.id);
    await setHost(service).update(read, next);
    expect(namesIn(service)).to.deep.equal(["1", "2"]);
  });

  it("creates no more jobs after one that cannot be started", async () => {
    const service = new Simulator().fail("createJob", "accessDenied", { times: Infinity });
    const error = await failureOf(setHost(service).create(imports(many(100))), JobSetError);
    expect(service.count("createJob")).to.be.at.most(10);
    expect(codesIn(error.message)).to.include("access-denied").and.include("job-set-incomplete");
    expect(error.outputs.results).to.deep.equal({});
  });

  it("repeats a failed deletion in the next run", async () => {
    const service = new Simulator();
    const before = await setHost(service).create(imports({ a: ["1"], gone: ["2"] }));
    service.fail("deleteAsset", "accessDenied");
    const next = imports({ a: ["1"] });
    const state = await failedUpdate(service, before, next);
    expect(Object.keys(jobsOf(state))).to.deep.equal(["a", "gone"]);
    await setHost(service).update(state, next);
    expect(namesIn(service)).to.deep.equal(["1"]);
  });
});

describe("a set whose process is killed while it deletes assets", () => {
  const cases: [what: string, next: Record<string, string[]>][] = [
    ["of a removed job", { a: ["1"] }],
    ["of a replaced job", { a: ["1"], b: ["other"] }],
  ];
  for (const [what, next] of cases) {
    for (let last = 1; last <= 20; last++) {
      it(`has each asset ${what} once after call ${last}, if the program changes back`, async () => {
        const service = new Simulator();
        const program = imports({ a: ["1"], b: ["2", "3", "4"] });
        const before = await setHost(service).create(program);
        const dying = setHost(mortal(service, last, true)).update(before, imports(next));
        await Promise.race([dying, service.clock.sleep(hour)]);
        const state = await setHost(service).update(before, program);
        expect(namesIn(service)).to.deep.equal(["1", "2", "3", "4"]);
        const inState = Object.values(jobsOf(state)).flatMap(({ outputs }) => idsOf(outputs.assets));
        expect(inState.sort()).to.deep.equal(idsOf(service.assets).sort());
      });
    }
  }
});

/** A program: the version of each job's content, by the job's name. */
type Program = Record<string, number>;

interface Run {
  program: Program;
  /** Which of the next jobs fail. */
  fails: boolean[];
  /** The call at which the process is killed, and whether that call takes effect. */
  killed?: { last: number; takesEffect: boolean };
}

const keysOf = (program: Program): [string, string[]][] =>
  Object.entries(program).map(([name, version]) => [name, [`${name}-1`, `${name}-${version}`]]);

const inputsOf = (program: Program): JobSetInputs => imports(Object.fromEntries(keysOf(program)));

const killed = fc.record({ last: fc.integer({ min: 1, max: 25 }), takesEffect: fc.boolean() });
const version = fc.integer({ min: 2, max: 4 });
const program = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), version, { minKeys: 1 });
const fails = fc.array(fc.boolean(), { maxLength: 4 });
const run: fc.Arbitrary<Run> = fc.record({ program, fails, killed }, { requiredKeys: ["program", "fails"] });

class Stack {
  private failing: boolean[] = [];
  readonly service: Simulator = new Simulator({
    outcome: () => ({ state: this.failing.shift() ? "ERROR" : "COMPLETED" }),
  });
  state: SetState | undefined;

  /** Runs `pulumi up`. A killed run leaves the state as it was. */
  async up({ program, fails, killed }: Run): Promise<void> {
    this.failing = [...fails];
    const { service } = this;
    const process = setHost(killed ? mortal(service, killed.last, killed.takesEffect) : service);
    const inputs = inputsOf(program);
    const running = (this.state ? process.update(this.state, inputs) : process.create(inputs)).catch(
      (error: unknown) => {
        if (!(error instanceof JobSetError)) throw error;
        const kept = stateOf(error);
        return Object.keys(jobsOf(kept)).length > 0 ? kept : this.state;
      },
    );
    const state = killed ? await Promise.race([running, service.clock.sleep(7_200_000)]) : await running;
    if (state) this.state = state;
  }
}

describe("a set after any sequence of runs, failures and kills", () => {
  it("has each asset of its program once", () =>
    fc.assert(
      fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 6 }), async (runs) => {
        const stack = new Stack();
        for (const each of runs) {
          await stack.up(each);
          // No run withdraws the job of a killed run that the program no longer has.
          if (each.killed) await stack.up({ program: each.program, fails: [] });
        }
        const last = runs.at(-1)!.program;
        for (let times = 1; times <= 2; times++) await stack.up({ program: last, fails: [] });
        const expected = keysOf(last).flatMap(([, keys]) => keys);
        expect(namesIn(stack.service)).to.deep.equal(expected.sort());
        const inState = Object.values(jobsOf(stack.state!)).flatMap(({ outputs }) => idsOf(outputs.assets));
        expect(inState.sort()).to.deep.equal(idsOf(stack.service.assets).sort());
        const steps = setHost(stack.service).steps(stack.state!, inputsOf(last));
        expect(new Set(Object.values(steps))).to.deep.equal(new Set(["keep"]));
      }),
      { numRuns: Number(process.env.SET_STORIES ?? 150) },
    )).timeout(120_000);
});
