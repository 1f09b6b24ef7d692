/** The process that `pulumi-resource-aws` is: it serves the engine and says on which port. */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { version } from "@pulumi/aws/package.json";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

import { protocol } from "./protocol";
import { StandIn } from "./provider";

const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(ResourceProviderService, protocol(new StandIn(), version));
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
