/** What a program that measures says of its own run, so that its figures can be read and made again elsewhere. */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";

export interface RunFacts {
  /** The command line that makes these figures again. */
  readonly command: string;
  /** When the run began: ISO 8601. */
  readonly date: string;
  /** Processor, number of cores, memory, and version of Node. */
  readonly machine: string;
}

export function runFacts(command: string, began = new Date()): RunFacts {
  const cores = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const machine = `${cores.length} × ${cores[0]?.model.trim() ?? "unknown"}, ${memory}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
  return { command, date: began.toISOString(), machine };
}

/** Writes the results beside the facts of their run; returns the file's path for the closing line. */
export async function writeResults(file: string, facts: RunFacts, results: object): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...facts, ...results }, undefined, 2)}\n`);
  return file;
}
