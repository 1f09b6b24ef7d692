/** Lets callers in, or refuses them: who calls, for which account, and whether the signature is theirs. */
import type { Authorization } from "./caller";
import { parseAuthorization } from "./caller";
import type { Credentials, Session, Sessions } from "./credentials";
import { ServiceError } from "./service-error";
import { assertNotExpired, verifySignature } from "./signature";
import type { HttpContext } from "./http-context";

/** A caller that was let in. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

export class Authenticator {
  constructor(
    private readonly credentials: Credentials,
    private readonly sessions: Sessions,
  ) {}

  /** Whether only known key pairs are let in. */
  get verifiesSignatures(): boolean {
    return this.credentials.isRestricted;
  }

  /** A caller whose request may be served. Throws the service's answer to every other. */
  async authenticate(exchange: HttpContext, caller: Authorization, body?: Buffer): Promise<CallerIdentity> {
    const { accessKeyId } = caller;
    const session = this.sessions.find(accessKeyId, caller.sessionToken);
    const { method, path, query, request } = exchange;
    const signed = { method, path, query, headers: request.headersDistinct, body };
    if (this.verifiesSignatures) await verifySignature(signed, caller, this.#secretOf(accessKeyId, session));
    else assertNotExpired(signed, caller);
    if (session) return session;
    const account = this.credentials.accountFor(accessKeyId);
    return { account, arn: `arn:aws:iam::${account}:root`, userId: accessKeyId };
  }

  #secretOf(accessKeyId: string, session: Session | undefined): string {
    const secret = session ? this.sessions.secretOf(session) : this.credentials.secretOf(accessKeyId);
    if (secret !== undefined) return secret;
    throw new ServiceError(
      "UnrecognizedClientException",
      403,
      "The security token included in the request is invalid.",
    );
  }
}

/** The service that a request was signed for; of one that was not, the service whose address it has. */
export function serviceOf(exchange: HttpContext): string {
  const { request, query, method, path } = exchange;
  try {
    return parseAuthorization(request.headers, query).service;
  } catch {
    // No bucket can be called v1.
    if (/^\/(v1|tags)(\/|$)/.test(path)) return "dataexchange";
    return method === "POST" && path === "/" ? "sts" : "s3";
  }
}
