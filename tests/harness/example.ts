/** A copy of an example with its packages linked, on the real engine. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { LocalDataExchangeOptions } from "../../emulator";
import { readProjectSettings } from "../../scripts/temporary-workspace";
import { findPulumi } from "../../scripts/find-pulumi";
import { awsPlugin } from "./stack";
import { useStack } from "./use-stack";
import { useProgramEnvironment } from "./service";
import type { Settings, TestStack } from "./stack";
import type { TestService } from "./service";

export interface Example {
  readonly service: TestService;
  readonly stack: TestStack;
  /** Loads index.ts of the example again for each operation, because the module itself declares the resources. */
  readonly program: PulumiFn;
  /** Reads a file by its path from the project's folder. */
  readonly read: (path: string) => Promise<Buffer>;
  readonly write: (path: string, content: string | Buffer) => Promise<void>;
}

const repository = process.cwd();

/** Hooks for a suite about one folder of examples/. */
export const useExample = (
  name: string,
  options: LocalDataExchangeOptions = {},
  use: typeof useStack = useStack,
): Example =>
  useProject(
    async (folder) => {
      await cp(join(repository, "examples", name), folder, { recursive: true });
      await cp(join(repository, "dist", "examples", name, "index.js"), join(folder, "index.js"));
    },
    options,
    use,
  );

/** Hooks for a suite about another project; `fill` writes its Pulumi.yaml and index.js into the folder. */
export function useProject(
  fill: (folder: string) => Promise<void>,
  options: LocalDataExchangeOptions = {},
  use: typeof useStack = useStack,
): Example {
  let folder: string;
  const settings: Settings = { ...awsPlugin };
  before(async function () {
    this.timeout("15m");
    folder = await mkdtemp(join(tmpdir(), "project-"));
    await fill(folder);
    await linkPackages(folder);
    const { config } = await readProjectSettings(folder, await findPulumi());
    Object.assign(settings, { main: folder, ...(config && { config }) });
  });
  const shared = use(options, settings);
  useProgramEnvironment(shared);
  // Pulumi runs a program in the folder of its project.
  before(() => process.chdir(folder));
  after(async () => {
    process.chdir(repository);
    if (folder) await rm(folder, { recursive: true });
  });
  return {
    get service() {
      return shared.service;
    },
    get stack() {
      return shared.stack;
    },
    program() {
      const main = join(folder, "index.js");
      const require = createRequire(main);
      delete require.cache[main];
      const exported = require(main) as Record<string, unknown> | (() => Record<string, unknown>);
      // Pulumi calls a program that is a function.
      return Promise.resolve(typeof exported === "function" ? exported() : exported);
    },
    read: (path) => readFile(join(folder, path)),
    async write(path, content) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
  };
}

/** Links the packages that the projects depend on. */
async function linkPackages(folder: string): Promise<void> {
  const packages = join(folder, "node_modules");
  await mkdir(join(packages, "@pulumi"), { recursive: true });
  for (const name of ["@pulumi/aws", "@pulumi/pulumi"]) {
    await symlink(join(repository, "node_modules", name), join(packages, name));
  }
  await symlink(repository, join(packages, "pulumi-dataexchange"));
}
