/** Small servers on this machine, which go with the test. */
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SmallServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export async function serve(listener: RequestListener): Promise<SmallServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Servers of one suite, closed after each of its tests. */
export function useServers(): (listener: RequestListener) => Promise<SmallServer> {
  const open: SmallServer[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
  return async (listener) => {
    const server = await serve(listener);
    open.push(server);
    return server;
  };
}

/** Who signed a request. */
export interface Signer {
  accessKeyId?: string;
  region?: string;
  token?: string;
}

export function signerOf({ headers }: IncomingMessage): Signer {
  const [, accessKeyId, region] =
    /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
  const token = headers["x-amz-security-token"] as string | undefined;
  return { accessKeyId, region, ...(token !== undefined && { token }) };
}

/** What the text of a request or of an answer says. */
export async function textOf(message: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
