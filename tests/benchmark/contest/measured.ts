/** One program run to its end, and what it took: time, processor, memory, calls. */
import { spawn } from "node:child_process";
import { once } from "node:events";

import { callsOf } from "../support/access-log";
import type { Service } from "../support/service";
import { ProcessTree } from "./process-tree";

export interface Measured {
  readonly seconds: number;
  /** Requests to Data Exchange, and to S3. */
  readonly calls: number;
  readonly s3Calls: number;
  /** Seconds of processor time of the program and all that it started; the local service is apart. */
  readonly cpu: number;
  /** Megabytes at the peak in all these processes together; what they share counts once (PSS). */
  readonly memory: number;
  /** By operation. */
  readonly operations: Readonly<Record<string, number>>;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export async function measured(service: Service, { command, args, env }: Command): Promise<Measured> {
  await service.forgetCalls();
  const began = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  if (child.pid === undefined) throw new Error(`${command} cannot be started.`);
  const tree = new ProcessTree(child.pid);
  const end = () => tree.kill();
  process.once("exit", end);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-10_000)));
  }
  const [code] = (await once(child, "exit")) as [number | null];
  const seconds = (performance.now() - began) / 1000;
  const used = tree.stop();
  process.removeListener("exit", end);
  if (code !== 0) throw new Error(`${[command, ...args].join(" ").slice(0, 300)} failed: ${said}`);
  const operations = await service.calls();
  const { dataExchange: calls, s3: s3Calls } = callsOf(operations);
  return { seconds, calls, s3Calls, ...used, operations };
}
