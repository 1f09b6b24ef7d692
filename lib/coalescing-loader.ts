import type { Clock } from "./clock";

/** How loads make room for company. */
export interface Gathering {
  clock: Clock;
  /** Milliseconds that pass after a load before the next begins, by how many it took. Default: none. */
  rest?: (took: number) => number;
  /** Whether others are likely to come soon. Default: yes. Where not, no load rests. */
  moreToCome?: () => boolean;
}

interface Line<T> {
  /** The load that is under way. */
  current?: Promise<T>;
  /** The load that was asked for last, and whether it can still be joined, since it has not begun. */
  last?: Promise<T>;
  open: boolean;
  /** When the last load ended, and for how many milliseconds the next one rests. */
  ended: number;
  rest: number;
  /** Ends the rest. */
  hurry: AbortController;
}

/**
 * Loads that several callers share. Whoever asks gets the result of a load that began after it asked, never an older
 * one: while a load is under way, all who come wait together for the next. With `gathering`, all who ask at one moment
 * share a load, and loads that rest are made less often, so that more come to share each.
 */
export class FreshLoads<T> {
  private readonly lines = new Map<string, Line<T>>();

  constructor(private readonly gathering?: Gathering) {}

  get(key: string, load: () => Promise<T>): Promise<T> {
    const line = this.lines.get(key) ?? { open: false, ended: 0, rest: 0, hurry: new AbortController() };
    this.lines.set(key, line);
    if (!(this.gathering?.moreToCome?.() ?? true)) line.hurry.abort();
    if (line.open && line.last) return line.last;
    line.open = true;
    return (line.last = this.load(line, load));
  }

  private async load(line: Line<T>, load: () => Promise<T>): Promise<T> {
    if (line.current) await line.current.catch(() => undefined);
    if (this.gathering) await this.gather(line, this.gathering);
    const began = this.now();
    line.open = false;
    line.hurry = new AbortController();
    line.current = load();
    try {
      return await line.current;
    } finally {
      line.current = undefined;
      // What was loaded can be large, and is nobody's any more.
      if (!line.open) line.last = undefined;
      line.ended = this.now();
      line.rest = this.gathering?.rest?.(line.ended - began) ?? 0;
    }
  }

  /** Sleeps even when nothing is to be waited for: what happens at the same moment has then happened. */
  private async gather({ ended, rest, hurry }: Line<T>, { clock }: Gathering): Promise<void> {
    if (this.isWithin(ended, rest)) await clock.sleep(ended + rest - clock.now(), hurry.signal);
    else await clock.sleep(0);
  }

  /** Whether it was less than so many milliseconds ago. A moment that is yet to come is one of a clock that was set back. */
  private isWithin(moment: number, milliseconds: number): boolean {
    const ago = this.now() - moment;
    return ago >= 0 && ago < milliseconds;
  }

  private now(): number {
    return this.gathering?.clock.now() ?? 0;
  }
}
