import type { ConfigMap, ProjectSettings, PulumiFn } from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";
import { temporaryWorkspace } from "../../scripts/temporary-workspace";
import { findPulumi } from "../../scripts/find-pulumi";
import { instantType } from "./service-process";
import { awsPlugin } from "../harness/stack";

/** The project of every program: the stand-in for `@pulumi/aws` makes data sets and revisions at the local service. */
export const project: ProjectSettings = {
  name: "bench",
  runtime: "nodejs",
  main: process.cwd(),
  ...awsPlugin,
};

/** A stack on the real engine without anything that watches it: no events, no output, as little as a timing bears. */

/** Config of a stack whose jobs wait for no turn. */
export const noQuota = {
  "dataexchange:concurrentJobs": { value: JSON.stringify({ [instantType]: 100_000 }) },
};

/** Lends a new stack of an inline program; everything of it goes when it is given back. */
export async function withStack<T>(
  { program, env, config = {} }: { program: PulumiFn; env: Record<string, string>; config?: ConfigMap },
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  const temporary = await temporaryWorkspace(await findPulumi(), {
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
