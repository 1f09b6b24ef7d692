import { spawn } from "node:child_process";
import { buffer, text } from "node:stream/consumers";
import type { Program } from "../../tools/aws-cli/index";
import type { Client } from "./client";
import type { KeyPair } from "./javascript-client";

/** What such a program is told of the world: where the services are and who calls, and nothing of this machine's owner. */
export function environmentOf(
  endpoint: string,
  { accessKeyId, secretAccessKey }: KeyPair,
): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    PYTHONIOENCODING: "utf-8",
    PYTHONUTF8: "1",
  };
}

/** Runs a program to its end. One that fails is an error with the name of the service's, where it says one. */
export async function output(
  { command, args }: Program,
  more: readonly string[],
  env: NodeJS.ProcessEnv,
  input: Uint8Array = new Uint8Array(),
): Promise<Buffer> {
  const child = spawn(command, [...args, ...more], { env });
  // A program that fails before it has read all breaks the pipe; how it failed is what matters.
  child.stdin.on("error", () => undefined).end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [code, out, words] = await Promise.all([ended, buffer(child.stdout), text(child.stderr)]);
  if (code === 0) return out;
  const error = new Error(`${command} ${more.join(" ")} ended with ${code}: ${words}`);
  throw Object.assign(error, { name: /error occurred \((\w+)\)/.exec(words)?.[1] ?? "Error" });
}

/** aws-cli, each call in a process of its own, two at a time. */
export class AwsCli implements Client {
  static readonly #free = turns(2);
  readonly #env: NodeJS.ProcessEnv;

  constructor(
    private readonly program: Program,
    private readonly endpoint: string,
    keys: KeyPair,
  ) {
    this.#env = environmentOf(endpoint, keys);
  }

  aws(args: readonly string[], input?: Uint8Array, more: NodeJS.ProcessEnv = {}): Promise<Buffer> {
    return AwsCli.#free(() => output(this.program, args, { ...this.#env, ...more }, input));
  }

  readonly ask: Client["ask"] = async (operation, input) => {
    // The client calls APIs at `api-fulfill.` before the host, which a proxy looks up, if anybody.
    const more = operation === "SendApiAsset" ? { HTTP_PROXY: this.endpoint } : {};
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
