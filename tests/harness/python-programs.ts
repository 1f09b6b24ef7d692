/** Programs in Python, run by Python's Automation API in a process of its own. */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";

import { installRequirement, installSources, pythonWith } from "../../scripts/python-environment";
import { cachedSdk } from "../../scripts/sdk-generator/main";
import type { Operate } from "../harness/stack";

const folder = join(process.cwd(), "tests", "harness", "python");

/** Runs operations of a stack with the program of a file. */
export const driver = join(folder, "driver.py");

/** A line of the driver's output. */
interface Report {
  readonly output?: string;
  readonly error?: string;
  readonly event?: EngineEvent;
  readonly ended?: boolean;
  readonly failure?: string;
}

export interface PythonPrograms {
  readonly operate: Operate;
  readonly stop: () => void;
}

/** A Python with Pulumi's SDK, and the folder of the generated package for PYTHONPATH. */
export async function pythonWithPackage(env = process.env): Promise<{ python: string; sdk: string }> {
  const requirements = await readFile(join(folder, "requirements.txt"), "utf8");
  const [python, sources] = await Promise.all([
    pythonWith(requirements, { env, name: "python-pulumi" }),
    cachedSdk("python", env),
  ]);
  return { python, sdk: await installSources(python, sources, env) };
}

/** Runs the program of a file, with more packages from PyPI. The process starts with the first operation, because it needs the stack's settings. */
export async function pythonPrograms(
  program: string,
  packages: readonly string[] = [],
): Promise<PythonPrograms> {
  const { env } = process;
  const { python, sdk } = await pythonWithPackage(env);
  const others = await Promise.all(
    packages.map((requirement) => installRequirement(python, requirement, env)),
  );
  const start = ({ workspace }: Stack) => {
    const own = {
      ...{ ...env, ...workspace.envVars, PYTHONPATH: [sdk, ...others].join(delimiter), PYTHONUTF8: "1" },
      PULUMI_HOME: workspace.pulumiHome,
    };
    const child = spawn(python, [driver, workspace.workDir, "test", program], {
      env: own,
      stdio: ["pipe", "pipe", "pipe"],
    });
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
  };
  let running: ReturnType<typeof start> | undefined;
  return {
    async operate(stack, operation, { onOutput, onError, onEvent, color, diff }) {
      running ??= start(stack);
      const { child, lines } = running;
      child.stderr.removeAllListeners("data").on("data", (text) => onError?.(String(text)));
      child.stdin.write(`${JSON.stringify({ operation, options: { color, diff } })}\n`);
      for (;;) {
        const line = await lines.next();
        if (line.done) throw new Error("The driver has ended.");
        const { output, error, event, ended, failure } = JSON.parse(line.value) as Report;
        if (output !== undefined) onOutput?.(output);
        if (error !== undefined) onError?.(error);
        if (event !== undefined) onEvent?.(event);
        if (failure !== undefined) throw new Error(failure);
        if (ended) return { outputs: await stack.outputs() };
      }
    },
    stop: () => void running?.child.kill(),
  };
}
