/**
 * Keys for the secrets of stacks. From a passphrase, the CLI derives a key at every start, which takes a sixth of the
 * processor time of a run. From a key service it receives the key in an answer, and encrypts with it in the same way. This
 * server answers as Vault does, one of the services that the CLI supports.
 */
import type { AddressInfo } from "node:net";
import { createServer } from "node:http";

import type { StackSettings } from "@pulumi/pulumi/automation";

/** Settings of a stack whose key the service decrypts. */
export const withServedKey = {
  secretsProvider: "hashivault://tests",
  encryptedKey: Buffer.from("vault:v1:key").toString("base64"),
} as StackSettings;

let started: Promise<Readonly<Record<string, string>>> | undefined;

/** Starts the service of this process. Returns the environment by which the CLI finds it. */
export const serveKeys = (): Promise<Readonly<Record<string, string>>> =>
  (started ??= new Promise((resolve, reject) => {
    // The CLI decodes both the answer and the key.
    const plaintext = Buffer.alloc(32, "key of the tests").toString("base64");
    const server = createServer((request, response) => {
      request.resume();
      response.setHeader("content-type", "application/json").end(JSON.stringify({ data: { plaintext } }));
    });
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve({ VAULT_ADDR: `http://127.0.0.1:${port}`, VAULT_TOKEN: "any" });
    });
    // Tests end while it listens.
    server.unref();
  }));
