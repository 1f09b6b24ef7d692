/**
 * Runs aws-cli in a process that loads its modules once and forks for each call, because starting Python and loading
 * modules takes most of the time of a call.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Program } from "../../scripts/find-aws-cli";
import type { Client, KeyPair } from "./client";
import { cleanEnvironment } from "../harness/environment";

/** Reads one call per line. Prints the exit code and the path of a call when it ends. */
const script = `
import json, os, signal, sys, traceback
from awscli.clidriver import create_clidriver, main

create_clidriver()  # Loads what every call needs.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Children are not waited for, because each prints its exit code.
for line in iter(sys.stdin.readline, ""):
    if os.fork():
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    call = json.loads(line)
    stdout = os.dup(1)
    for number, name in enumerate(("in", "out", "err")):
        flags = os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY
        os.dup2(os.open(call["path"] + "." + name, flags), number)
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
    os.write(stdout, f"{code} {call['path']}\\n".encode())
    os._exit(0)
`;

interface Result {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
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
        .once("exit", () => reject(new Error("aws-cli exited before its calls ended.")));
    });
    this.#broken.catch(() => undefined);
    createInterface(child.stdout!).on("line", (line) => {
      const [code, path] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
      this.#waiting.get(path)?.(Number(code));
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
  ): Promise<Result> {
    const path = join(this.directory, String((this.#calls += 1)));
    await writeFile(`${path}.in`, input);
    const ended = new Promise<number>((resolve) => this.#waiting.set(path, resolve));
    this.child.stdin!.write(`${JSON.stringify({ path, env, args })}\n`);
    const code = await Promise.race([ended, this.#broken]);
    return { code, stdout: await readFile(`${path}.out`), stderr: await readFile(`${path}.err`, "utf8") };
  }

  async stop(): Promise<void> {
    this.child.stdin!.end();
    await this.#broken.catch(() => undefined);
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** The environment of a client program: the endpoint and the caller's keys. */
export const environmentOf = (
  endpoint: string,
  { accessKeyId, secretAccessKey }: KeyPair,
): Record<string, string> => ({
  ...cleanEnvironment(),
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
});

export class AwsCli implements Client {
  readonly #env: Record<string, string>;

  constructor(
    private readonly process: AwsCliProcess,
    private readonly endpoint: string,
    keys: KeyPair,
  ) {
    this.#env = environmentOf(endpoint, keys);
  }

  /** Returns the output of a call. Rejects with an error whose `name` is the service's error code. */
  async aws(
    args: readonly string[],
    input: Uint8Array = new Uint8Array(),
    more: Record<string, string> = {},
  ): Promise<Buffer> {
    const { code, stdout, stderr } = await this.process.run(args, { ...this.#env, ...more }, input);
    if (code === 0) return stdout;
    const error = new Error(`aws ${args.join(" ")} ended with ${code}: ${stderr}`);
    throw Object.assign(error, { name: /error occurred \((\w+)\)/.exec(stderr)?.[1] ?? "Error" });
  }

  readonly send: Client["send"] = async (operation, input) => {
    // aws-cli adds `api-fulfill.` to the host of SendApiAsset. With a proxy it does not resolve that name.
    const more: Record<string, string> = operation === "SendApiAsset" ? { HTTP_PROXY: this.endpoint } : {};
    const flags = Object.entries(input).flatMap(([name, value]) => flagsOf(name, value));
    const output = await this.aws(["dataexchange", kebab(operation), ...flags], undefined, more);
    return (output.length > 0 ? JSON.parse(output.toString("utf8")) : {}) as never;
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
}

const kebab = (name: string): string => name.replace(/(?!^)([A-Z])/g, "-$1").toLowerCase();

function flagsOf(name: string, value: unknown): string[] {
  const flag = `--${kebab(name)}`;
  if (typeof value === "boolean") return [value ? flag : flag.replace("--", "--no-")];
  if (Array.isArray(value)) return [flag, ...value.map(String)];
  return [flag, typeof value === "string" ? value : JSON.stringify(value)];
}
