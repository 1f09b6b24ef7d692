import fc from "fast-check";
import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { checkInterleavings } from "../../harness/arbitraries";
import { host, mortal, statesOf } from "../../simulation/host";
import { existing, hour, s3Export, s3Import, upload, urn } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

const works: [what: string, inputs: JobInputs, durations: fc.Arbitrary<number>][] = [
  ["an import", s3Import(), fc.constantFrom(0, 500, 20_000)],
  ["an upload", upload(), fc.constantFrom(0, 500, 20_000)],
  // A completed export runs again, which writes the same bytes.
  ["an export", s3Export(), fc.constant(60_000)],
];

/** Runs the same work in several processes, each of which begins after its delay in milliseconds. */
const inProcesses = (service: Simulator, inputs: JobInputs, ...delays: number[]) =>
  delays.map((delay) => service.clock.pass(delay).then(() => host(service).create(inputs)));

describe("createJob in several processes", () => {
  for (const [what, inputs, durations] of works) {
    for (const tick of [1, 1_000]) {
      it(`runs ${what} once in two processes, with timestamps of ${tick} ms, for any order of calls`, () =>
        checkInterleavings(
          { duration: durations, later: fc.nat(3_000) },
          async ({ latency, duration, later }) => {
            // If timestamps do not show which job is older, the order of ids must not help.
            const jobId = (n: number) => `job${tick === 1 ? n : 1_000 - n}`;
            const service = new Simulator({ latency, duration, tick, jobId });
            const [one, other] = await Promise.all(inProcesses(service, inputs, 0, later));
            expect(service.effects()).to.deep.equal([one!.id]);
            expect(other!.id).to.equal(one!.id);
            expect(statesOf(service.jobs)).to.not.include("WAITING");
          },
        ));
    }
  }

  it("runs one job in two processes if a CreateJob of either gets no answer", () =>
    checkInterleavings(
      { after: fc.boolean(), skip: fc.nat(1), later: fc.nat(3_000) },
      async ({ latency, after, skip, later }) => {
        const service = new Simulator({ latency }).fail("createJob", "unavailable", { after, skip });
        await Promise.all(inProcesses(service, s3Import(), 0, later));
        expect(service.effects()).to.have.length(1);
      },
    ));

  for (const adopt of ["own", "none"] as const) {
    it(`runs one job in two processes at once with adopt "${adopt}", and one of them notes the rival`, async () => {
      const service = new Simulator();
      const hosts = [host(service), host(service)];
      const jobs = await Promise.all(hosts.map(({ create }) => create({ ...s3Import(), adopt })));
      expect(service.effects()).to.deep.equal([jobs[0]!.id]);
      expect(jobs[1]!.id).to.equal(jobs[0]!.id);
      expect(hosts.flatMap(({ notes }) => notes)).to.deep.equal(["rival-job-adopted"]);
    });
  }

  it("runs the waiting job of an interrupted run once if two processes find it", () =>
    checkInterleavings({ later: fc.nat(3_000) }, async ({ latency, later }) => {
      const service = new Simulator({ latency });
      const left = existing(service, s3Import(), "WAITING");
      await Promise.all(inProcesses(service, s3Import(), 0, later));
      expect(service.effects()).to.deep.equal([left.id]);
    }));

  it("runs one job in three processes, for any duration", () =>
    checkInterleavings(
      { duration: fc.constantFrom(0, 500, 5_000), second: fc.nat(1_000), third: fc.nat(2_000) },
      async ({ latency, duration, second, third }) => {
        const service = new Simulator({ latency, duration });
        await Promise.all(inProcesses(service, s3Import(), 0, second, third));
        expect(service.effects()).to.have.length(1);
      },
    ));

  for (const [what, inputs, durations] of works.filter(([, { type }]) => type.startsWith("IMPORT"))) {
    it(`runs ${what} once in two processes that have just listed the jobs for other work`, () =>
      checkInterleavings(
        { duration: durations, one: fc.nat(6_000), other: fc.nat(6_000) },
        async ({ latency, duration, one, other }) => {
          const service = new Simulator({ latency, duration });
          const run = async (key: string, later: number) => {
            const { create } = host(service);
            const before = create(s3Import([key]));
            await service.clock.pass(later);
            return [await before, await create(inputs)].map(({ id }) => id);
          };
          const [first, second] = await Promise.all([run("one.csv", one), run("other.csv", other)]);
          expect(first[1]).to.equal(second[1]);
          expect(service.effects().sort()).to.deep.equal([...first, second[0]!].sort());
          expect(statesOf(service.jobs)).to.not.include("WAITING");
        },
      ));
  }
});

describe("createJob with uploads that outlive their URL", () => {
  it("runs one job for any delays of three processes, if one of them is killed", async () => {
    const times = fc.nat(12_000);
    const last = fc.integer({ min: 1, max: 14 });
    await fc.assert(
      fc.asyncProperty(times, times, times, times, last, async (one, other, second, third, killedAt) => {
        const service = new Simulator({ urlLifetime: 4_000, duration: 0 });
        const put = service.put.bind(service);
        let turn = 0;
        service.put = async (...args) => {
          await put(...args);
          await service.clock.pass([one, other][turn++ % 2]!);
        };
        void host(mortal(service, killedAt, true)).create(upload());
        // Processes that cancel each other's jobs again and again give up.
        await Promise.allSettled(inProcesses(service, upload(), second, third));
        await service.clock.pass(60_000);
        await host(service).create(upload());
        expect(service.effects()).to.have.length(1);
      }),
      {
        numRuns: 500,
        examples: [
          // The killed process leaves a waiting job, while another process's job is past its URL.
          [9_000, 9_000, 1, 4_000, 8],
          // Two processes list jobs when a third creates a job that ends at once.
          [1, 0, 3, 3, 2],
        ],
      },
    );
  });

  it("ends with the same job in two processes if the second finds the first's URL expired", async () => {
    const service = new Simulator({ urlLifetime: 60_000 });
    const put = service.put.bind(service);
    service.put = async (...args) => {
      await put(...args);
      await service.clock.pass(90_000);
    };
    const [one, other] = await Promise.all(inProcesses(service, upload(), 0, 70_000));
    expect(service.effects()).to.deep.equal([one!.id]);
    expect(other!.id).to.equal(one!.id);
  });
});

describe("createJob after a killed process", () => {
  for (const [what, inputs] of works) {
    for (const takesEffect of [false, true]) {
      for (let last = 1; last <= 10; last++) {
        it(`runs ${what} once, killed ${takesEffect ? "after" : "before"} call ${last} took effect`, async () => {
          const service = new Simulator({ duration: hour });
          void host(mortal(service, last, takesEffect)).create(inputs);
          await service.clock.pass(60_000);
          const { outputs } = await host(service).create(inputs);
          expect(outputs.state).to.equal("COMPLETED");
          expect(service.effects()).to.have.length(1);
        });
      }
    }
  }

  for (let last = 3; last <= 8; last++) {
    it(`leaves no waiting job after a CreateJob without an answer, killed at call ${last}`, async () => {
      const service = new Simulator().fail("createJob", "unavailable", { after: true });
      const inputs = s3Import(["a"], { onDelete: "deleteAssets" });
      void host(mortal(service, last, true)).create(inputs, urn);
      await service.clock.pass(60_000);
      const { outputs } = await host(service).create(inputs, urn);
      expect(outputs).to.not.have.property("__shared");
      expect(service.effects()).to.have.length(1);
      expect(statesOf(service.jobs)).to.not.include("WAITING");
    });
  }
});
