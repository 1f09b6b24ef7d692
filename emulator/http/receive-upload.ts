/** Takes the body that is put to a job's signed URL, with the checks that S3 makes of one. */
import type { IncomingMessage } from "node:http";
import { randomUUID } from "node:crypto";
import { jobTypeOf } from "../../service-model/job-types/index";
import type { ServiceStorage } from "../storage/service-storage";
import type { Job } from "../state/records";

/** A refusal as S3 words it. */
export class S3Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "S3Refusal";
  }
}

/**
 * The body becomes the job's upload only when all of it has come and fits; until then the one before stays. One that
 * comes when the job waits no longer is taken, as S3 does, and kept for nobody. Resolves to the ETag.
 */
export async function receiveUpload(
  request: IncomingMessage,
  job: Job,
  key: string,
  objects: ServiceStorage,
): Promise<string> {
  const size = lengthOf(request, jobTypeOf(job.type).upload?.maxBytes ?? 0);
  const promised = promisedMd5(request);
  const kept = `${key}/${randomUUID()}`;
  // A body that is refused half-way must not take the connection with it, which the refusal still has to go through.
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  job.arriving = (job.arriving ?? 0) + 1;
  try {
    const hex = await objects.writeObject(kept, body, size, request.headers["content-type"]);
    const md5 = Buffer.from(hex, "hex").toString("base64");
    if (promised !== undefined && promised !== md5) {
      throw new S3Refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
    const isAwaited = job.state === "WAITING";
    const useless = isAwaited ? job.upload?.key : kept;
    if (isAwaited) job.upload = { key: kept, md5, size };
    if (useless !== undefined) void objects.deleteObjects([useless]);
    return `"${hex}"`;
  } catch (error) {
    void objects.deleteObjects([kept]);
    throw error;
  } finally {
    job.arriving -= 1;
  }
}

function lengthOf({ headers }: IncomingMessage, most: number): number {
  const length = headers["content-length"];
  if (length === undefined) {
    throw new S3Refusal(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  const size = Number(length);
  if (size > most) {
    throw new S3Refusal(
      400,
      "EntityTooLarge",
      "Your proposed upload exceeds the maximum allowed object size.",
    );
  }
  return size;
}

function promisedMd5({ headers }: IncomingMessage): string | undefined {
  const md5 = headers["content-md5"];
  if (md5 === undefined) return undefined;
  if (typeof md5 !== "string" || !/^[A-Za-z0-9+/]{22}==$/.test(md5)) {
    throw new S3Refusal(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
  }
  return md5;
}
