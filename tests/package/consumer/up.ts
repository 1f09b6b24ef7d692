/** One `pulumi up` of the module that the first argument names, with the CLI that the second one does. */
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import type { provider } from "pulumi-dataexchange/provider";

/** Type-checked only: what the host of dynamic providers loads. */
export type Loaded = typeof provider;

async function main([program, root]: string[]): Promise<void> {
  const outputsOf = async () => ({ ...((await import(program!)) as Record<string, unknown>) });
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "dev", projectName: "consumer", program: outputsOf },
    { workDir: process.cwd(), pulumiCommand: await PulumiCommand.get(root ? { root } : {}) },
  );
  const { outputs, summary } = await stack.up({ onOutput: (text) => process.stderr.write(text) });
  console.log(JSON.stringify({ outputs, changes: summary.resourceChanges }));
}

void main(process.argv.slice(2));
