/** The S3 server that comes with the local service: in this process, on a loopback port of its own, its objects on disk. */
import type { S3Backend } from "./backend";
import { serviceBucket } from "./objects";
import { S3Server } from "./server/http";

export async function embeddedS3(): Promise<S3Backend> {
  const server = await S3Server.start(serviceBucket);
  return { endpoint: server.endpoint, stop: () => server.stop() };
}
