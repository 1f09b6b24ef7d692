/** Shows what is going on while a CLI is being looked for. */
export interface Progress {
  /** Says one line that stays. */
  note(line: string): void;
  /** Shows what `describe` says, again and again, until the work is done. */
  during<T>(describe: () => string, work: Promise<T>): Promise<T>;
}

/** The part of a stream such as process.stderr that progress is written with. */
export interface Terminal {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const tickOnTerminal = 500;
const tickInLog = 15_000;
const clearLine = "\r\u001b[2K";

/** On a terminal one line that is rewritten; in a log a plain line now and then. */
export function progressOn(stream: Terminal): Progress {
  const show = (line: string) =>
    stream.write(stream.isTTY ? clearLine + line.slice(0, (stream.columns ?? 80) - 1) : `${line}\n`);
  return {
    note: (line) => stream.write(`${line}\n`),
    async during(describe, work) {
      const started = Date.now();
      const tick = () => show(`${describe()}, ${elapsed(Date.now() - started)}`);
      tick();
      const timer = setInterval(tick, stream.isTTY ? tickOnTerminal : tickInLog);
      try {
        return await work;
      } finally {
        clearInterval(timer);
        if (stream.isTTY) stream.write(clearLine);
      }
    },
  };
}

/** A duration as a person says it: 45s, 1m20s. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
}
