/**
 * The engine, as the host process of a dynamic provider can reach it: by the address on its command line. The SDK's
 * own `pulumi.log` does not know that address here, and a plain stdout line could not say which resource it is about.
 */
import { createRequire } from "node:module";
import { connect } from "node:net";

import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

export type Severity = "INFO" | "WARNING";

const connectTimeout = 2_000;

export class Engine {
  private client: Promise<EngineClient> | undefined;
  private everReached = false;

  /** `address` is `process.argv[2]` of the host. */
  constructor(private readonly address: string | undefined) {}

  /** Shows a line on the row of the resource with that URN; an ephemeral one gives way to the next. */
  log(severity: Severity, message: string, urn: string | undefined, ephemeral: boolean): void {
    // A message that cannot be shown is no reason for a job to fail.
    this.send(severity, message, urn, ephemeral).catch(() => undefined);
  }

  /** False once an engine that was there is gone, killed for example; its host lives on and would work for nobody. */
  async isThere(): Promise<boolean> {
    if (!this.address) return true;
    const reached = await canConnect(this.address);
    this.everReached ||= reached;
    return reached || !this.everReached;
  }

  private async send(severity: Severity, message: string, urn = "", ephemeral: boolean): Promise<void> {
    if (!this.address) return;
    const { LogRequest, LogSeverity } = await import("@pulumi/pulumi/proto/engine_pb.js");
    const request = new LogRequest();
    request.setSeverity(LogSeverity[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    request.setStreamid(0);
    request.setEphemeral(ephemeral);
    this.client ??= open(this.address);
    (await this.client).log(request, () => undefined);
  }
}

// Loaded when the first message is sent, so that a check costs nothing of it.
async function open(address: string): Promise<EngineClient> {
  const { EngineClient } = await import("@pulumi/pulumi/proto/engine_grpc_pb.js");
  // gRPC belongs to the SDK, and is found where the SDK finds it; a second copy would not know the first one's objects.
  const grpc = createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as Grpc;
  return new EngineClient(address, grpc.credentials.createInsecure());
}

interface Grpc {
  credentials: { createInsecure(): ConstructorParameters<typeof EngineClient>[1] };
}

function canConnect(address: string): Promise<boolean> {
  const [host, port] = address.replace(/^\w+:\/\//, "").split(":");
  if (!host || !Number(port)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: connectTimeout });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.on("connect", () => end(true)).on("error", () => end(false));
    // No answer is no proof of death: a busy machine answers late.
    socket.on("timeout", () => end(true));
  });
}
