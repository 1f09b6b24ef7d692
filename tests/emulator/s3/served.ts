/** S3 by itself on a port of its own, for tests that ask nothing of the service around it. */
import { randomUUID } from "node:crypto";
import type { TestServer } from "../../harness/http";
import { startServer } from "../../harness/http";
import { S3 } from "../../../emulator/s3/s3";

export class ServedS3 {
  private constructor(
    private readonly s3: S3,
    private readonly server: TestServer,
  ) {}

  static async start(): Promise<ServedS3> {
    const s3 = await S3.open();
    const server = await startServer((request, response) => {
      void s3.handle({ request, response, target: request.url!, requestId: randomUUID() });
    });
    return new ServedS3(s3, server);
  }

  get endpoint(): string {
    return this.server.url;
  }

  /** Where the objects' files are. */
  get directory(): string {
    return this.s3.files.directory;
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.s3.close();
  }
}
