import fc from "fast-check";
import { expect } from "chai";

import { JobOwnership } from "../../../provider/core/job-ownership";
import { Semaphore } from "../../../provider/core/locks";
import { VirtualClock } from "../../simulation/clock";
import { failureOf } from "../../simulation/samples";

const quiet = () => undefined;

describe("Semaphore", () => {
  it("never admits more than its permits, serves callers in order of arrival, and serves all", async () => {
    const arrivals = fc.array(fc.record({ at: fc.nat(1_000), holds: fc.nat(1_000) }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), arrivals, async (quota, all) => {
        const clock = new VirtualClock();
        const semaphore = new Semaphore(clock);
        const [asked, served]: [number[], number[]] = [[], []];
        let [atOnce, most] = [0, 0];
        await Promise.all(
          all.map(async ({ at, holds }, i) => {
            await clock.sleep(at);
            asked.push(i);
            const release = await semaphore.acquire("type", quota, 1e9, quiet);
            served.push(i);
            most = Math.max(most, ++atOnce);
            await clock.sleep(holds);
            atOnce--;
            release!();
          }),
        );
        expect(served).to.deep.equal(asked);
        expect(most).to.be.at.most(quota);
      }),
    );
  });

  it("reports how many callers are ahead", async () => {
    const semaphore = new Semaphore(new VirtualClock());
    const ahead: number[] = [];
    const release = await semaphore.acquire("type", 1, 1e9, (count) => ahead.push(count));
    const waiting = [1, 2, 3].map(() => semaphore.acquire("type", 1, 1e9, (count) => ahead.push(count)));
    release!();
    for (const turn of waiting) (await turn)!();
    expect(ahead).to.deep.equal([0, 1, 2]);
  });

  it("keeps the permits of each key apart", async () => {
    const semaphore = new Semaphore(new VirtualClock());
    await semaphore.acquire("one", 1, 1e9, quiet);
    await semaphore.acquire("other", 1, 0, () => expect.fail("no caller is ahead"));
  });

  it("drops a caller that timed out from the queue", async () => {
    const clock = new VirtualClock();
    const semaphore = new Semaphore(clock);
    const release = await semaphore.acquire("type", 1, 1e9, quiet);
    expect(await semaphore.acquire("type", 1, 1_000, quiet)).to.equal(undefined);
    const next = semaphore.acquire("type", 1, 1e9, quiet);
    release!();
    (await next)!();
    await semaphore.acquire("type", 1, 0, () => expect.fail("no caller is ahead"));
  });

  it("drops a caller whose signal is aborted, and serves the next one", async () => {
    const clock = new VirtualClock();
    const semaphore = new Semaphore(clock);
    const [began, leaving] = [clock.now(), new AbortController()];
    const release = await semaphore.acquire("type", 1, 1e9, quiet);
    const left = semaphore.acquire("type", 1, 1e9, quiet, leaving.signal);
    const next = semaphore.acquire("type", 1, 1e9, quiet);
    void clock.pass(1_000).then(() => leaving.abort());
    expect(await left).to.equal(undefined);
    expect(clock.now() - began).to.equal(1_000);
    release!();
    (await next)!();
    await semaphore.acquire("type", 1, 0, () => expect.fail("no caller is ahead"));
  });

  it("ignores a second release of the same permit", async () => {
    const semaphore = new Semaphore(new VirtualClock());
    const release = await semaphore.acquire("type", 1, 1e9, quiet);
    release!();
    release!();
    await semaphore.acquire("type", 1, 1e9, quiet);
    expect(await semaphore.acquire("type", 1, 1_000, quiet)).to.equal(undefined);
  });
});

describe("JobOwnership.runExclusive", () => {
  it("runs the tasks for a request one at a time, in order, even after one that fails", async () => {
    const [clock, mutex, story] = [new VirtualClock(), new JobOwnership(), [] as string[]];
    const task = (name: string, key: string, fails = false) =>
      mutex.runExclusive(key, async () => {
        story.push(`${name} begins`);
        await clock.sleep(10);
        story.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const failed = failureOf(task("one", "key", true));
    await Promise.all([failed, task("two", "key"), task("three", "key"), task("other", "another key")]);
    expect(story.filter((line) => !line.startsWith("other"))).to.deep.equal([
      ...["one begins", "one ends", "two begins", "two ends", "three begins", "three ends"],
    ]);
    expect(story.slice(0, 2)).to.deep.equal(["one begins", "other begins"]);
  });

  it("rejects a waiting task whose signal is aborted, and the next one still waits for its turn", async () => {
    const [clock, mutex, story] = [new VirtualClock(), new JobOwnership(), [] as string[]];
    const leaving = new AbortController();
    const task = (name: string, signal?: AbortSignal) => {
      const run = async () => {
        story.push(name);
        await clock.sleep(10);
        story.push(`${name} ends`);
      };
      return mutex.runExclusive("key", run, signal);
    };
    const [first, left, next] = [task("first"), failureOf(task("left", leaving.signal)), task("next")];
    leaving.abort(new Error("left"));
    expect((await left).message).to.equal("left");
    expect(story).to.deep.equal(["first"]);
    await Promise.all([first, next]);
    expect(story).to.deep.equal(["first", "first ends", "next", "next ends"]);
  });
});
