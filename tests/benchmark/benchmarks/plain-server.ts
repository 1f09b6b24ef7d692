/** The simplest object server, run as a separate process: a PUT writes a file, a GET reads it. */
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

const [, , folder = ""] = process.argv;
const path = join(folder, "body");

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "PUT") await pipeline(request, createWriteStream(path));
  if (request.method === "DELETE") await rm(path, { force: true });
  if (request.method !== "GET") return void response.end();
  response.setHeader("content-length", (await stat(path)).size);
  await pipeline(createReadStream(path), response);
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
