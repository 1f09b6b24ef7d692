import { expect } from "chai";
import fc from "fast-check";

import { Turns } from "../../lib/semaphore";
import { WaitTimeoutError } from "../../provider/core/errors";
import { VirtualClock } from "../provider/support/clock";
import { host } from "../provider/support/host";
import { failureOf, s3Export, s3Import } from "../provider/support/samples";
import { Simulator } from "../provider/support/simulator";

const quiet = () => undefined;

describe("turns", () => {
  it("are never more at once than the quota, come in the order of arrival, and all come", async () => {
    const arrivals = fc.array(fc.record({ at: fc.nat(1_000), holds: fc.nat(1_000) }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), arrivals, async (quota, all) => {
        const clock = new VirtualClock();
        const turns = new Turns(clock);
        const [asked, served]: [number[], number[]] = [[], []];
        let [atOnce, most] = [0, 0];
        await Promise.all(
          all.map(async ({ at, holds }, i) => {
            await clock.sleep(at);
            asked.push(i);
            const release = await turns.take("type", quota, 1e9, quiet);
            served.push(i);
            most = Math.max(most, ++atOnce);
            await clock.sleep(holds);
            atOnce--;
            release();
          }),
        );
        expect(served).to.deep.equal(asked);
        expect(most).to.be.at.most(quota);
      }),
    );
  });

  it("say how many wait ahead", async () => {
    const turns = new Turns(new VirtualClock());
    const ahead: number[] = [];
    const release = await turns.take("type", 1, 1e9, (count) => ahead.push(count));
    const waiting = [1, 2, 3].map(() => turns.take("type", 1, 1e9, (count) => ahead.push(count)));
    release();
    for (const turn of waiting) (await turn)();
    expect(ahead).to.deep.equal([0, 1, 2]);
  });

  it("of one type do not wait for those of another", async () => {
    const turns = new Turns(new VirtualClock());
    await turns.take("one", 1, 1e9, quiet);
    await turns.take("other", 1, 0, () => expect.fail("nobody is ahead"));
  });

  it("that did not come in time take nobody's place", async () => {
    const clock = new VirtualClock();
    const turns = new Turns(clock);
    const release = await turns.take("type", 1, 1e9, quiet);
    await failureOf(turns.take("type", 1, 1_000, quiet), WaitTimeoutError);
    const next = turns.take("type", 1, 1e9, quiet);
    release();
    (await next)();
    await turns.take("type", 1, 0, () => expect.fail("nobody is ahead"));
  });

  it("given back twice count once", async () => {
    const turns = new Turns(new VirtualClock());
    const release = await turns.take("type", 1, 1e9, quiet);
    release();
    release();
    await turns.take("type", 1, 1e9, quiet);
    await failureOf(turns.take("type", 1, 1_000, quiet), WaitTimeoutError);
  });
});

describe("turns of a stack's jobs", () => {
  const duration = 20_000;
  /** The most jobs that were in progress at one moment. */
  const most = ({ jobs }: Simulator): number => {
    const startsAt = jobs.map(({ endsAt }) => endsAt - duration);
    return Math.max(
      ...startsAt.map((at) => startsAt.filter((start) => start <= at && at < start + duration).length),
    );
  };

  it("thirty jobs never run into a quota of ten", async () => {
    const service = new Simulator({ duration, quota: 10 });
    const { create } = host(service);
    await Promise.all(Array.from({ length: 30 }, (_, i) => create(s3Import([`k${i}`]))));
    expect(service.effects()).to.have.length(30);
    expect(service.count("startJob")).to.equal(30);
    expect(most(service)).to.equal(10);
  });

  it("quotas are those of the table unless set otherwise", async () => {
    for (const [quotas, expected] of [
      [undefined, 10],
      [{ EXPORT_ASSETS_TO_S3: 3 }, 3],
    ] as const) {
      const service = new Simulator({ duration });
      const { create } = host(service, { quotas });
      await Promise.all(Array.from({ length: 12 }, (_, i) => create(s3Export([`k${i}`]))));
      expect(most(service)).to.equal(expected);
    }
  });

  it("are given back by jobs that fail, in whatever way they do", async () => {
    const outcome = ({ id }: { id: string }) => ({
      state: id === "job1" ? ("ERROR" as const) : ("COMPLETED" as const),
    });
    const service = new Simulator({ outcome }).fail("createJob", "invalid").fail("startJob", "accessDenied");
    const { create } = host(service, { quotas: { EXPORT_ASSETS_TO_S3: 1 } });
    const ends = await Promise.allSettled([1, 2, 3, 4].map((i) => create(s3Export([`k${i}`]))));
    expect(ends.map(({ status }) => status)).to.deep.equal([
      "rejected",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
  });
});
