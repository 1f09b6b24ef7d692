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
import type { Client, KeyPair } from "./client";
import { cleanEnvironment } from "./client";

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

/** What such a program is told of the world: where the services are and who calls. */
export const environmentOf = (
  endpoint: string,
  { accessKeyId, secretAccessKey }: KeyPair,
): Record<string, string> => ({
  ...cleanEnvironment(),
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
});

/** aws-cli, two calls at a time. */
export class AwsCli implements Client {
  static readonly #free = turns(2);
  readonly #env: Record<string, string>;

  constructor(
    private readonly process: AwsCliProcess,
    private readonly endpoint: string,
    keys: KeyPair,
  ) {
    this.#env = environmentOf(endpoint, keys);
  }

  /** What a call prints. One that fails is an error with the name of the service's, where it says one. */
  async aws(
    args: readonly string[],
    input: Uint8Array = new Uint8Array(),
    more: Record<string, string> = {},
  ): Promise<Buffer> {
    const call = () => this.process.run(args, { ...this.#env, ...more }, input);
    const { code, out, words } = await AwsCli.#free(call);
    if (code === 0) return out;
    const error = new Error(`aws ${args.join(" ")} ended with ${code}: ${words}`);
    throw Object.assign(error, { name: /error occurred \((\w+)\)/.exec(words)?.[1] ?? "Error" });
  }

  readonly ask: Client["ask"] = async (operation, input) => {
    // The client calls APIs at `api-fulfill.` before the host, which a proxy looks up, if anybody.
    const more: Record<string, string> = operation === "SendApiAsset" ? { HTTP_PROXY: this.endpoint } : {};
    const flags = Object.entries(input).flatMap(([name, value]) => flagsOf(name, value));
    const answer = await this.aws(["dataexchange", kebab(operation), ...flags], undefined, more);
    return (answer.length > 0 ? JSON.parse(answer.toString("utf8")) : {}) as never;
  };

  async makeBucket(bucket: string): Promise<void> {
    await this.aws(["s3", "mb", `s3://${bucket}`]);
  }

  async put(bucket: string, key: string, bytes: Uint8Array): Promise<void> {
    await this.aws(["s3", "cp", "-", `s3://${bucket}/${key}`], bytes);
  }

  get(bucket: string, key: string): Promise<Uint8Array> {
    return this.aws(["s3", "cp", `s3://${bucket}/${key}`, "-"]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const kebab = (name: string): string => name.replace(/(?!^)([A-Z])/g, "-$1").toLowerCase();

function flagsOf(name: string, value: unknown): string[] {
  const flag = `--${kebab(name)}`;
  if (typeof value === "boolean") return [value ? flag : flag.replace("--", "--no-")];
  if (Array.isArray(value)) return [flag, ...value.map(String)];
  return [flag, typeof value === "string" ? value : JSON.stringify(value)];
}

/** Lets so many pieces of work go on at once; the others wait for their turn. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running === most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
