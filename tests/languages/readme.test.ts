/** The program of README.md in Python, on the real engine with the plugin. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { expectDemo } from "../harness/demo";
import { readSnippets } from "../harness/programs";
import type { PythonPrograms } from "../harness/python-programs";
import { pythonPrograms } from "../harness/python-programs";
import { TestService } from "../harness/service";
import { withPlugin } from "../harness/plugin-settings";
import { TestStack, awsPlugin, expectSuccess, valuesOf } from "../harness/stack";

const pulumiAws =
  "pulumi-aws==7.51.1 --hash=sha256:bffc7fb6ce352e9019302498571799a771f7a84234b19ff8b1710a6250b31024";

describe("the README's program in Python", function () {
  // The first run installs packages.
  this.timeout("30m");
  let folder: string;
  let programs: PythonPrograms | undefined;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), "readme-"));
    const file = join(folder, "__main__.py");
    await writeFile(file, await readSnippets("Python, Go, C#, Java, YAML", "README.md", "py"));
    programs = await pythonPrograms(file, [pulumiAws]).catch((error: Error) => {
      console.error(`The program in Python does not run: ${error.message}.`);
      return this.skip();
    });
  });
  after(async () => {
    programs?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("imports the object once", async () => {
    await using service = await TestService.start();
    const settings = { runtime: "python", main: undefined, ...withPlugin(awsPlugin) } as object;
    const { operate } = programs!;
    await using stack = await TestStack.create({ settings, env: service.env, operate });
    const { assets } = valuesOf(expectSuccess(await stack.up())) as { assets: { name: string }[] };
    expect(assets.map(({ name }) => name)).to.deep.equal(["2026/prices.csv"]);
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 6 });
  });
});

describe("the demo in Python", function () {
  this.timeout("30m");

  it("runs to its end and reports that each job ran once", async function () {
    if (!(await expectDemo("python"))) this.skip();
  });
});
