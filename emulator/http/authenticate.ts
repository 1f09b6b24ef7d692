/** Authenticates callers: verifies their signatures and finds their accounts. */
import type { Authorization } from "./caller";
import { parseAuthorization } from "./caller";
import type { Credentials, Session, Sessions } from "./credentials";
import { ApiError } from "../state/api-error";
import { assertNotExpired, verifySignature } from "./signature";
import type { HttpContext } from "./http-context";

/** An authenticated caller. */
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

  /** Whether signatures are verified. They are if only listed key pairs are accepted. */
  get verifiesSignatures(): boolean {
    return this.credentials.isRestricted;
  }

  /** Returns the caller. @throws ApiError if the request must be rejected. */
  async authenticate(context: HttpContext, caller: Authorization, body?: Buffer): Promise<CallerIdentity> {
    const { accessKeyId } = caller;
    const session = this.sessions.find(accessKeyId, caller.sessionToken);
    const { method, path, query, request } = context;
    const signedRequest = { method, path, query, headers: request.headersDistinct, body };
    if (this.verifiesSignatures)
      await verifySignature(signedRequest, caller, this.#secretOf(accessKeyId, session));
    else assertNotExpired(signedRequest, caller);
    if (session) return session;
    const account = this.credentials.accountFor(accessKeyId);
    return { account, arn: `arn:aws:iam::${account}:root`, userId: accessKeyId };
  }

  #secretOf(accessKeyId: string, session: Session | undefined): string {
    const secret = session ? this.sessions.secretOf(session) : this.credentials.secretOf(accessKeyId);
    if (secret !== undefined) return secret;
    throw new ApiError(
      "UnrecognizedClientException",
      403,
      "The security token included in the request is invalid.",
    );
  }
}

/** Returns the service in the scope of a request's signature. The path determines the service of unsigned requests. */
export function serviceOf(context: HttpContext): string {
  const { request, query, method, path } = context;
  try {
    return parseAuthorization(request.headers, query).service;
  } catch {
    // No bucket can have the name v1, because names have at least three characters.
    if (/^\/(v1|tags)(\/|$)/.test(path)) return "dataexchange";
    return method === "POST" && path === "/" ? "sts" : "s3";
  }
}
