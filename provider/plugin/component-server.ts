/** Forwards Construct to the server of `components.ts`, which the first call starts. */
import { credentials } from "@grpc/grpc-js";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";

import { unlessAborted } from "../../lib/abort";
import { CodedError } from "../../lib/message-code";
import { StoppedError } from "../core/stop";
import type { ConstructingProvider } from "./components";
import { anySize } from "./server";

/** The engine stops a run after Ctrl-C, and also when another resource has failed. */
const runEnded = {
  code: "run-ended",
  text: "The run ended before the component was complete. Run `pulumi up` again to continue.",
};

export class ComponentServer {
  private client: Promise<ResourceProviderClient> | undefined;
  private provider: ConstructingProvider | undefined;
  private address = "";

  constructor(private readonly version: string) {}

  /**
   * Constructs a component for the engine at the address. Rejects with the error of gRPC, or when the signal is aborted,
   * because the SDK's server does not answer if the engine stops.
   */
  async construct(
    request: ConstructRequest,
    address: string,
    provider: ConstructingProvider,
    signal: AbortSignal,
  ): Promise<ConstructResponse> {
    this.provider = provider;
    const client = await (this.client ??= this.start(address));
    // A process that engines attach to serves one after another.
    if (address !== this.address) {
      const attach = new PluginAttach().setAddress(address);
      await new Promise<void>((resolve, reject) =>
        client.attach(attach, (error) => (error ? reject(error) : resolve())),
      );
      this.address = address;
    }
    const constructed = new Promise<ConstructResponse>((resolve, reject) =>
      client.construct(request, (error, response) => (error ? reject(error) : resolve(response))),
    );
    return unlessAborted(constructed, signal).catch((error: unknown) => {
      throw error instanceof StoppedError ? new CodedError(runEnded) : error;
    });
  }

  private async start(address: string): Promise<ResourceProviderClient> {
    const { serveComponents } = await import("./components.js");
    const port = await serveComponents(this.version, address, () => this.provider!);
    this.address = address;
    return new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), anySize);
  }
}
