/** The programs of README.md, joined to one program in their order. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { ListDataSetRevisionsCommand } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

import { useProject } from "../harness/example";
import { writeText } from "../harness/folder";
import { readSnippets } from "../harness/programs";
import { expectSuccess } from "../harness/stack";

async function compile(): Promise<string> {
  const program = [await readSnippets("Quick start"), await readSnippets("Components")].join("\n");
  return transpileModule(program, {
    compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
  }).outputText;
}

describe("programs of the README", function () {
  this.timeout("10m");
  const project = useProject(async (folder) => {
    await writeText(join(folder, "Pulumi.yaml"), "name: readme\nruntime: nodejs\n");
    await writeText(join(folder, "index.js"), await compile());
    await writeText(join(folder, "manual", "terms.txt"), "Use it well.");
  });

  it("publish the objects of the bucket and the files of the folder", async () => {
    const { stack, program } = project;
    const { outputs } = expectSuccess(await stack.up(program));
    const imported = outputs.assets!.value as { name: string }[];
    expect(imported.map(({ name }) => name)).to.deep.equal(["2026/prices.csv"]);
    expect(await listAssets({ finalized: true })).to.deep.equal([["2026/prices.csv", "terms.txt"]]);
    expect(expectSuccess(await stack.up(program)).changes).to.have.all.keys("same");
  });

  // Continues from the previous test.
  it("import each asset once when the content changes", async () => {
    await project.write("index.js", (await compile()).replace("101.5", "102.25"));
    expectSuccess(await project.stack.up(project.program));
    expect(await listAssets({ finalized: false })).to.deep.equal([["2026/prices.csv"]]);
  });

  /** Names of the assets of each revision that is finalized, or is not. */
  async function listAssets({ finalized }: { finalized: boolean }): Promise<string[][]> {
    const { service, stack } = project;
    const [dataSet] = await stack.resources(":DataSet");
    const dataSetId = dataSet!.id;
    const request = new ListDataSetRevisionsCommand({ DataSetId: dataSetId });
    const { Revisions = [] } = await service.dataExchange.send(request);
    const chosen = Revisions.filter(({ Finalized }) => Finalized === finalized);
    return Promise.all(chosen.map(({ Id }) => service.listAssetNames({ dataSetId, revisionId: Id! })));
  }
});

describe("the demo", function () {
  this.timeout("5m");

  for (const language of ["typescript", "python"])
    it(`runs to its end in ${language} and reports that each job ran once`, async function () {
      const args = ["--no-warnings", "dist/tests/demo/main.js", language];
      const run = promisify(execFile)(process.execPath, args);
      const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
      if (stdout.includes("cannot run here: there is no python3")) return this.skip();
      expect(stderr, stdout.slice(-2_000)).not.to.match(/error|warning/i);
      // The demo wraps lines to the width of the terminal.
      const output = stdout.replaceAll(/\s+/g, " ");
      const [, jobs] = /(\d+) jobs, each created once and run once\./.exec(output) ?? [];
      expect(Number(jobs)).to.be.greaterThan(1);
      expect(output.match(/ (COMPLETED|ERROR|CANCELLED|TIMED_OUT) once\b/g)).to.have.length(Number(jobs));
      expect(output).to.contain("Everything was removed.");
    });
});
