/** `pulumi up` of the module in the first argument, with the CLI at the root in the second. */
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import type { provider } from "pulumi-dataexchange/provider";

/** The export that the host of dynamic providers loads; only type-checked. */
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
