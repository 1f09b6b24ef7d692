/** The demo in each language: its program, the config of its stack, and its steps. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { ProjectSettings } from "@pulumi/pulumi/automation";
import { parse } from "yaml";

import quickstart from "../../examples/quickstart";
import type { PulumiCli } from "../../scripts/find-pulumi";
import { ensureYamlHost } from "../../scripts/languages/yaml-host";
import { readProjectSettings } from "../../scripts/temporary-workspace";
import { pythonPrograms } from "../harness/python-programs";
import { region } from "../harness/service";
import type { Operate } from "../harness/stack";
import { pluginSteps } from "./plugin-steps";
import type { Production } from "./stage";
import { dataSetName, sourceBucket } from "./stage";
import type { Step } from "./step";
import { typescriptSteps } from "./typescript-steps";

export interface Demo {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Where to go on, as a sentence after a space. */
  readonly next?: string;
  /** Installs or builds what the language needs. */
  readonly prepare: (cli: PulumiCli) => Promise<Production>;
}

/** The settings of an example's project, with the plugin of this repository instead of an installed one. */
function withPlugin(example: string): Partial<ProjectSettings> {
  const settings = parse(readFileSync(join("examples", example, "Pulumi.yaml"), "utf8")) as object;
  const plugins = { providers: [{ name: "dataexchange", path: resolve("plugin") }] };
  return { ...settings, packages: undefined, main: undefined, plugins } as Partial<ProjectSettings>;
}

const pluginConfig: Production["config"] = (endpoint, { revisionId }) => ({
  "dataexchange:region": region,
  "dataexchange:endpoints[0].dataexchange": endpoint,
  dataSetName,
  revisionId,
  bucket: sourceBucket,
  key: "2026/prices.csv",
});

const next = " To do the same by your own commands, go on with docs/first-job.md.";

export const demos: readonly Demo[] = [
  {
    name: "typescript",
    steps: typescriptSteps,
    async prepare(cli) {
      const project = await readProjectSettings(process.cwd(), cli);
      return {
        // `main` is relative to the repository, but the settings are copied to another folder.
        settings: { ...project, main: resolve(project.main ?? ".") },
        program: () => Promise.resolve(quickstart()),
        config: (endpoint, revision) => ({
          "aws:region": region,
          "aws:endpoints[0].dataexchange": endpoint,
          ...revision,
          bucket: sourceBucket,
          "keys[0]": "2026/prices.csv",
          "keys[1]": "2026/instruments.json",
        }),
      };
    },
  },
  {
    name: "python",
    steps: pluginSteps("examples/python/__main__.py"),
    next,
    async prepare() {
      const programs = await pythonPrograms(resolve("examples/python/__main__.py")).catch((error: Error) => {
        throw new Error(`Programs in Python cannot run here: ${error.message}.`);
      });
      return { settings: withPlugin("python"), config: pluginConfig, ...programs };
    },
  },
  {
    name: "yaml",
    steps: pluginSteps("examples/yaml/Pulumi.yaml"),
    next,
    async prepare(cli) {
      await ensureYamlHost(cli).catch((error: Error) => {
        throw new Error(`Programs in YAML cannot run here: ${error.message}.`);
      });
      const operate: Operate = (stack, operation, options) => stack[operation](options);
      return { settings: withPlugin("yaml"), config: pluginConfig, operate };
    },
  },
];
