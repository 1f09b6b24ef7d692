/** A process of a run of the engine, which does what the test says. Run as a program, it is that process. */
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

import type { Release } from "../../../provider/core/ports";
import { RunCoordination } from "../../../provider/host/run-coordination";

type Command =
  | { do: "acquire"; key: string; permits: number; timeout?: number }
  | { do: "release"; key: string }
  | { do: "record"; value: string; facts: string[] }
  | { do: "find"; fact: string }
  | { do: "leave" };

export class CoordinatedProcess {
  private commands = 0;

  private constructor(private readonly child: ChildProcess) {
    child.setMaxListeners(0);
  }

  static async start(journal: string): Promise<CoordinatedProcess> {
    const child = fork(__filename, [journal]);
    await once(child, "message");
    return new CoordinatedProcess(child);
  }

  /** Whether a permit was granted before the timeout. Rejects if the process has ended. */
  acquire(key: string, permits = 1, timeout?: number): Promise<unknown> {
    return this.send({ do: "acquire", key, permits, timeout });
  }
  release(key: string): Promise<unknown> {
    return this.send({ do: "release", key });
  }
  record(value: string, facts: string[]): Promise<unknown> {
    return this.send({ do: "record", value, facts });
  }
  find(fact: string): Promise<unknown> {
    return this.send({ do: "find", fact });
  }
  leave(): Promise<unknown> {
    return this.send({ do: "leave" });
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.child.kill(signal);
  }
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exited;
  }

  private send(command: Command): Promise<unknown> {
    const id = ++this.commands;
    return new Promise((resolve, reject) => {
      this.child.once("exit", () => reject(new Error("The process has ended.")));
      const read = (answer: { id: number; value: unknown }) => {
        if (answer.id !== id) return;
        this.child.off("message", read);
        resolve(answer.value);
      };
      this.child.on("message", read);
      this.child.send({ id, ...command });
    });
  }
}

function serve(journal: string): void {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  const coordination = new RunCoordination(journal, () => (server.address() as AddressInfo).port);
  const held = new Map<string, Release[]>();
  const obey = async (command: Command): Promise<unknown> => {
    switch (command.do) {
      case "acquire": {
        const { key, permits, timeout = Infinity } = command;
        const release = await coordination.acquire(key, permits, timeout, () => undefined);
        if (release) held.set(key, [...(held.get(key) ?? []), release]);
        return release !== undefined;
      }
      case "release":
        return held.get(command.key)!.shift()!();
      case "record":
        return coordination.record(command.value, command.facts);
      case "find":
        return coordination.find(command.fact);
      case "leave":
        return coordination.leave();
    }
  };
  process.on("message", (command: Command & { id: number }) => {
    void obey(command).then((value) => process.send!({ id: command.id, value }));
  });
  process.on("disconnect", () => process.exit());
  server.on("listening", () => process.send!({ id: 0 }));
}

if (require.main === module) serve(process.argv[2]!);
