import fc from "fast-check";
import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { readOutputs } from "../../../provider/core/state";
import { checkInterleavings } from "../../harness/arbitraries";
import type { Host } from "../../simulation/host";
import { host, namesOf } from "../../simulation/host";
import {
  codeOf,
  existing,
  hour,
  s3Export,
  s3Import,
  unfinishedOf,
  upload,
  urn,
} from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";
import { Stop, codeAfter } from "../../simulation/stop";

const minute = 60_000;

/** Two operations of one process, of which the first can be stopped. */
const pair = (service: Simulator, quotas?: Record<string, number>) => {
  const other = host(service, { quotas });
  const stop = new Stop(service);
  return { other, stop, own: host(service, { beside: other, signal: stop.signal }) };
};

describe("a stopped operation beside another one of its process", () => {
  const works: [what: string, own: JobInputs, other: JobInputs][] = [
    ["an import of the same revision", s3Import(["a"]), s3Import(["b"])],
    ["an import of the same objects", s3Import(["a"]), s3Import(["a"])],
    ["an upload", upload("x"), upload("y")],
    ["an export", s3Export(["a"]), s3Export(["b"])],
  ];
  for (const [what, inputs, others] of works) {
    for (const quota of [1, 10]) {
      it(`lets ${what} run once with a quota of ${quota}, whenever it is stopped`, () =>
        checkInterleavings(
          { at: fc.nat(15_000), lead: fc.integer({ min: -500, max: 500 }) },
          async ({ latency, at, lead }) => {
            const service = new Simulator({ latency, pageSize: 1 });
            const { own, other, stop } = pair(service, { [inputs.type]: quota });
            const begin = (process: Host, wait: number, asked: JobInputs, name: string) =>
              service.clock.pass(Math.max(0, wait)).then(() => process.create(asked, `${urn}-${name}`));
            const second = begin(other, lead, others, "other");
            const first = begin(own, -lead, inputs, "own");
            void service.clock.pass(Math.max(0, -lead) + at).then(stop.now);
            await stop.promptEnd(first);
            const { id, outputs } = await second;
            expect(outputs.state).to.equal("COMPLETED");
            expect(service.effects().filter((started) => started === id)).to.have.length(1);
          },
          100,
        ));
    }
  }

  it("leaves their shared watch, which polls on for the other job", async () => {
    const service = new Simulator({ duration: hour });
    const { own, other, stop } = pair(service);
    const second = other.create(s3Import(["b"]), `${urn}-b`);
    const first = own.create(s3Import(["a"]), urn);
    expect(await codeAfter(service, stop, first, minute)).to.equal("run-cancelled");
    expect((await second).outputs.state).to.equal("COMPLETED");
    // Every poll after the stop is a listing for the other job.
    const after = service.calls.filter(({ at }) => at > Date.parse(service.jobs[0]!.createdAt) + minute);
    expect(after.filter(({ operation }) => operation === "getJob")).to.deep.equal([]);
  });

  it("leaves a listing that the other one continues, although the first began it", async () => {
    const service = new Simulator({ latency: [2_000], pageSize: 1 });
    for (const key of ["x", "y", "z"]) existing(service, s3Import([key]), "COMPLETED", { age: minute });
    const { own, other, stop } = pair(service);
    const [first, second] = [own, other].map(({ create }, n) => create(s3Import([`${n}`]), `${urn}-${n}`));
    // CreateJob takes 4 s, and the listing of 5 jobs takes 20 s.
    expect(await codeAfter(service, stop, first!, 10_000)).to.equal("run-cancelled");
    expect(service.count("startJob")).to.equal(0);
    const { outputs } = await second!;
    expect(namesOf(outputs.assets)).to.deep.equal(["1"]);
  });

  it("ends while it waits for its turn, and passes the turn on", async () => {
    const service = new Simulator({ duration: hour });
    const { own, other, stop } = pair(service, { EXPORT_ASSETS_TO_S3: 1 });
    const create = (process: Host, key: string) => process.create(s3Export([key]), `${urn}-${key}`);
    const running = create(other, "a");
    const ready = create(other, "b");
    await service.clock.pass(1_000);
    const [stopped, next] = [create(own, "c"), create(other, "d")];
    expect(await codeAfter(service, stop, stopped, minute)).to.equal("run-cancelled");
    const ends = await Promise.all([running, ready, next]);
    expect(service.effects()).to.have.members(ends.map(({ id }) => id));
  });

  it("keeps a prepared job in state that waits for its turn, and the next run starts it", async () => {
    const service = new Simulator({ duration: hour });
    const { own, other, stop } = pair(service, { EXPORT_ASSETS_TO_S3: 1 });
    const running = other.create(s3Export(["a"]), `${urn}-a`);
    await service.clock.pass(1_000);
    const prepared = own.create(s3Export(["b"]), urn);
    void service.clock.pass(minute).then(stop.now);
    const { code, id, outputs } = await unfinishedOf(prepared);
    expect([code, outputs.state, outputs.__pending]).to.deep.equal(["run-cancelled", "WAITING", true]);
    await running;
    const updated = await host(service).update(id, outputs, s3Export(["b"]), urn);
    expect([updated.state, service.effects().length]).to.deep.equal(["COMPLETED", 2]);
  });

  it("ends while a job with the same request is created, and does not let a third one pass", async () => {
    const service = new Simulator({ latency: [5_000] });
    const { own, other, stop } = pair(service);
    const create = (process: Host, name: string) => process.create(s3Import(), `${urn}-${name}`);
    const first = create(other, "1");
    const second = create(own, "2");
    const third = create(other, "3");
    expect(await codeAfter(service, stop, second, 1_000)).to.equal("run-cancelled");
    await service.clock.pass(1_000);
    expect(service.count("createJob")).to.equal(1);
    const ends = await Promise.all([first, third]);
    expect(new Set(ends.map(({ id }) => id)).size).to.equal(2);
  });
});

describe("an operation that is stopped before it begins", () => {
  it("calls nothing and reads no body", async () => {
    const service = new Simulator();
    const stop = new Stop(service);
    stop.now();
    const process = host(service, { signal: stop.signal });
    process.dependencies.bodies.md5 = () => expect.fail("the body is read");
    expect(await codeOf(process.create(upload(), urn))).to.equal("run-cancelled");
    expect(await codeOf(process.read("job1", readOutputs({})))).to.equal("run-cancelled");
    expect(await codeOf(process.delete("job1", readOutputs({ state: "WAITING" })))).to.equal("run-cancelled");
    expect(service.calls).to.deep.equal([]);
  });
});

describe("a stopped upload", () => {
  const hanging = () => new Promise<never>(() => undefined);
  for (const step of ["md5", "size", "put"] as const) {
    it(`ends while its ${step} hangs`, async () => {
      const service = new Simulator();
      const stop = new Stop(service);
      const { create, dependencies } = host(service, { signal: stop.signal });
      const given: AbortSignal[] = [];
      dependencies.bodies[step] = (...args: unknown[]) => {
        given.push(...args.filter((arg) => arg instanceof AbortSignal));
        return hanging();
      };
      const work = create(upload(), urn);
      expect(await codeAfter(service, stop, work, minute)).to.equal("run-cancelled");
      expect(service.count("startJob")).to.equal(0);
      if (step === "put") expect(given.map(({ aborted }) => aborted)).to.deep.equal([true]);
      const { outputs } = await host(service, { machine: {} }).create(upload(), urn);
      expect(outputs.state).to.equal("COMPLETED");
    });
  }
});
