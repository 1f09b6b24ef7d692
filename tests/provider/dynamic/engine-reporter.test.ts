import { expect } from "chai";
import { assert, asyncProperty, constantFrom, array, nat } from "fast-check";

import { EngineReporter } from "../../../provider/dynamic/engine-reporter";

/** Time and timers that pass when the test says so. */
class FakeTimers {
  private now = 0;
  private readonly timers = new Map<object, { at: number; run: () => void }>();
  private readonly real = {
    now: Date.now,
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
  };

  constructor() {
    Date.now = () => this.now;
    globalThis.setTimeout = ((run: () => void, after: number) => {
      const timer = { unref: () => timer };
      this.timers.set(timer, { at: this.now + after, run });
      return timer;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((timer: object) => this.timers.delete(timer)) as typeof clearTimeout;
  }

  async pass(milliseconds: number): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    this.now += milliseconds;
    for (const [timer, { at, run }] of this.timers) {
      if (at > this.now) continue;
      this.timers.delete(timer);
      run();
    }
  }

  restore(): void {
    Date.now = this.real.now;
    Object.assign(globalThis, { setTimeout: this.real.setTimeout, clearTimeout: this.real.clearTimeout });
  }
}

type Log = ConstructorParameters<typeof EngineReporter>[0]["log"];

/** An engine that takes messages when it is told to. */
class SlowEngine {
  readonly begun: string[] = [];
  readonly taken: string[] = [];
  readonly facts: { severity: string; urn?: string; ephemeral?: boolean }[] = [];
  private readonly open: (() => void)[] = [];

  readonly log: Log = (severity, message, urn, ephemeral) => {
    this.begun.push(message);
    this.facts.push({ severity, urn, ephemeral });
    return new Promise((resolve) =>
      this.open.push(() => {
        this.taken.push(message);
        resolve();
      }),
    );
  };

  get waiting(): number {
    return this.open.length;
  }

  /** Takes one of the messages that wait, of whatever place in line. */
  async take(which = 0): Promise<void> {
    await settled();
    this.open.splice(which % Math.max(this.open.length, 1), 1).forEach((take) => take());
    await settled();
  }

  /** Takes what comes until the work is done. */
  async takeAllUntil(work: Promise<void>, order: () => number = () => 0): Promise<void> {
    let done = false;
    void work.finally(() => (done = true));
    await settled();
    while (!done) await this.take(order());
  }
}

/** Whatever was going to happen without the engine has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const urn = "urn:pulumi:test::p::t::n";

const message = (text: string) => ({ code: "a-code", text });

describe("a step that lasts", () => {
  let clock: FakeTimers;
  beforeEach(() => (clock = new FakeTimers()));
  afterEach(() => clock.restore());

  /** The lines of a step of six hours, in output that keeps each. */
  async function linesOf(textAt: (second: number) => string): Promise<string[]> {
    const lines: string[] = [];
    const log: Log = (_, message) => Promise.resolve(void lines.push(message));
    const reporter = new EngineReporter({ log }, urn, 0);
    for (let second = 0; second < 6 * 3600; second++) {
      reporter.status(textAt(second));
      await clock.pass(1_000);
    }
    await reporter.done();
    return lines;
  }

  it("is shown again less and less often, up to ten minutes apart", async () => {
    const lines = await linesOf(() => "in progress");
    expect(lines.slice(0, 6)).to.deep.equal([
      "in progress",
      ...[10, 20, 40].map((seconds) => `in progress (${seconds}s)`),
      "in progress (1m 20s)",
      "in progress (2m 40s)",
    ]);
    expect(lines).to.have.length.within(35, 45);
  });

  it("shows its progress by the second at first, and by the minute after twenty", async () => {
    const lines = await linesOf((second) => `uploading, ${second} of 21600 MB`);
    expect(lines[5]).to.equal("uploading, 5 of 21600 MB (5s)");
    expect(lines).to.have.length.below(200);
    expect(lines.at(-1)).to.contain("21599 of 21600");
  });
});

describe("what is shown on a resource's row", () => {
  let engine: SlowEngine;
  let reporter: EngineReporter;
  beforeEach(() => {
    engine = new SlowEngine();
    reporter = new EngineReporter(engine, urn, 0);
  });
  afterEach(() => engine.takeAllUntil(reporter.done()));

  it("is a passing status, or a note or a warning that stays, on the row of the resource", async () => {
    reporter.status("looking");
    reporter.note(message("found"));
    reporter.warn(message("odd"));
    await engine.takeAllUntil(reporter.done());
    expect(engine.begun).to.deep.equal(["looking", "found [a-code]", "odd [a-code]"]);
    expect(engine.facts).to.deep.equal([
      { severity: "INFO", urn, ephemeral: true },
      { severity: "INFO", urn, ephemeral: false },
      { severity: "WARNING", urn, ephemeral: false },
    ]);
  });

  it("goes one after another: nothing is sent before the last was taken", async () => {
    reporter.status("first");
    await settled();
    reporter.warn(message("second"));
    reporter.status("third");
    await settled();
    expect(engine.begun).to.deep.equal(["first"]);
    await engine.take();
    expect(engine.begun).to.deep.equal(["first", "second [a-code]"]);
    await engine.take();
    expect(engine.begun).to.deep.equal(["first", "second [a-code]", "third"]);
  });

  it("skips a status that another has overtaken", async () => {
    reporter.status("first");
    await settled();
    for (const step of ["second", "third", "fourth"]) reporter.status(step);
    await engine.takeAllUntil(reporter.done());
    expect(engine.taken).to.deep.equal(["first", "fourth"]);
  });

  it("keeps every warning", async () => {
    reporter.status("first");
    await settled();
    for (const text of ["one", "two", "two"]) reporter.warn(message(text));
    reporter.status("last");
    await engine.takeAllUntil(reporter.done());
    expect(engine.taken).to.deep.equal(["first", "one [a-code]", "two [a-code]", "two [a-code]", "last"]);
  });

  it("shows at once a new step, and not again what has not changed", async () => {
    for (const text of ["waiting", "waiting", "uploading", "uploading"]) {
      reporter.status(text);
      await engine.take();
    }
    expect(engine.taken).to.deep.equal(["waiting", "uploading"]);
  });

  it("passes over the steps of what is over at once, but for the last, and shows one that lasts", async () => {
    const steps = ["looking", "creating", "starting"];
    const quick = new EngineReporter(engine, urn, 60_000);
    for (const step of [...steps, "completed"]) quick.status(step);
    await engine.takeAllUntil(quick.done());
    expect(engine.taken).to.deep.equal(["completed"]);

    const slow = new EngineReporter(engine, urn, 1);
    for (const step of [...steps, "in progress"]) slow.status(step);
    while (engine.waiting === 0) await settled();
    slow.status("ended");
    await engine.takeAllUntil(slow.done());
    expect(engine.taken).to.deep.equal(["completed", "in progress", "ended"]);
  });

  it("is over only when the last status has been taken", async () => {
    reporter.status("first");
    await settled();
    reporter.status("last");
    let over = false;
    const done = reporter.done().then(() => (over = true));
    await engine.take();
    expect([engine.begun, over]).to.deep.equal([["first", "last"], false]);
    await engine.take();
    await done;
    expect(engine.taken).to.deep.equal(["first", "last"]);
  });

  it("ends with the last of what changes by the megabyte, however fast it went", async () => {
    reporter.status("uploading, 1 of 64 MB");
    await settled();
    reporter.status("uploading, 2 of 64 MB");
    reporter.status("uploading, 64 of 64 MB");
    await engine.takeAllUntil(reporter.done());
    expect(engine.taken).to.deep.equal(["uploading, 1 of 64 MB", "uploading, 64 of 64 MB"]);
  });

  it("shows nothing where nothing was said", async () => {
    await reporter.done();
    expect(engine.begun).to.deep.equal([]);
  });

  it("shows nothing once it is over, even of a body that is still read when its upload was refused", async () => {
    reporter.status("uploading");
    await engine.takeAllUntil(reporter.done());
    reporter.status("still uploading");
    await settled();
    expect([engine.taken, engine.waiting]).to.deep.equal([["uploading"], 0]);
  });

  it("ends with the last step, in order and with every warning, however long the engine takes for each", () =>
    assert(
      asyncProperty(
        array(constantFrom("status", "warn", "take", "settle")),
        array(nat(5), { minLength: 1 }),
        async (acts, order) => {
          const slow = new SlowEngine();
          const told = new EngineReporter(slow, urn, 0);
          const said: string[] = [];
          let turn = 0;
          const next = () => order[turn++ % order.length]!;
          for (const [i, act] of acts.entries()) {
            if (act === "take") await slow.take(next());
            else if (act === "settle") await settled();
            else {
              said.push(act === "warn" ? `${act} ${i} [a-code]` : `${act} ${i}`);
              if (act === "warn") told.warn(message(`${act} ${i}`));
              else told.status(`${act} ${i}`);
            }
            expect(slow.waiting).to.be.at.most(1);
          }
          await slow.takeAllUntil(told.done(), next);

          const only = (texts: string[], kind: string) => texts.filter((text) => text.startsWith(kind));
          expect(only(slow.taken, "warn")).to.deep.equal(only(said, "warn"));
          const [shown, wanted] = [only(slow.taken, "status"), only(said, "status")];
          expect(shown).to.deep.equal(wanted.filter((text) => shown.includes(text)));
          expect(shown.at(-1)).to.equal(wanted.at(-1));
        },
      ),
    ));
});
