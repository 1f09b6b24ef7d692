import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { useFolder } from "../harness/folder";
import { programHost } from "./program-host";

describe("programHost", () => {
  const folder = useFolder();

  it("leaves the stacks of other programs alone, which share the CLI with its own", async () => {
    const commands: string[][] = [];
    const run = (args: string[]) => {
      commands.push(args);
      return Promise.resolve({ stdout: "[]", stderr: "", code: 0 });
    };
    const pulumiCommand = Object.create({ run, version: null }) as PulumiCommand;
    const open = async (name: string) =>
      Stack.create(name, await LocalWorkspace.create({ workDir: folder(), pulumiCommand }));
    const [own, other] = [await open("own"), await open("other")];
    const { operate, stop } = await programHost("true");
    await operate(own, "up", {});
    await operate(own, "refresh", {});
    await stop();
    await other.up();
    const clients = commands
      .filter(([name]) => name === "up" || name === "refresh")
      .map((args) => args.filter((arg) => arg.startsWith("--client")).length);
    expect(clients).to.deep.equal([1, 0, 0]);
  });
});
