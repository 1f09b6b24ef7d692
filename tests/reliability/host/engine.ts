/** As much of an engine as its providers speak to: it takes their messages. */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

export class MessageTaker {
  /** What providers had to say, oldest first. */
  readonly messages: string[] = [];
  private readonly server = new Server();

  private constructor() {
    const log: IEngineServer["log"] = ({ request }, done) => {
      this.messages.push(request.getMessage());
      done(null, new Empty());
    };
    this.server.addService(EngineService, { log });
  }

  static async start(): Promise<MessageTaker & { readonly address: string }> {
    const taker = new MessageTaker();
    const port = await new Promise<number>((resolve, reject) =>
      taker.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return Object.assign(taker, { address: `127.0.0.1:${port}` });
  }

  stop(): void {
    this.server.forceShutdown();
  }
}
