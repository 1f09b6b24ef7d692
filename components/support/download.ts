/** The bytes behind a signed URL, streamed into a file as they are. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { getConfig } from "@pulumi/pulumi/runtime/config";

import { networkOf } from "../../provider/aws/network";
import { connectionSettings } from "../../provider/aws/settings";
import { redact } from "../../lib/redact";
import { backoffDelay } from "../../lib/backoff";

/** A connection on which nothing moves for so long is given up; milliseconds. */
const idleTimeout = 60_000;

/** How often a download that broke off is begun. */
const attempts = 4;

export interface Downloaded {
  /** In bytes. */
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/** Fails with a sentence that holds nothing of the URL's secrets. */
export async function download(url: string, to: string): Promise<Downloaded> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(url, to);
    } catch (error) {
      if (error instanceof Refused || attempt + 1 === attempts) {
        throw new Error(`${redact(url)}: ${redact((error as Error).message)}`, { cause: error });
      }
      await sleep(backoffDelay(attempt));
    }
  }
}

/** An answer that would be the same the next time. */
class Refused extends Error {}

/** Not by `fetch`, which unpacks what is stored with a Content-Encoding. */
async function once(url: string, to: string): Promise<Downloaded> {
  const response = await open(url);
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) {
    const text = await beginningOf(response);
    const code = /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
    const Kind = statusCode >= 500 || statusCode === 429 ? Error : Refused;
    throw new Kind(`the server answers ${statusCode}${code ? ` ${code}` : ""}`);
  }
  const hash = createHash("sha256");
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(response, measure, createWriteStream(to, { flush: true }));
  const announced = headers["content-length"];
  if (announced !== undefined && Number(announced) !== size) {
    throw new Error(`${size} bytes came instead of ${announced}`);
  }
  return { size, sha256: hash.digest("hex") };
}

async function open(url: string): Promise<IncomingMessage> {
  const { httpAgent, httpsAgent } = (await networkOf(connectionSettings({}, getConfig))).aws;
  return new Promise((resolve, reject) => {
    const request = url.startsWith("https:")
      ? httpsGet(url, { timeout: idleTimeout, agent: httpsAgent })
      : httpGet(url, { timeout: idleTimeout, agent: httpAgent });
    request.on("response", resolve).on("error", reject);
    request.on("timeout", () => request.destroy(new Error("nothing moved for a minute")));
  });
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += chunk as string;
    if (text.length > 4096) break;
  }
  return text;
}
