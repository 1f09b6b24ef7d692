import fc from "fast-check";
import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { host, mortal } from "../support/host";
import { existing, hour, s3Export, s3Import, upload, urn } from "../support/samples";
import type { SimulatorOptions } from "../support/simulator";
import { Simulator } from "../support/simulator";

/** Milliseconds that one call after another spends on the way; fast-check tries the interleavings. */
const latencies = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 8, maxLength: 60 });

const slow = (times: readonly number[], more: SimulatorOptions = {}): Simulator => {
  let call = 0;
  return new Simulator({ ...more, latency: () => times[call++ % times.length]! });
};

const works: [what: string, inputs: JobInputs, durations: fc.Arbitrary<number>][] = [
  ["an import", s3Import(), fc.constantFrom(0, 500, 20_000)],
  ["an upload", upload(), fc.constantFrom(0, 500, 20_000)],
  // An export that has ended may run again: it writes the same bytes.
  ["an export", s3Export(), fc.constant(60_000)],
];

describe("exactly once: two processes at the same work", () => {
  for (const [what, inputs, durations] of works) {
    for (const tick of [1, 1_000]) {
      it(`end with one effective job for ${what}, timestamps to ${tick} ms, in whatever order their calls arrive`, async () => {
        await fc.assert(
          fc.asyncProperty(latencies, durations, fc.nat(3_000), async (times, duration, later) => {
            // Where timestamps cannot tell which job is older, ids must not happen to.
            const jobId = (n: number) => `job${tick === 1 ? n : 1_000 - n}`;
            const service = slow(times, { duration, tick, jobId });
            const second = service.clock.pass(later).then(() => host(service).create(inputs));
            const made = await Promise.all([host(service).create(inputs), second]);
            expect(service.effects()).to.have.length(1);
            expect(made.map(({ id }) => id)).to.deep.equal([...service.effects(), ...service.effects()]);
            expect(service.jobs.filter(({ state }) => state === "WAITING")).to.deep.equal([]);
          }),
          { numRuns: 250 },
        );
      });
    }
  }

  it("end with one effective job when a CreateJob of either was cut off, before or after it was taken", async () => {
    await fc.assert(
      fc.asyncProperty(
        latencies,
        fc.boolean(),
        fc.nat(1),
        fc.nat(3_000),
        async (times, after, skip, later) => {
          const service = slow(times).fail("createJob", "unavailable", { after, skip });
          const second = service.clock.pass(later).then(() => host(service).create(s3Import()));
          await Promise.all([host(service).create(s3Import()), second]);
          expect(service.effects()).to.have.length(1);
        },
      ),
      { numRuns: 250 },
    );
  });

  it("end with one effective job when both find one that was left waiting", async () => {
    await fc.assert(
      fc.asyncProperty(latencies, fc.nat(3_000), async (times, later) => {
        const service = slow(times);
        const left = existing(service, s3Import(), "WAITING");
        const second = service.clock.pass(later).then(() => host(service).create(s3Import()));
        await Promise.all([host(service).create(s3Import()), second]);
        expect(service.effects()).to.deep.equal([left.id]);
      }),
      { numRuns: 250 },
    );
  });

  it("end with one effective job when there are three of them, however fast it is done", async () => {
    const durations = fc.constantFrom(0, 500, 5_000);
    await fc.assert(
      fc.asyncProperty(
        latencies,
        durations,
        fc.nat(1_000),
        fc.nat(2_000),
        async (times, duration, second, third) => {
          const service = slow(times, { duration });
          const starts = [0, second, third].map(async (later) => {
            await service.clock.pass(later);
            return host(service).create(s3Import());
          });
          await Promise.all(starts);
          expect(service.effects()).to.have.length(1);
        },
      ),
      { numRuns: 250 },
    );
  });
});

describe("exactly once: two processes that have both looked at the revision just before, for other work", () => {
  for (const [what, inputs, durations] of works.filter(([, { type }]) => type.startsWith("IMPORT"))) {
    it(`end with one effective job for ${what}, in whatever order their calls arrive`, async () => {
      await fc.assert(
        fc.asyncProperty(
          latencies,
          durations,
          fc.nat(6_000),
          fc.nat(6_000),
          async (times, duration, one, other) => {
            const service = slow(times, { duration });
            const run = async (key: string, later: number) => {
              const { create } = host(service);
              const before = create(s3Import([key]));
              await service.clock.pass(later);
              return [await before, await create(inputs)].map(({ id }) => id);
            };
            const [first, second] = await Promise.all([run("one.csv", one), run("other.csv", other)]);
            expect(first[1]).to.equal(second[1]);
            expect(service.effects())
              .to.have.members([...first, second[0]!])
              .and.have.length(3);
            expect(service.jobs.filter(({ state }) => state === "WAITING")).to.deep.equal([]);
          },
        ),
        { numRuns: 250 },
      );
    });
  }
});

describe("exactly once: processes whose upload outlasts its URL", () => {
  it("have one effective job, whenever they begin, wherever one is killed, and however long the bodies are on their way", async () => {
    const times = fc.nat(12_000);
    const last = fc.integer({ min: 1, max: 14 });
    await fc.assert(
      fc.asyncProperty(times, times, times, times, last, async (one, other, second, third, killedAt) => {
        const service = new Simulator({ urlLifetime: 4_000, duration: 0 });
        const put = service.put.bind(service);
        const onTheWay = [one, other];
        let turn = 0;
        service.put = async (...args) => {
          await put(...args);
          await service.clock.pass(onTheWay[turn++ % 2]!);
        };
        void host(mortal(service, killedAt, true)).create(upload());
        const starts = [second, third].map(async (later) => {
          await service.clock.pass(later);
          return host(service).create(upload());
        });
        // Those that outdo each other again and again give up in the end.
        await Promise.allSettled(starts);
        await service.clock.pass(60_000);
        await host(service).create(upload());
        expect(service.effects()).to.have.length(1);
      }),
      // The one that is killed leaves a job behind that waits, while another's is past its URL.
      // Two are asked for at the moment at which one's job is made, which ends at once.
      {
        numRuns: 500,
        examples: [
          [9_000, 9_000, 1, 4_000, 8],
          [1, 0, 3, 3, 2],
        ],
      },
    );
  });

  it("end with the same job when the second finds the first one's past its URL", async () => {
    const service = new Simulator({ urlLifetime: 60_000 });
    const put = service.put.bind(service);
    service.put = async (...args) => {
      await put(...args);
      await service.clock.pass(90_000);
    };
    const second = service.clock.pass(70_000).then(() => host(service).create(upload()));
    const made = await Promise.all([host(service).create(upload()), second]);
    expect(made.map(({ id }) => id)).to.deep.equal([...service.effects(), ...service.effects()]);
  });
});

describe("exactly once: a process that is killed", () => {
  for (const [what, inputs] of works) {
    for (let last = 1; last <= 10; last++) {
      for (const takesEffect of [false, true]) {
        const moment = `${takesEffect ? "after" : "before"} its call ${last} took effect`;
        it(`${what}, killed ${moment}, has run once after the next up`, async () => {
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

  it("leaves an import that ended by itself to be taken over", async () => {
    const service = new Simulator();
    void host(mortal(service, 4, true)).create(s3Import());
    await service.clock.pass(hour);
    const { outputs } = await host(service).create(s3Import());
    expect(outputs.assets).to.have.length(1);
    expect(service.effects()).to.have.length(1);
  });
});

describe("a CreateJob whose answer was lost", () => {
  it("leaves no job that waits and that a later run would take for another process's", async () => {
    const service = new Simulator().fail("createJob", "unavailable", { times: 2, after: true });
    await host(service).create(s3Import(), urn);
    expect(service.jobs.map(({ state }) => state).sort()).to.deep.equal([
      "CANCELLED",
      "CANCELLED",
      "COMPLETED",
    ]);
  });

  for (let last = 3; last <= 8; last++) {
    it(`leaves none either when its process is killed at call ${last}, and the assets are the resource's own`, async () => {
      const service = new Simulator().fail("createJob", "unavailable", { after: true });
      const inputs = s3Import(["a"], { onDelete: "deleteAssets" });
      void host(mortal(service, last, true)).create(inputs, urn);
      await service.clock.pass(60_000);
      const { outputs } = await host(service).create(inputs, urn);
      expect(outputs).to.not.have.property("__shared");
      expect(service.effects()).to.have.length(1);
      expect(service.jobs.filter(({ state }) => state === "WAITING")).to.deep.equal([]);
    });
  }
});
