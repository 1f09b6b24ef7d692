/** Random lives of a set: jobs come, go and change, some fail, and processes are killed in the middle of a run. */
import { expect } from "chai";
import fc from "fast-check";

import type { JobSetInputs } from "../../../provider/core/job-set/inputs";
import { JobSetError } from "../../../provider/core/errors";
import { mortal } from "../support/killed-at-call";
import { s3Import } from "../support/samples";
import type { SetState } from "../support/set-host";
import { jobsOf, setHost } from "../support/set-host";
import { Simulator } from "../support/simulator";

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
