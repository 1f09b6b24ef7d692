/** Helpers for the tests of the AWS clients. */
import { createHash } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { ClientOptions } from "../../../provider/aws/data-exchange";
import { openDataExchange } from "../../../provider/aws/data-exchange";
import type { ConnectionSettings } from "../../../provider/aws/settings";
import { useServers } from "../../harness/http";
import { body } from "../../simulation/host";

export const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

/** A client of the service at this address. */
export const open = (endpoint: string, more: Partial<ConnectionSettings> = {}, options?: ClientOptions) =>
  openDataExchange(
    { region: "us-east-1", accessKey: "AKID", secretKey: "secret", assumeRoles: [], endpoint, ...more },
    options,
  );

/** The body that most tests upload, and a file of zeros. */
export const text = "date,price\n2026-01-05,1.2 €\n";
export const size = Buffer.byteLength(text);
export const { hash } = body(text);

export async function writeZeros(path: string, bytes: number): Promise<string> {
  await writeFile(path, "");
  await truncate(path, bytes);
  return path;
}

export interface Received {
  request?: IncomingMessage;
  bytes: number;
  md5: string;
}

/** Starts servers that receive one body each, and answer as S3 does unless `answer` is given. */
export function useReceivers() {
  const serve = useServers();
  return async (
    answer = (response: ServerResponse): unknown => response.setHeader("etag", '"any"').end(),
  ): Promise<{ seen: Received; url: string }> => {
    const seen: Received = { bytes: 0, md5: "" };
    const { url } = await serve((request, response) => {
      seen.request = request;
      const md5 = createHash("md5");
      request.on("data", (chunk: Buffer) => {
        seen.bytes += chunk.length;
        md5.update(chunk);
      });
      request.on("end", () => {
        seen.md5 = md5.digest("base64");
        answer(response);
      });
    });
    return { seen, url: `${url}/key?X-Amz-Signature=planted` };
  };
}
