import { mock } from "node:test";

import { expect } from "chai";
import { assert, asyncProperty, constantFrom, array, nat } from "fast-check";

import { EngineReporter } from "../../../provider/host/engine-reporter";

type Log = ConstructorParameters<typeof EngineReporter>[0]["log"];

/** An engine that accepts messages when the test says so. */
class SlowEngine {
  readonly accepted: string[] = [];
  readonly facts: { severity: string; urn?: string; ephemeral?: boolean }[] = [];
  private readonly open: (() => void)[] = [];

  readonly log: Log = (severity, message, urn, ephemeral) => {
    this.facts.push({ severity, urn, ephemeral });
    return new Promise((resolve) =>
      this.open.push(() => {
        this.accepted.push(message);
        resolve();
      }),
    );
  };

  get waiting(): number {
    return this.open.length;
  }

  /** Accepts one of the waiting messages. */
  async accept(which = 0): Promise<void> {
    await settled();
    this.open.splice(which % Math.max(this.open.length, 1), 1).forEach((accept) => accept());
    await settled();
  }

  /** Accepts messages until the reporter is done. */
  async finish(reporter: EngineReporter, order: () => number = () => 0): Promise<string[]> {
    let done = false;
    void reporter.done().finally(() => (done = true));
    await settled();
    while (!done) await this.accept(order());
    return this.accepted;
  }
}

/** Resolves after everything that does not wait for the engine. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const urn = "urn:pulumi:test::p::t::n";

const message = (text: string) => ({ code: "a-code", text });

describe("EngineReporter", () => {
  let engine: SlowEngine;
  let reporter: EngineReporter;
  beforeEach(() => {
    engine = new SlowEngine();
    reporter = new EngineReporter(engine, urn, 0);
  });

  it("shows ephemeral statuses, and permanent notes and warnings, on the resource's row", async () => {
    reporter.status("looking");
    reporter.note(message("found"));
    reporter.warn(message("odd"));
    expect(await engine.finish(reporter)).to.deep.equal(["looking", "found [a-code]", "odd [a-code]"]);
    expect(engine.facts).to.deep.equal([
      { severity: "INFO", urn, ephemeral: true },
      { severity: "INFO", urn, ephemeral: false },
      { severity: "WARNING", urn, ephemeral: false },
    ]);
  });

  for (const statuses of [
    ["first", "second", "third", "last"],
    ["uploading, 1 of 64 MB", "uploading, 2 of 64 MB", "uploading, 64 of 64 MB"],
  ]) {
    it(`shows only the last status of those that wait behind ${statuses[0]}`, async () => {
      const [first, ...others] = statuses as [string, ...string[]];
      reporter.status(first);
      await settled();
      for (const status of others) reporter.status(status);
      expect(await engine.finish(reporter)).to.deep.equal([first, others.at(-1)]);
    });
  }

  it("shows a new step immediately, and an unchanged step once", async () => {
    for (const text of ["waiting", "waiting", "uploading", "uploading"]) {
      reporter.status(text);
      await engine.accept();
    }
    expect(await engine.finish(reporter)).to.deep.equal(["waiting", "uploading"]);
  });

  it("skips short steps, except for the last, and shows long ones", async () => {
    const steps = ["looking", "creating", "starting"];
    const quick = new EngineReporter(engine, urn, 60_000);
    for (const step of [...steps, "completed"]) quick.status(step);
    expect(await engine.finish(quick)).to.deep.equal(["completed"]);

    const slow = new EngineReporter(engine, urn, 1);
    for (const step of [...steps, "in progress"]) slow.status(step);
    while (engine.waiting === 0) await settled();
    slow.status("ended");
    expect(await engine.finish(slow)).to.deep.equal(["completed", "in progress", "ended"]);
  });

  it("shows nothing before the first status and after the end", async () => {
    expect(await engine.finish(new EngineReporter(engine, urn, 0))).to.deep.equal([]);
    reporter.status("uploading");
    await engine.finish(reporter);
    // A body may still be read after its upload was refused.
    reporter.status("still uploading");
    await settled();
    expect([engine.accepted, engine.waiting]).to.deep.equal([["uploading"], 0]);
  });

  it("sends one message at a time, in order, with every warning and the last status", () =>
    assert(
      asyncProperty(
        array(constantFrom("status", "warn", "accept", "settle")),
        array(nat(5), { minLength: 1 }),
        async (acts, order) => {
          const slow = new SlowEngine();
          const reporting = new EngineReporter(slow, urn, 0);
          const sent: string[] = [];
          let turn = 0;
          const next = () => order[turn++ % order.length]!;
          for (const [i, act] of acts.entries()) {
            if (act === "accept") await slow.accept(next());
            else if (act === "settle") await settled();
            else {
              sent.push(act === "warn" ? `${act} ${i} [a-code]` : `${act} ${i}`);
              if (act === "warn") reporting.warn(message(`${act} ${i}`));
              else reporting.status(`${act} ${i}`);
            }
            expect(slow.waiting).to.be.at.most(1);
          }
          await slow.finish(reporting, next);

          const only = (texts: string[], kind: string) => texts.filter((text) => text.startsWith(kind));
          expect(only(slow.accepted, "warn")).to.deep.equal(only(sent, "warn"));
          const [shown, wanted] = [only(slow.accepted, "status"), only(sent, "status")];
          expect(shown).to.deep.equal(wanted.filter((text) => shown.includes(text)));
          expect(shown.at(-1)).to.equal(wanted.at(-1));
        },
      ),
    ));
});

describe("EngineReporter in a step of six hours", () => {
  beforeEach(() => mock.timers.enable({ apis: ["Date", "setTimeout"] }));
  afterEach(() => mock.timers.reset());

  /** The lines of output that keeps each message. */
  async function linesOf(textAt: (second: number) => string): Promise<string[]> {
    const lines: string[] = [];
    const log: Log = (_, line) => Promise.resolve(void lines.push(line));
    const reporter = new EngineReporter({ log }, urn, 0);
    for (let second = 0; second < 6 * 3600; second++) {
      reporter.status(textAt(second));
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      mock.timers.tick(1_000);
    }
    await reporter.done();
    return lines;
  }

  it("shows an unchanged status less and less often, up to ten minutes apart", async () => {
    const lines = await linesOf(() => "in progress");
    const durations = ["", " (10s)", " (20s)", " (40s)", " (1m 20s)", " (2m 40s)"];
    expect(lines.slice(0, 6)).to.deep.equal(durations.map((suffix) => `in progress${suffix}`));
    expect(lines).to.have.length.within(35, 45);
  });

  it("shows progress by the second at first, and by the minute after twenty", async () => {
    const lines = await linesOf((second) => `uploading, ${second} of 21600 MB`);
    expect(lines[5]).to.equal("uploading, 5 of 21600 MB (5s)");
    expect(lines).to.have.length.below(200);
    expect(lines.at(-1)).to.contain("21599 of 21600");
  });
});
