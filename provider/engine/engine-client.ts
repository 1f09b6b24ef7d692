/**
 * Reaches the engine from the process of a provider, by the address that the engine has passed to it. The SDK's `pulumi.log`
 * does not use that address, and a line on stdout has no resource.
 */
import { createRequire } from "node:module";

import type * as EngineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as EnginePb from "@pulumi/pulumi/proto/engine_pb";

import { canConnect } from "../../lib/can-connect";
import { CoalescingLoader } from "../../lib/coalescing-loader";
import { systemClock } from "../../lib/clock";
import type { Severity } from "../host/engine";

/** Milliseconds that the engine has to accept a message. */
const messageTimeout = 1_000;

export class Engine {
  /** Concurrent callers share one connection attempt. */
  private readonly connections = new CoalescingLoader<boolean>({ clock: systemClock });
  private client: EngineGrpc.EngineClient | undefined;
  private inProgress = 0;

  /**
   * Without an address, messages go nowhere. `load` returns `@grpc/grpc-js` and the SDK's modules by their paths in the SDK.
   * `everReached` says that the engine listened before this process started.
   */
  constructor(
    readonly address: string | undefined,
    private readonly load: LoadModule = loadFromSdk,
    private everReached = false,
  ) {}

  /**
   * Shows a line on the row of the resource with that URN; the next line replaces an ephemeral one. Resolves when the engine
   * has accepted the line, so that lines keep their order, or after a timeout. Never rejects.
   */
  log(severity: Severity, message: string, urn = "", ephemeral = false): Promise<void> {
    const client = this.connect();
    if (!client) return Promise.resolve();
    const { LogRequest, LogSeverity } = this.load("./proto/engine_pb") as typeof EnginePb;
    const request = new LogRequest();
    request.setSeverity(LogSeverity[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    request.setStreamid(0);
    request.setEphemeral(ephemeral);
    // A job does not fail or wait because of a message.
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, messageTimeout);
      client.log(request, (error) => {
        this.everReached ||= !error;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Connects before the first message. */
  connect(): EngineGrpc.EngineClient | undefined {
    if (!this.address || this.client) return this.client;
    this.client = this.open(this.address);
    this.client.getChannel().getConnectivityState(true);
    return this.client;
  }

  /** Runs an operation on a resource. The host gives it a grace period after the engine has exited. */
  async track<T>(operation: () => Promise<T>): Promise<T> {
    this.inProgress++;
    try {
      return await operation();
    } finally {
      this.inProgress--;
    }
  }

  /**
   * Ends the host after the engine has exited, because a killed engine leaves its host behind in another process group. An
   * operation in progress has a grace period. The next run resumes the rest, as after any crash, and must not wait long.
   * `onExit` is called once, as soon as the exit is noticed.
   */
  exitAfterEngine({
    exit = () => process.exit(),
    every = 5_000,
    grace = 60_000,
    onExit = () => undefined,
  }: { exit?: () => void; every?: number; grace?: number; onExit?: () => void } = {}): void {
    if (!this.address) return;
    let exitedAt: number | undefined;
    let hasEnded = false;
    const look = async () => {
      if (await this.isAlive()) return;
      if (exitedAt === undefined) onExit();
      exitedAt ??= performance.now();
      if (this.inProgress > 0 && performance.now() - exitedAt < grace) return;
      clearInterval(timer);
      // Another check may have run at the same time.
      if (!hasEnded) exit();
      hasEnded = true;
    };
    const timer = setInterval(() => void look(), every).unref();
  }

  /**
   * False if the engine cannot be reached, for example because it was killed. An engine that was never reached counts as alive,
   * unless it is known to have listened.
   */
  async isAlive(): Promise<boolean> {
    const { address } = this;
    if (!address) return true;
    const reached = await this.connections.get(address, () => canConnect(address));
    this.everReached ||= reached;
    return reached || !this.everReached;
  }

  private open(address: string): EngineGrpc.EngineClient {
    const { EngineClient } = this.load("./proto/engine_grpc_pb") as typeof EngineGrpc;
    const { credentials } = this.load("@grpc/grpc-js") as { credentials: { createInsecure(): Credentials } };
    return new EngineClient(address, credentials.createInsecure());
  }
}

export type LoadModule = (module: string) => unknown;

type Credentials = ConstructorParameters<typeof EngineGrpc.EngineClient>[1];

/**
 * Loads modules of the SDK's own copy, gRPC included, because objects of two copies do not work together. Called for the
 * first message, so that a check does not load them.
 */
const loadFromSdk: LoadModule = (module) =>
  createRequire(require.resolve("@pulumi/pulumi"))(module) as unknown;
