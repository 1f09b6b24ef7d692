/** One operation of one program in a process that starts with it. It is measured with its child processes: CLI and hosts. */
import type { ProjectSettings } from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";

import type { PulumiCli } from "../../../scripts/find-pulumi";
import { openWorkspace } from "../../../scripts/temporary-workspace";
import { registerWithPlugin } from "../../../provider/resources/registration";
import type { HostName } from "../../harness/host-differences";
import type { ProgramName } from "./programs";

export interface ChildOptions {
  /** Found beforehand, because the search must not be measured. */
  readonly cli: PulumiCli;
  readonly folder: string;
  readonly project: ProjectSettings;
  readonly operation: "up" | "preview" | "refresh";
  readonly program: ProgramName;
  readonly args: readonly string[];
  /** What serves the jobs. */
  readonly host: HostName;
}

async function main({ cli, folder, project, operation, program, args, host }: ChildOptions): Promise<void> {
  const workspace = await openWorkspace(folder, cli, { project });
  if (host === "plugin") registerWithPlugin({ version: "0.0.0" });
  const stack = await Stack.select("bench", workspace);
  // After an `up` the Automation API starts the CLI three times, which `pulumi up` does not.
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
  workspace.program = async () => (await import("./programs.js")).programOf(program, args)();
  const onOutput = (text: string) => process.stdout.write(text);
  // Without `parallel`, to measure the defaults.
  await stack[operation]({ onOutput, onError: onOutput });
}

main(JSON.parse(process.argv[2]!) as ChildOptions).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
