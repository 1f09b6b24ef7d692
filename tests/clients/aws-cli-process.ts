/**
 * aws-cli as a process that has read its code once. Each call is a process of its own, forked off it, which spares
 * each the greater part of what a call costs: Python's start and the modules.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Program } from "../../scripts/find-aws-cli";
import { cleanEnvironment } from "./python-environment";

/** Reads calls, a line each, and says of each, when it has ended, where it was and with which code it ended. */
const script = `
import json, os, signal, sys, traceback
from awscli.clidriver import create_clidriver, main

create_clidriver()  # Reads what belongs to every call.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody waits for a call: it says itself that it has ended.
for line in iter(sys.stdin.readline, ""):
    if os.fork():
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    call = json.loads(line)
    told = os.dup(1)
    for number, name in enumerate(("in", "out", "err")):
        how = os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY
        os.dup2(os.open(call["at"] + "." + name, how), number)
    sys.stdin = os.fdopen(0)
    os.environ.update(call["env"])
    sys.argv = ["aws", *call["args"]]
    code = 255
    try:
        code = main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(told, f"{code} {call['at']}\\n".encode())
    os._exit(0)
`;

export interface Ended {
  readonly code: number;
  readonly out: Buffer;
  readonly words: string;
}

export class AwsCliProcess {
  readonly #waiting = new Map<string, (code: number) => void>();
  readonly #broken: Promise<never>;
  #calls = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
  ) {
    this.#broken = new Promise((_, reject) => {
      child
        .once("error", reject)
        .once("exit", () => reject(new Error("aws-cli ended before its calls did.")));
    });
    this.#broken.catch(() => undefined);
    createInterface(child.stdout!).on("line", (line) => {
      const [code, at] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
      this.#waiting.get(at)?.(Number(code));
    });
  }

  static async start({ command }: Program): Promise<AwsCliProcess> {
    const env = cleanEnvironment();
    const child = spawn(command, ["-c", script], { env, stdio: ["pipe", "pipe", "inherit"] });
    return new AwsCliProcess(child, await mkdtemp(join(tmpdir(), "aws-cli-")));
  }

  async run(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    input: Uint8Array,
  ): Promise<Ended> {
    const at = join(this.directory, String((this.#calls += 1)));
    await writeFile(`${at}.in`, input);
    const ended = new Promise<number>((resolve) => this.#waiting.set(at, resolve));
    this.child.stdin!.write(`${JSON.stringify({ at, env, args })}\n`);
    const code = await Promise.race([ended, this.#broken]);
    return { code, out: await readFile(`${at}.out`), words: await readFile(`${at}.err`, "utf8") };
  }

  async stop(): Promise<void> {
    this.child.stdin!.end();
    await this.#broken.catch(() => undefined);
    await rm(this.directory, { recursive: true, force: true });
  }
}
