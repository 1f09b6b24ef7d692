import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

export const anySize = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** Serves the methods of a protocol on a free port of this machine. */
export async function serve(
  methods: UntypedServiceImplementation,
  service: ServiceDefinition = ResourceProviderService,
): Promise<{ port: number; stop: () => void }> {
  const server = new Server(anySize);
  server.addService(service, methods);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, stop: () => server.forceShutdown() };
}
