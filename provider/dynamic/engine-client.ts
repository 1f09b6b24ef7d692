/**
 * The engine, as the host process of a dynamic provider can reach it: by the address on its command line. The SDK's
 * own `pulumi.log` does not know that address here, and a plain stdout line could not say which resource it is about.
 */
import { createRequire } from "node:module";
import { connect } from "node:net";

import type * as EngineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as EnginePb from "@pulumi/pulumi/proto/engine_pb";

import { CoalescingLoader } from "../../lib/coalescing-loader";
import { systemClock } from "../../lib/clock";

export type Severity = "INFO" | "WARNING";

/** Milliseconds that an engine has to take a message. */
const messageTimeout = 1_000;

export class Engine {
  /** Concurrent callers share one answer. */
  private readonly connections = new CoalescingLoader<boolean>({ clock: systemClock });
  private client: EngineGrpc.EngineClient | undefined;
  private everReached = false;
  private underWay = 0;

  /** `address` is `process.argv[2]` of the host; without one, messages go nowhere. */
  constructor(readonly address: string | undefined) {}

  /**
   * Shows a line on the row of the resource with that URN; an ephemeral one gives way to the next. Ends when the engine
   * has taken it, so that lines keep their order; never fails, and never takes long.
   */
  log(severity: Severity, message: string, urn = "", ephemeral = false): Promise<void> {
    const client = this.connect();
    if (!client) return Promise.resolve();
    const { LogRequest, LogSeverity } = sdk("./proto/engine_pb") as typeof EnginePb;
    const request = new LogRequest();
    request.setSeverity(LogSeverity[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    request.setStreamid(0);
    request.setEphemeral(ephemeral);
    // A message that cannot be shown is no reason for a job to fail or to wait.
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, messageTimeout);
      client.log(request, (error) => {
        this.everReached ||= !error;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Connects, so that the first message need not wait for it. */
  connect(): EngineGrpc.EngineClient | undefined {
    if (!this.address || this.client) return this.client;
    this.client = open(this.address);
    this.client.getChannel().getConnectivityState(true);
    return this.client;
  }

  /** Runs an operation on a resource, and lets the host live a little longer for it when the engine is gone. */
  async track<T>(operation: () => Promise<T>): Promise<T> {
    this.underWay++;
    try {
      return await operation();
    } finally {
      this.underWay--;
    }
  }

  /**
   * Ends the host once the engine is gone. A killed engine leaves its host behind, as a process of its own group that
   * nothing else would ever end. An operation under way has a grace period; what it does not finish is found by the next
   * run as after any crash, and must not keep that run waiting.
   */
  exitAfterEngine({
    exit = () => process.exit(),
    every = 5_000,
    grace = 60_000,
  }: { exit?: () => void; every?: number; grace?: number } = {}): void {
    if (!this.address) return;
    let goneAt: number | undefined;
    let hasEnded = false;
    const look = async () => {
      if (await this.isAlive()) return;
      goneAt ??= performance.now();
      if (this.underWay > 0 && performance.now() - goneAt < grace) return;
      clearInterval(timer);
      // Another look may have been under way.
      if (!hasEnded) exit();
      hasEnded = true;
    };
    const timer = setInterval(() => void look(), every).unref();
  }

  /** False once an engine that was there is gone, killed for example. */
  async isAlive(): Promise<boolean> {
    const { address } = this;
    if (!address) return true;
    const reached = await this.connections.get(address, () => canConnect(address));
    this.everReached ||= reached;
    return reached || !this.everReached;
  }
}

function open(address: string): EngineGrpc.EngineClient {
  const { EngineClient } = sdk("./proto/engine_grpc_pb") as typeof EngineGrpc;
  const { credentials } = sdk("@grpc/grpc-js") as { credentials: { createInsecure(): Credentials } };
  return new EngineClient(address, credentials.createInsecure());
}

type Credentials = ConstructorParameters<typeof EngineGrpc.EngineClient>[1];

/**
 * Loads what the SDK itself loads, gRPC included: a second copy would not know the first one's objects. Called when
 * the first message is sent, so that a check costs nothing of it.
 */
const sdk = (module: string): unknown => createRequire(require.resolve("@pulumi/pulumi"))(module);

const connectTimeout = 2_000;

/** Whether a process listens at an address such as `127.0.0.1:4321`. */
export function canConnect(address: string): Promise<boolean> {
  const [host, port] = address.replace(/^\w+:\/\//, "").split(":");
  if (!host || !Number(port)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: connectTimeout });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.on("connect", () => end(true));
    // Any other failure is this machine's, which may be out of ports or of memory; a busy one answers late.
    socket.on("error", ({ code }: NodeJS.ErrnoException) => end(code !== "ECONNREFUSED"));
    socket.on("timeout", () => end(true));
  });
}
