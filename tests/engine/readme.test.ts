/** The programs of README.md, joined to one program in their order. */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";

import { ListDataSetRevisionsCommand } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

import { useProject } from "../harness/example";
import { snippetsOf } from "../harness/programs";
import { expectSuccess } from "../harness/stack";

/** Objects that a reader's program creates beside that of the README. */
const more = Array.from({ length: 40 }, (_, index) => `2026/more-${index}.csv`);

const moreObjects = (content: string): string => `
for (const key of ${JSON.stringify(more)}) {
  new aws.s3.BucketObjectv2(key, { bucket: bucket.id, key, content: "${content}" });
}
`;

async function compiled(own = ""): Promise<string> {
  const program = [await snippetsOf("Quick start"), own, await snippetsOf("Components")].join("\n");
  return transpileModule(program, {
    compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
  }).outputText;
}

describe("programs of the README", function () {
  this.timeout("10m");
  const project = useProject(async (folder) => {
    await writeFile(join(folder, "Pulumi.yaml"), "name: readme\nruntime: nodejs\n");
    await writeFile(join(folder, "index.js"), await compiled());
    await mkdir(join(folder, "manual"));
    await writeFile(join(folder, "manual", "terms.txt"), "Use it well.");
  });

  // Each test continues from the previous one.
  it("publish the objects of the bucket and the files of the folder", async () => {
    const { outputs } = expectSuccess(await project.stack.up(project.program));
    expect((outputs.assets!.value as { name: string }[]).map(({ name }) => name)).to.deep.equal([
      "2026/prices.csv",
    ]);
    expect(await published()).to.deep.equal([["2026/prices.csv", "terms.txt"]]);
    expect(Object.keys(expectSuccess(await project.stack.up(project.program)).changes)).to.deep.equal([
      "same",
    ]);
  });

  it("import each asset once when the content changes", async () => {
    const program = await compiled();
    await project.write("index.js", program.replace("101.5", "102.25"));
    expectSuccess(await project.stack.up(project.program));
    const [draft] = await revisions(false);
    expect(await project.service.listAssetNames(draft!)).to.deep.equal(["2026/prices.csv"]);
  });

  it("never finalize a revision with a part of the objects that the program creates", async () => {
    const all = ["2026/prices.csv", ...more, "terms.txt"].sort();
    await project.write("index.js", await compiled(moreObjects("day,price\\n")));
    for (let attempt = 0; attempt < 2; attempt++) {
      const before = (await revisions(true)).length;
      const { error } = await project.stack.up(project.program);
      const made = (await published()).slice(before);
      if (error) expect(made).to.deep.equal([]);
      else for (const names of made) expect(names).to.deep.equal(all);
    }
    expect((await published()).at(-1)).to.deep.equal(all);
  });

  /** Oldest first. */
  async function revisions(finalized: boolean): Promise<{ dataSetId: string; revisionId: string }[]> {
    const [dataSet] = await project.stack.resources(":DataSet");
    const { Revisions = [] } = await project.service.dataExchange.send(
      new ListDataSetRevisionsCommand({ DataSetId: dataSet!.id, MaxResults: 200 }),
    );
    return Revisions.filter(({ Finalized }) => Finalized === finalized)
      .sort((a, b) => Number(a.CreatedAt) - Number(b.CreatedAt))
      .map(({ Id }) => ({ dataSetId: dataSet!.id, revisionId: Id! }));
  }

  /** Names of the assets of each finalized revision. */
  const published = async (): Promise<string[][]> =>
    Promise.all((await revisions(true)).map((revision) => project.service.listAssetNames(revision)));
});

describe("the demo", function () {
  this.timeout("5m");

  it("runs to its end and reports that each job ran once", async () => {
    const demo = spawn(process.execPath, ["--no-warnings", "dist/scripts/demo/main.js"], {
      cwd: process.cwd(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => demo.once("close", resolve));
    const [stdout, stderr] = await Promise.all([readText(demo.stdout), readText(demo.stderr)]);
    const code = await ended;
    // The demo wraps lines to the width of the terminal.
    const output = stdout.replaceAll(/\s+/g, " ");
    expect({ code, stderr }, stdout.slice(-2_000)).to.deep.equal({ code: 0, stderr: "" });
    const [, jobs] = /(\d+) jobs, each created once and run once\./.exec(output) ?? [];
    expect(Number(jobs)).to.be.greaterThan(1);
    expect(output.match(/ (COMPLETED|ERROR|CANCELLED|TIMED_OUT) once\b/g)).to.have.length(Number(jobs));
    expect(output).to.contain("Everything was removed.");
  });
});
