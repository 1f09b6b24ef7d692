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

/** The service that a request was signed for; nothing when it was not signed. */
export function serviceOf({ request, query }: Exchange): string | undefined {
  try {
    return readCaller(request.headers, query).service;
  } catch {
    return undefined;
  }
}
