import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect } from "chai";

const run = promisify(execFile);

describe("lazy-host-modules", () => {
  const evaluate = async (code: string): Promise<unknown> => {
    const { stdout } = await run(process.execPath, [
      ...["--require", require.resolve("./lazy-host-modules"), "--eval"],
      `const loaded = () => Object.keys(require.cache).some((path) => path.includes("/typescript/lib/"));
       const automation = () => Object.keys(require.cache).some((path) => /pulumi.automation.index/.test(path));
       console.log(JSON.stringify(${code}))`,
    ]);
    return JSON.parse(stdout);
  };

  it("keeps the SDK from loading the TypeScript compiler", async () =>
    expect(await evaluate(`[!!require("@pulumi/pulumi/runtime"), loaded()]`)).to.deep.equal([true, false]));

  it("keeps the SDK from loading the Automation API before its first use", async () =>
    expect(
      await evaluate(`[!!require("@pulumi/pulumi").Output, automation(),
        typeof require("@pulumi/pulumi").automation.Stack, automation()]`),
    ).to.deep.equal([true, false, "function", true]));

  it("loads the real module at its first use", async () =>
    expect(
      await evaluate(`[require("typescript").version.split(".")[0], loaded(),
        typeof require("@npmcli/arborist").Arborist]`),
    ).to.deep.equal(["6", true, "function"]));
});
