/** The S3 server that comes with the local service: fauxqs, in this process, on a loopback port of its own. */
import type { S3Backend } from "./backend";

/** fauxqs takes 11 MiB; S3 takes objects of 5 GB in one request. */
const bodyLimit = 5 * 1024 ** 3;

export async function embeddedS3(): Promise<S3Backend> {
  // fauxqs is an ES module without an entry for `require`.
  const { buildApp } = await import("fauxqs");
  const app = buildApp({ logger: false });
  // Its parsers of SQS and SNS would swallow objects of their content types.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit }, (_request, body, done) => done(null, body));
  const endpoint = await app.listen({ host: "127.0.0.1", port: 0 });
  return { endpoint, stop: () => app.close() };
}
