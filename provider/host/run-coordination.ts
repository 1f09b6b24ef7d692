/**
 * The coordination of the processes of one run of the engine, of which each explicit provider has one. A journal holds what
 * each of them does. All read it in the same order, and come to the same result. See docs/adr/0008-journal-of-a-run.md.
 */
import { createHash, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { canConnect } from "../../lib/can-connect";
import { systemClock } from "../../lib/clock";
import { isRunning } from "../../lib/is-running";
import { CodedError } from "../../lib/message-code";
import type { Coordination, Release } from "../core/ports";
import { recordsFolder } from "./job-records";
import { Journal } from "./journal";
import type { Entry, Process, Queued } from "./run-state";
import { RunState, isSame } from "./run-state";

/** A caller of this process that waits. Only the first of a key is in the journal, so that all processes take turns. */
interface Waiting {
  place?: Queued;
  turn: AbortController;
}

/** Milliseconds between two readings of the journal while an operation waits. */
const pollMs = 50;
/** Readings between two attempts to connect to the processes that are ahead. */
const pollsPerConnection = 10;

/** The journal of the run of the engine at the address. Engines of two machines may have one address. */
export const journalPath = (engine: string, folder = recordsFolder()): string =>
  join(folder, `${createHash("sha256").update(`${hostname()} ${engine}`).digest("hex")}.journal`);

export class RunCoordination implements Coordination {
  private readonly me = randomBytes(8).toString("hex");
  private journal: Journal<Entry> | undefined;
  private hasLeft = false;
  private tickets = 0;
  private readonly state = new RunState(this.me);
  private readonly waiting = new Map<string, Waiting[]>();

  /** `port` returns the port on which this process listens as long as it runs. */
  constructor(
    private readonly path: string,
    private readonly port: () => number | undefined,
  ) {}

  async acquire(
    key: string,
    permits: number,
    timeout: number,
    onWait: (ahead: number) => void,
    signal?: AbortSignal,
  ): Promise<Release | undefined> {
    const line = this.waiting.get(key) ?? [];
    this.waiting.set(key, line);
    const mine: Waiting = { turn: new AbortController() };
    line.push(mine);
    let isServed = false;
    try {
      isServed = await this.waitForPermit(key, permits, timeout, onWait, line, mine, signal);
      const { place } = mine;
      return isServed ? () => this.release(place!) : undefined;
    } finally {
      if (!isServed && mine.place) this.release(mine.place);
      line.splice(line.indexOf(mine), 1);
      if (line.length === 0) this.waiting.delete(key);
      line[0]?.turn.abort();
    }
  }

  find(fact: string): string | undefined {
    this.catchUp();
    return this.state.facts.get(fact)?.value;
  }

  record(value: string, facts: readonly string[]): void {
    const missing = facts.filter((fact) => !this.state.facts.has(fact));
    if (missing.length === 0) return;
    const entry = { is: "fact", by: this.me, value, facts: missing } as const;
    try {
      this.write(entry);
    } catch {
      // A preview may run where nothing can be written. A job needs permits, and `acquire` reports the failure.
      this.state.apply(entry);
    }
  }

  leave(): void {
    this.hasLeft = true;
    if (!this.journal) return;
    try {
      this.write({ is: "ended", by: this.me });
      // The engine ends the run in all of its processes, so none of them begins a job after this.
      if (this.state.processes.size === 0) rmSync(this.path, { force: true });
    } catch {
      // The others find out that this process has ended.
    }
    this.journal.close();
    this.journal = undefined;
  }

  private async waitForPermit(
    key: string,
    permits: number,
    timeout: number,
    onWait: (ahead: number) => void,
    line: readonly Waiting[],
    mine: Waiting,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const giveUpAt = systemClock.now() + timeout;
    if (line[0] === mine && this.isServed((mine.place = this.queue(key)), permits)) return true;
    this.catchUp();
    let isAnnounced = false;
    for (let poll = 1; ; poll++) {
      const ahead = this.countAhead(key, line, mine);
      // A caller that is only behind others of the same moment gets a permit at once.
      if (ahead >= permits && !isAnnounced) {
        isAnnounced = true;
        onWait(ahead - permits);
      }
      const left = giveUpAt - systemClock.now();
      if (signal?.aborted || left <= 0) return false;
      const wake = signal ? AbortSignal.any([mine.turn.signal, signal]) : mine.turn.signal;
      await systemClock.sleep(mine.place ? Math.min(pollMs, left) : left, wake);
      mine.turn = new AbortController();
      if (line[0] !== mine) continue;
      mine.place ??= this.queue(key);
      if (poll % pollsPerConnection === 0) await this.removeEnded(mine.place);
      this.catchUp();
      if (!signal?.aborted && this.isServed(mine.place, permits)) return true;
    }
  }

  /** The callers of all processes that have a permit or get one earlier, as far as this process knows them. */
  private countAhead(key: string, line: readonly Waiting[], mine: Waiting): number {
    if (mine.place) return this.indexOf(mine.place);
    // The first of the line may be in the journal.
    return this.state.queue(key).length + line.indexOf(mine) - (line[0]?.place ? 1 : 0);
  }

  private queue(key: string): Queued {
    const place = { is: "queued", by: this.me, key, ticket: ++this.tickets } as const;
    this.write(place);
    return place;
  }

  private isServed(place: Queued, permits: number): boolean {
    const index = this.indexOf(place);
    return index >= 0 && index < permits;
  }

  private indexOf(place: Queued): number {
    return this.state.queue(place.key).findIndex((other) => isSame(other, place));
  }

  /** A second entry has no effect. */
  private release(place: Queued): void {
    try {
      this.write({ ...place, is: "released" });
    } catch {
      // The permit is free once this process has ended.
    }
    this.waiting.get(place.key)?.[0]?.turn.abort();
  }

  /** Removes the processes ahead that have ended, for example because they were killed. A paused one counts as running. */
  private async removeEnded({ key }: Queued): Promise<void> {
    const others = new Set(this.state.queue(key).map(({ by }) => by));
    others.delete(this.me);
    for (const by of others) {
      const other = this.state.processes.get(by);
      if (other && !(await isLive(other))) this.write({ is: "ended", by });
    }
  }

  /** @throws CodedError if the journal cannot be written. */
  private write(entry: Entry): void {
    try {
      if (this.hasLeft && !this.journal) throw new Error("the run has ended");
      this.journal ??= this.begin();
      this.journal.append(entry);
      this.catchUp();
    } catch (error) {
      const text =
        `The journal ${this.path}, by which the providers of one run agree on jobs, cannot be written ` +
        `(${(error as Error).message}). Make its folder writable, or name another one in PULUMI_DATAEXCHANGE_RECORDS, and ` +
        "run `pulumi up` again.";
      throw new CodedError({ code: "journal-not-written", text }, { cause: error });
    }
  }

  private begin(): Journal<Entry> {
    const journal = new Journal<Entry>(this.path);
    for (const entry of journal.read()) this.state.apply(entry);
    for (const { by, pid } of this.state.processes.values())
      if (!isRunning(pid)) journal.append({ is: "ended", by });
    journal.append({ is: "begun", by: this.me, pid: process.pid, port: this.port() });
    return journal;
  }

  private catchUp(): void {
    for (const entry of this.journal?.read() ?? []) this.state.apply(entry);
  }
}

/** A killed process listens no more, even if its id still exists or belongs to another process. */
const isLive = async ({ pid, port }: Pick<Process, "pid" | "port">): Promise<boolean> =>
  isRunning(pid) && (port === undefined || (await canConnect(`127.0.0.1:${port}`)));
