/**
 * One operation of one program, in a process that begins with it, as each `pulumi up` does. What is measured is the
 * process and all that it starts: the program, the CLI, the hosts of providers.
 */
import type { ProjectSettings } from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";

import type { PulumiCli } from "../../../scripts/find-pulumi";
import { workspaceIn } from "../../../scripts/temporary-workspace";
import type { ProgramName } from "./programs";

export interface ChildOptions {
  /** Looked for beforehand, so that the search is not in what is measured. */
  readonly cli: PulumiCli;
  readonly folder: string;
  readonly project: ProjectSettings;
  readonly operation: "up" | "preview" | "refresh";
  readonly program: ProgramName;
  readonly args: readonly string[];
}

async function main({ cli, folder, project, operation, program, args }: ChildOptions): Promise<void> {
  const workspace = await workspaceIn(folder, cli, { project });
  const stack = await Stack.select("bench", workspace);
  // After an `up` the Automation API asks the CLI three times more than `pulumi up` does.
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
  workspace.program = async () => (await import("./programs.js")).programOf(program, args)();
  const onOutput = (text: string) => process.stdout.write(text);
  // No `parallel`: what people get who set nothing is what is measured.
  await stack[operation]({ onOutput, onError: onOutput });
}

main(JSON.parse(process.argv[2]!) as ChildOptions).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
