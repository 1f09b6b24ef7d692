import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { ProjectSettings } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { parse, stringify } from "yaml";

import { codesIn } from "../../lib/message-code";
import { findPulumi } from "../../scripts/find-pulumi";
import { ensureYamlHost } from "../../scripts/languages/yaml-host";
import { describeLife } from "./describe-life";
import type { Ids, Life } from "./life";

const run = promisify(execFile);

interface Project extends ProjectSettings {
  readonly resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly properties: { readonly details?: { readonly importAssetFromApiGatewayApi?: { apiKey: unknown } } };
  readonly options?: object;
}

const program = parse(readFileSync("tests/languages/yaml/Pulumi.yaml", "utf8")) as Project;

const write = async ({ workspace }: Life, changes: Partial<Project>): Promise<void> => {
  const settings = await workspace.projectSettings();
  await writeFile(join(workspace.workDir, "Pulumi.yaml"), stringify({ ...settings, ...changes }));
};

/** The option is a literal text. The program gives the API key as a secret, because the engine shows the inputs of imports. */
const withImports = (ids: Ids): Project["resources"] => {
  const resources = structuredClone(program.resources);
  for (const [name, id] of Object.entries(ids)) {
    const { options, properties } = resources[name]!;
    Object.assign(resources[name]!, { options: { ...options, import: id } });
    const api = properties.details?.importAssetFromApiGatewayApi;
    if (api) api.apiKey = { "fn::secret": api.apiKey };
  }
  return resources;
};

/** Imports a job, and returns the YAML that the CLI suggests for it. */
async function importByCommand({ workspace }: Life, name: string, id: string): Promise<Project> {
  const file = join(workspace.workDir, `${name}.yaml`);
  const options = ["--yes", "--skip-preview", "--protect=false", "--out", file];
  const env = { ...process.env, ...workspace.envVars, PULUMI_HOME: workspace.pulumiHome };
  const args = ["import", "dataexchange:index:Job", name, id, "--stack", "test", ...options];
  await run((await findPulumi()).path, args, { env, cwd: workspace.workDir });
  return parse(await readFile(file, "utf8")) as Project;
}

describeLife({
  name: "YAML",
  find: async () => ensureYamlHost(await findPulumi()),
  prepare: () =>
    Promise.resolve({
      settings: program,
      operate: (stack, operation, options) => stack[operation](options),
    }),
  setImports: (life, ids = {}) => write(life, { resources: withImports(ids) }),
  more: [
    {
      title: "refuses to import a failed job by `pulumi import`, and does not write it to the state",
      async prepare(life) {
        const failed = life.service.local.jobs().find(({ state }) => state === "ERROR")!;
        const printed = await importByCommand(life, "failed", failed.id).then(
          () => expect.fail("The command imported the job."),
          ({ stdout }: { stdout: string }) => stdout,
        );
        expect([...new Set(codesIn(printed))]).to.deep.equal(["not-importable"]);
        expect(await life.jobIds()).to.not.have.property("failed");
      },
    },
    {
      title: "imports jobs by `pulumi import`, which prints their program",
      async prepare(life) {
        const { prices, quotes } = await life.jobIds();
        await life.stack.clearState();
        const printed = [
          await importByCommand(life, "prices", prices!),
          await importByCommand(life, "quotes", quotes!),
        ];
        const resources = Object.assign({}, ...printed.map((one) => one.resources)) as Project["resources"];
        expect(Object.keys(resources)).to.deep.equal(["prices", "quotes"]);
        await write(life, { resources, outputs: {} } as Partial<Project>);
      },
      operation: "up",
      changes: { same: 3 },
    },
  ],
});
