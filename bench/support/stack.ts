/** A stack on the real engine without anything that watches it: no events, no output, as little as a timing bears. */
import type { ConfigMap, PulumiFn } from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";

import { temporaryWorkspace } from "../../tools/automation/workspace";
import { ensurePulumi } from "../../tools/pulumi-cli";
import { instantType } from "./service";

/** As many operations at once as the figures of many jobs are made with, on both sides. */
export const parallel = 64;

/** Config of a stack whose jobs wait for no turn. */
export const noQuota = {
  "dataexchange:concurrentJobs": { value: JSON.stringify({ [instantType]: 100_000 }) },
};

/** Makes what a stack holds where that is not what is timed: the state is written once, at the end. */
export async function make(stack: Stack): Promise<void> {
  const { envVars } = stack.workspace;
  const hasty = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
  Object.assign(envVars, hasty);
  await stack.up({ parallel });
  for (const name of Object.keys(hasty)) delete envVars[name];
}

/** Lends a new stack of an inline program; everything of it goes when it is given back. */
export async function withStack<T>(
  { program, env, config = {} }: { program: PulumiFn; env: Record<string, string>; config?: ConfigMap },
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  const temporary = await temporaryWorkspace(await ensurePulumi(), {
    project: { name: "bench", runtime: "nodejs", main: process.cwd() },
    env,
  });
  try {
    temporary.workspace.program = program;
    const stack = await Stack.create("bench", temporary.workspace);
    await stack.setAllConfig(config);
    return await use(stack);
  } finally {
    await temporary.remove();
  }
}
