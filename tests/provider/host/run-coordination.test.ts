import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { RunCoordination, journalPath } from "../../../provider/host/run-coordination";
import { CoordinatedProcess } from "./coordinated-process";

const quiet = () => undefined;

describe("RunCoordination", function () {
  this.timeout("60s");
  let folder: string;
  let journal: string;
  let started: CoordinatedProcess[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "run-"));
    journal = join(folder, "records", "run.journal");
    started = [];
  });
  afterEach(async () => {
    await Promise.all(started.map((process) => process.kill()));
    rmSync(folder, { recursive: true });
  });

  /** A process, or a part of this one, that belongs to the run. */
  const start = async () => {
    const process = await CoordinatedProcess.start(journal);
    started.push(process);
    return process;
  };
  const here = () => new RunCoordination(journal, () => undefined);

  it("grants as many permits of a key as there are, to all processes together", async () => {
    const [one, other] = [await start(), await start()];
    expect(await one.acquire("quota", 2)).to.equal(true);
    expect(await other.acquire("quota", 2)).to.equal(true);
    expect(await one.acquire("quota", 2, 200)).to.equal(false);
    expect(await other.acquire("another quota", 2)).to.equal(true);
    const waiting = one.acquire("quota", 2);
    await other.release("quota");
    expect(await waiting).to.equal(true);
  });

  it("lets a process that waits with one operation go before the hundredth of another", async () => {
    const [busy, other] = [here(), here()];
    const served: string[] = [];
    const work = async (coordination: RunCoordination, name: string) => {
      const release = await coordination.acquire("quota", 2, Infinity, quiet);
      served.push(name);
      await new Promise((resolve) => setTimeout(resolve, 5));
      release!();
    };
    const all = Array.from({ length: 100 }, (_, n) => work(busy, `busy ${n}`));
    await work(other, "other");
    // Two run, and the first of those that wait has its place in the journal already.
    expect(served.indexOf("other")).to.be.lessThan(100);
    expect(served.filter((name) => name === "busy 99")).to.deep.equal([]);
    await Promise.all(all);
    const busyServed = served.filter((name) => name.startsWith("busy"));
    expect(busyServed).to.deep.equal(Array.from({ length: 100 }, (_, n) => `busy ${n}`));
  });

  it("never grants one permit to two of many operations of two parts of a run", async () => {
    const parts = [here(), here(), here()];
    let [running, served] = [0, 0];
    const work = async (coordination: RunCoordination) => {
      const release = await coordination.acquire("turn", 1, Infinity, quiet);
      expect(++running).to.equal(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      served++;
      release!();
    };
    await Promise.all(parts.flatMap((part) => Array.from({ length: 5 }, () => work(part))));
    expect(served).to.equal(15);
  });

  const steps: ((process: CoordinatedProcess) => Promise<unknown>)[] = [
    () => Promise.resolve(),
    (process) => process.record("1", ["fact"]),
    (process) => process.acquire("turn"),
    async (process) => {
      await process.acquire("turn");
      process.acquire("turn").catch(quiet);
      await process.find("fact");
    },
    async (process) => {
      await process.acquire("turn");
      await process.release("turn");
    },
    async (process) => {
      await process.acquire("turn");
      appendFileSync(journal, '\n{"is":"released","by":"');
    },
  ];
  it("goes on after a process was killed in any of its steps", async () => {
    const survivors = [await start(), await start()];
    for (const step of steps) {
      const killed = await start();
      await step(killed);
      const waiting = survivors.map((process) => process.acquire("turn"));
      await killed.kill();
      const first = await Promise.race(waiting.map((granted, index) => granted.then(() => index)));
      // Only one has the permit.
      expect(await survivors[first]!.acquire("turn", 1, 100)).to.equal(false);
      await survivors[first]!.release("turn");
      await Promise.all(waiting);
      await survivors[1 - first]!.release("turn");
    }
  });

  it("goes on if a process that listens no more had an id that is in use, or a port that is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const ended = spawn(process.execPath, ["--version"]);
    await once(ended, "exit");
    const part = here();
    part.record("1", ["fact"]);
    for (const [by, pid, at] of [
      ["id", process.pid, 1],
      ["port", ended.pid, port],
    ] as const) {
      const entries = [
        { is: "begun", by, pid, port: at },
        { is: "queued", by, key: "turn", ticket: 1 },
      ];
      for (const entry of entries) appendFileSync(journal, `\n${JSON.stringify(entry)}\n`);
      (await part.acquire("turn", 1, Infinity, quiet))!();
    }
    server.close();
  });

  it("waits for a paused process, and for no longer than the timeout", async () => {
    const [paused, other] = [await start(), await start()];
    await paused.acquire("turn");
    paused.signal("SIGSTOP");
    expect(await other.acquire("turn", 1, 1_500)).to.equal(false);
    paused.signal("SIGCONT");
    const waiting = other.acquire("turn");
    await paused.release("turn");
    expect(await waiting).to.equal(true);
  });

  it("ends the wait of an operation whose signal is aborted, and gives up its place", async () => {
    const [one, other] = [here(), here()];
    const release = await one.acquire("turn", 1, Infinity, quiet);
    const leaving = new AbortController();
    const left = other.acquire("turn", 1, Infinity, quiet, leaving.signal);
    const behind = other.acquire("turn", 1, Infinity, quiet);
    leaving.abort();
    expect(await left).to.equal(undefined);
    release!();
    release!();
    (await behind)!();
    expect(await one.acquire("turn", 1, 0, () => expect.fail("the permit is free"))).to.be.a("function");
  });

  it("reports how many callers of all processes are ahead", async () => {
    const [one, other] = [here(), here()];
    const ahead: number[] = [];
    const acquire = (part: RunCoordination) =>
      part.acquire("turn", 1, Infinity, (count) => ahead.push(count));
    const release = await acquire(one);
    const waiting = [acquire(one), acquire(one), acquire(other), acquire(one)];
    expect(ahead).to.deep.equal([0, 1, 1, 3]);
    release!();
    for (const turn of waiting) void turn.then((granted) => granted!());
    await Promise.all(waiting);
  });

  it("does not let callers of one moment wait if there is a permit for each", async () => {
    const part = here();
    const acquire = () => part.acquire("quota", 3, Infinity, () => expect.fail("a permit is free"));
    for (const release of await Promise.all([acquire(), acquire(), acquire()])) release!();
  });

  it("gives a fact the value that was recorded first, in every process", async () => {
    const [one, other] = [await start(), await start()];
    await one.record("job1", ["asset a"]);
    await other.record("job2", ["asset a", "asset b"]);
    for (const process of [one, other]) {
      expect(await process.find("asset a")).to.equal("job1");
      expect(await process.find("asset b")).to.equal("job2");
    }
    await one.kill();
    expect(await other.find("asset a")).to.equal("job1");
  });

  it("ignores what the processes of an earlier run have left", async () => {
    const earlier = await start();
    await earlier.record("job1", ["asset a"]);
    await earlier.acquire("turn");
    await earlier.kill();
    const process = await start();
    expect(await process.acquire("turn", 1, 200)).to.equal(true);
    expect(await process.find("asset a")).to.equal(undefined);
  });

  it("removes the journal when the last process leaves", () => {
    const [one, other] = [here(), here()];
    for (const part of [one, other]) part.record("1", ["fact"]);
    one.leave();
    expect(existsSync(journal)).to.equal(true);
    other.leave();
    expect(readdirSync(join(folder, "records"))).to.deep.equal([]);
    one.record("2", ["another fact"]);
    expect(existsSync(journal)).to.equal(false);
  });

  it("refuses permits if the journal cannot be written, and keeps facts in the process", async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "records"), "a file in place of the folder");
    const part = here();
    part.record("1", ["fact"]);
    expect(part.find("fact")).to.equal("1");
    const failure = await part.acquire("turn", 1, 0, quiet).then(
      () => undefined,
      (error: CodedError) => error,
    );
    expect(failure).to.be.instanceOf(CodedError);
    expect(failure!.code).to.equal("journal-not-written");
    part.leave();
  });

  it("has a journal of its own for each engine", () => {
    const paths = ["127.0.0.1:1", "127.0.0.1:2"].map((engine) => journalPath(engine, folder));
    expect(new Set(paths).size).to.equal(2);
  });
});
