/** The package as `npm pack` writes it, and an empty project to install it in. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

import type { PulumiCli } from "../../scripts/find-pulumi";

const run = promisify(execFile);

export interface Packed {
  tarball: string;
  bytes: Buffer;
  paths: readonly string[];
  remove(): Promise<void>;
}

export async function pack(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), "packed-"));
  // Without scripts, because a build would change dist while other tests run from it.
  const { stdout } = await run("npm", [
    "pack",
    "--ignore-scripts",
    "--json",
    "--loglevel=error",
    `--pack-destination=${folder}`,
  ]);
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  const tarball = join(folder, filename);
  return {
    tarball,
    bytes: await readFile(tarball),
    paths: files.map(({ path }) => path),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Commands that install packages, from the cache if possible. */
export const managers = {
  npm: ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
  pnpm: ["npx", "--yes", "pnpm@10", "add", "--prefer-offline"],
} as const;

export type Environment = Readonly<Record<string, string>>;

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

export class Consumer {
  private constructor(
    readonly folder: string,
    private readonly cli: PulumiCli,
  ) {}

  static async create(cli: PulumiCli): Promise<Consumer> {
    const folder = await mkdtemp(join(tmpdir(), "consumer-"));
    const consumer = new Consumer(folder, cli);
    await consumer.write("package.json", JSON.stringify({ private: true }));
    return consumer;
  }

  /** Returns the output of the package manager; throws if it fails. */
  async install(manager: keyof typeof managers, packages: readonly string[]): Promise<string> {
    const [command, ...args] = managers[manager];
    const { stdout, stderr } = await run(command, [...args, ...packages], { cwd: this.folder });
    return stdout + stderr;
  }

  /** Writes a source once for each module system, as `NAME.mts` and `NAME.cts`. */
  async add(name: string, source: string): Promise<void> {
    for (const type of ["mts", "cts"]) await this.write(`${name}.${type}`, source);
  }

  async write(name: string, text: string): Promise<void> {
    const path = join(this.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  /** Writes the project's settings: its config, and `more`. */
  configure(config: Readonly<Record<string, string>>, more: object = {}): Promise<void> {
    const values = Object.entries(config).map(([key, value]) => [key, { value }]);
    const project = {
      name: "consumer",
      runtime: "nodejs",
      config: Object.fromEntries(values) as object,
      ...more,
    };
    // JSON is YAML.
    return this.write("Pulumi.yaml", JSON.stringify(project));
  }

  /** Compiles with the project's compiler and returns its errors. */
  async compile(names: readonly string[], options: readonly string[]): Promise<string> {
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false", "--types", "node"];
    const files = names.flatMap((name) => [`${name}.mts`, `${name}.cts`]);
    const compiler = join("node_modules", "typescript", "bin", "tsc");
    return (await this.node([compiler, ...strict, "--target", "es2022", ...options, ...files])).stdout;
  }

  /** Runs Node in the project, with the engine's settings and those of `env`. */
  node(args: readonly string[], env: Environment = {}): Promise<Finished> {
    return this.end(process.execPath, args, env);
  }

  pulumi(args: readonly string[], env: Environment): Promise<Finished> {
    return this.end(this.cli.path, [...args, "--non-interactive"], env);
  }

  /** `pulumi up` of a compiled program, such as `job.mjs`. */
  up(program: string, env: Environment): Promise<Finished> {
    const script = program.endsWith(".mjs") ? "up.mjs" : "up.cjs";
    return this.node([script, `./${program}`, this.cli.root ?? ""], env);
  }

  /** Starts the installed package's local Data Exchange by one of its compiled starters. */
  async serve(script: string): Promise<{ endpoint: string; stop: () => Promise<void> }> {
    const server = spawn(process.execPath, ["--no-warnings", script], {
      cwd: this.folder,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(server, "exit");
    server.stdout.setEncoding("utf8");
    const [endpoint] = (await Promise.race([once(server.stdout, "data"), ended])) as [unknown];
    if (typeof endpoint !== "string") throw new Error(`${script} ended with ${String(endpoint)}.`);
    const stop = async () => {
      server.stdin.end();
      await ended;
    };
    return { endpoint: endpoint.trim(), stop };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  private async end(command: string, args: readonly string[], env: Environment): Promise<Finished> {
    const state = {
      PATH: `${this.cli.binDir}${delimiter}${process.env.PATH}`,
      PULUMI_HOME: join(this.folder, ".pulumi-home"),
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "temporary",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const options = { cwd: this.folder, env: { ...process.env, ...state, ...env } };
    return run(command, args, options).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: Finished) => ({ code, stdout, stderr }),
    );
  }
}
