/** Lets callers in, or refuses them: who calls, for which account, and whether the signature is theirs. */
import type { Caller } from "../protocol/caller";
import { readCaller } from "../protocol/caller";
import type { Credentials } from "../protocol/credentials";
import { ServiceError } from "../protocol/service-error";
import { verifySignature } from "../protocol/signature";
import type { Exchange } from "./exchange";

export class Gate {
  constructor(private readonly credentials: Credentials) {}

  /** The account of a caller whose request may be served. Throws the service's answer to every other. */
  async admit(exchange: Exchange, caller: Caller, body?: Buffer): Promise<string> {
    const { accessKeyId } = caller;
    if (this.credentials.closed) {
      const secret = this.credentials.secretOf(accessKeyId);
      if (secret === undefined) {
        throw new ServiceError(
          "UnrecognizedClientException",
          403,
          "The security token included in the request is invalid.",
        );
      }
      const { method, path, query, request } = exchange;
      await verifySignature({ method, path, query, headers: request.headersDistinct, body }, caller, secret);
    }
    return this.credentials.accountOf(accessKeyId);
  }
}

/** The service that a request was signed for; of one that was not, the service whose address it has. */
export function serviceOf(exchange: Exchange): string {
  const { request, query, method, path } = exchange;
  try {
    return readCaller(request.headers, query).service;
  } catch {
    // No bucket can be called v1.
    if (/^\/(v1|tags)(\/|$)/.test(path)) return "dataexchange";
    return method === "POST" && path === "/" ? "sts" : "s3";
  }
}
