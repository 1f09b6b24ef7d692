import type { AwsCliProcess } from "./aws-cli-process";
import { cleanEnvironment } from "./python-environment";
import type { Client } from "./client";
import type { KeyPair } from "./javascript-client";

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
