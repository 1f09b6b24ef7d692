/** The process `pulumi-resource-dataexchange`: serves the engine, which reads the port from the first line of stdout. */
import * as grpc from "@grpc/grpc-js";
import * as engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as enginePb from "@pulumi/pulumi/proto/engine_pb";

import { Engine } from "../engine/engine-client";
import { describeEngineExit } from "../host/host";
import { readVersion } from "./package-files";
import { protocol } from "./protocol";
import { Run } from "./run";
import { serve } from "./server";

/** A bundle contains these modules, and no package to load them from. */
const modules: Readonly<Record<string, unknown>> = {
  "@grpc/grpc-js": grpc,
  "./proto/engine_grpc_pb": engineGrpc,
  "./proto/engine_pb": enginePb,
};

function open(address: string | undefined): Run {
  const engine = new Engine(address, (module) => modules[module]);
  const run = new Run(engine);
  engine.exitAfterEngine({ onExit: () => run.stop(describeEngineExit) });
  return run;
}

/** The engine's address. Flags for logging and tracing may stand before it. */
const address = process.argv
  .slice(2)
  .find((arg, i, all) => !arg.startsWith("-") && all[i - 1] !== "--tracing");

async function main(): Promise<void> {
  const { port } = await serve(protocol({ version: await readVersion(), open, address }));
  console.log(port);
}

void main();
