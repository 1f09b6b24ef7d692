/**
 * The process `pulumi-resource-dataexchange`: serves the engine, which reads the port from the first line of stdout. With
 * `--version` it prints its version instead, as Pulumi's own plugins do.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import * as grpc from "@grpc/grpc-js";
import * as engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as enginePb from "@pulumi/pulumi/proto/engine_pb";

import { Engine } from "../engine/engine-client";
import { describeEngineExit } from "../host/host";
import { protocol } from "./protocol";
import { PluginHost, Run } from "./run";
import { serve } from "./server";

/** The bundle contains these modules, because there is no package to load them from. */
const modules: Readonly<Record<string, unknown>> = {
  "@grpc/grpc-js": grpc,
  "./proto/engine_grpc_pb": engineGrpc,
  "./proto/engine_pb": enginePb,
};

let port: number | undefined;

function open(address: string | undefined): Run {
  // An engine listens before it starts a plugin. It may end before it is reached, for example by an error of the program.
  const engine = new Engine(address, (module) => modules[module], true);
  const run = new Run(engine, new PluginHost(engine, () => port));
  engine.exitAfterEngine({ onExit: () => run.stop(describeEngineExit), every: 1_000 });
  return run;
}

/** The engine's address. Flags for logging and tracing may stand before it. */
const address = process.argv
  .slice(2)
  .find((arg, i, all) => !arg.startsWith("-") && all[i - 1] !== "--tracing");

/** The build puts the schema beside the bundle. */
const readSchema = (): Promise<string> => readFile(join(__dirname, "schema.json"), "utf8");

async function main(): Promise<void> {
  const { version } = JSON.parse(await readSchema()) as { version: string };
  if (process.argv.includes("--version")) return console.log(version);
  ({ port } = await serve(protocol({ version, readSchema, open, address })));
  console.log(port);
}

void main();
