/**
 * A local STS: GetCallerIdentity, AssumeRole and AssumeRoleWithWebIdentity. There are no roles and no trust policies, so
 * every authenticated caller can assume any role. Calls with a role's credentials act in the account of its ARN.
 */
import { createHash } from "node:crypto";
import { parseAuthorization } from "./caller";
import { ApiError } from "../state/api-error";
import type { Sessions } from "./credentials";
import { encodeId } from "./credentials";
import type { BodyReader } from "./request-body";
import type { XmlMembers } from "../s3/xml";
import { writeXml } from "../s3/xml";
import type { HttpContext } from "./http-context";
import type { CallerIdentity, Authenticator } from "./authenticate";

const maxBodyBytes = 64 * 1024;

export class StsApi {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly sessions: Sessions,
    private readonly bodies: BodyReader,
  ) {}

  async serve(context: HttpContext): Promise<void> {
    try {
      const body = await this.bodies.read(context, maxBodyBytes);
      const given = new URLSearchParams(body.toString("utf8"));
      // Presigned requests have their parameters in the query, others in the body.
      const input = given.has("Action") ? given : context.query;
      const action = input.get("Action") ?? "";
      context.operation = `sts ${action}`;
      sendResult(context, action, await this.#perform(action, input, context, body));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      sendStsError(context, error);
    }
  }

  async #perform(
    action: string,
    input: URLSearchParams,
    context: HttpContext,
    body: Buffer,
  ): Promise<XmlMembers> {
    if (action === "AssumeRoleWithWebIdentity") return this.#assumeRoleWithWebIdentity(input);
    const { request, query } = context;
    const authorization = parseAuthorization(request.headers, query);
    const caller = await this.authenticator.authenticate(context, authorization, body);
    if (action === "GetCallerIdentity") return identityMembers(caller);
    if (action === "AssumeRole") return this.#assumeRole(input);
    throw new ApiError(
      "InvalidAction",
      400,
      `The local STS implements GetCallerIdentity, AssumeRole and AssumeRoleWithWebIdentity, not ${action}.`,
    );
  }

  /** This call is not signed: its token identifies the caller. No identity provider verifies the token here. */
  #assumeRoleWithWebIdentity(input: URLSearchParams): XmlMembers {
    if (this.authenticator.verifiesSignatures) {
      throw new ApiError(
        "AccessDenied",
        403,
        "The local service verifies signatures, but cannot verify web identity tokens; use AssumeRole.",
      );
    }
    const token = input.get("WebIdentityToken") ?? "";
    if (token.length < 4) throw invalidInput("webIdentityToken", token.length, "at least 4 characters");
    return {
      SubjectFromWebIdentityToken: "local",
      Audience: "local",
      Provider: "local",
      ...this.#assumeRole(input),
    };
  }

  #assumeRole(input: URLSearchParams): XmlMembers {
    const { account, role } = roleIn(input);
    const name = input.get("RoleSessionName") ?? "";
    if (!/^[\w+=,.@-]{2,64}$/.test(name)) throw invalidInput("roleSessionName", name, "[\\w+=,.@-]{2,64}");
    const seconds = Number(input.get("DurationSeconds") ?? 3600);
    if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) {
      throw invalidInput("durationSeconds", seconds, "from 900 to 43200");
    }
    const arn = `arn:aws:sts::${account}:assumed-role/${role}/${name}`;
    const roleId = `AROA${encodeId(createHash("sha256").update(`${account}/${role}`).digest())}`;
    const userId = `${roleId}:${name}`;
    // Clients parse whole seconds.
    const expiresAt = (Math.floor(Date.now() / 1000) + seconds) * 1000;
    const session = this.sessions.issue({ account, arn, userId, expiresAt });
    return {
      AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: new Date(expiresAt).toISOString().replace(/\.\d+/, ""),
      },
      PackedPolicySize: "0",
    };
  }
}

const identityMembers = ({ userId, account, arn }: CallerIdentity): XmlMembers => ({
  UserId: userId,
  Account: account,
  Arn: arn,
});

/** Returns the account and the name of the role. The ARN of a session omits the role's path. */
function roleIn(input: URLSearchParams): { readonly account: string; readonly role: string } {
  const arn = input.get("RoleArn") ?? "";
  const [, account, role] =
    /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]{1,64})$/.exec(arn) ?? [];
  if (account === undefined || role === undefined) {
    throw invalidInput("roleArn", arn, "arn:aws:iam::ACCOUNT:role/NAME");
  }
  return { account, role };
}

const invalidInput = (name: string, value: string | number, wanted: string): ApiError =>
  new ApiError(
    "ValidationError",
    400,
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ${wanted}`,
  );

/** STS's XML. */

/** STS's code for errors that other services share. */
const codes: Readonly<Record<string, string>> = {
  UnrecognizedClientException: "InvalidClientTokenId",
  InvalidSignatureException: "SignatureDoesNotMatch",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  IncompleteSignatureException: "IncompleteSignature",
  AccessDeniedException: "AccessDenied",
  ExpiredTokenException: "ExpiredToken",
};

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

function sendResult(context: HttpContext, action: string, result: XmlMembers): void {
  const { requestId } = context;
  send(context, 200, `${action}Response`, {
    [`${action}Result`]: result,
    ResponseMetadata: { RequestId: requestId },
  });
}

function sendStsError(context: HttpContext, { code, status, message }: ApiError): void {
  const error = { Type: "Sender", Code: codes[code] ?? code, Message: message };
  send(context, status, "ErrorResponse", { Error: error, RequestId: context.requestId });
}

function send({ response }: HttpContext, status: number, name: string, members: XmlMembers): void {
  const body = writeXml({ [name]: { "@xmlns": namespace, ...members } });
  response.setHeader("content-type", "text/xml");
  response.setHeader("content-length", Buffer.byteLength(body));
  response.writeHead(status).end(body);
}
