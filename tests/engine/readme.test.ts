/** The programs of README.md, joined to one program in their order. */
import { join } from "node:path";

import { ListDataSetRevisionsCommand } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

import { expectDemo } from "../harness/demo";
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

  it("runs to its end in TypeScript and reports that each job ran once", () => expectDemo("typescript"));
});
