/** A language host that runs one command, for languages whose own host is in no registry of packages. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import type { sendUnaryData, ServerUnaryCall } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { GetRequiredPluginsResponse, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

import { serve } from "../../provider/plugin/server";
import type { Operate } from "../harness/stack";

export interface ProgramHost {
  readonly operate: Operate;
  readonly stop: () => unknown;
}

/** The environment by which the SDKs of Go and Java find the engine. */
const environmentOf = (request: RunRequest): Record<string, string> => ({
  PULUMI_PROJECT: request.getProject(),
  PULUMI_STACK: request.getStack(),
  PULUMI_ORGANIZATION: request.getOrganization(),
  PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
  PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  PULUMI_DRY_RUN: String(request.getDryrun()),
  PULUMI_PARALLEL: String(request.getParallel()),
  PULUMI_MONITOR: request.getMonitorAddress(),
  PULUMI_ENGINE: request.getArgsList()[0] ?? "",
});

/** Runs the command for each run of the program. */
export async function programHost(command: string, ...args: string[]): Promise<ProgramHost> {
  const run = ({ request }: Call<RunRequest>, callback: sendUnaryData<RunResponse>): void => {
    const env = { ...process.env, ...environmentOf(request) };
    const child = spawn(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    let last = "";
    createInterface(child.stderr).on("line", (line) => (last = line));
    child.once("error", (error) => callback(error));
    child.once("close", (code) => {
      const response = new RunResponse();
      // The engine has reported an error of a resource already.
      if (code !== 0) response.setError(last || `The program ended with exit code ${code}.`);
      callback(null, response);
    });
  };
  const methods = {
    run,
    getPluginInfo: (_: unknown, callback: sendUnaryData<PluginInfo>) =>
      callback(null, new PluginInfo().setVersion("1.0.0")),
    getRequiredPlugins: (_: unknown, callback: sendUnaryData<GetRequiredPluginsResponse>) =>
      callback(null, new GetRequiredPluginsResponse()),
  };
  const { port, stop } = await serve(methods, LanguageRuntimeService);
  const operate: Operate = (stack, operation, options) => {
    const args = operation === "up" || operation === "preview" ? [`--client=127.0.0.1:${port}`] : [];
    stack.workspace.serializeArgsForOp = () => Promise.resolve(args);
    return stack[operation](options);
  };
  return { operate, stop };
}

type Call<T> = ServerUnaryCall<T, unknown>;
