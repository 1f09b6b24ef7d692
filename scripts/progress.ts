/** Progress of a long-running program. */
import { formatDuration } from "../lib/duration";

export interface Progress {
  /** Writes a line that later progress does not overwrite. */
  note(line: string): void;
  /** Shows the text of `describe` repeatedly until the work is done. */
  during<T>(describe: () => string, work: Promise<T>): Promise<T>;
}

/** The members of a stream such as process.stderr that `progressOn` uses. */
export interface Terminal {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const terminalIntervalMs = 500;
const logIntervalMs = 15_000;
const clearLine = "\r\u001b[2K";

/** Rewrites one line on a terminal; writes plain lines, less often, to a log. */
export function progressOn(stream: Terminal): Progress {
  const show = (line: string) =>
    stream.write(stream.isTTY ? clearLine + line.slice(0, (stream.columns ?? 80) - 1) : `${line}\n`);
  return {
    note: (line) => stream.write(`${line}\n`),
    async during(describe, work) {
      const started = Date.now();
      const tick = () => show(`${describe()}, ${formatDuration(Date.now() - started)}`);
      tick();
      const timer = setInterval(tick, stream.isTTY ? terminalIntervalMs : logIntervalMs);
      try {
        return await work;
      } finally {
        clearInterval(timer);
        if (stream.isTTY) stream.write(clearLine);
      }
    },
  };
}
