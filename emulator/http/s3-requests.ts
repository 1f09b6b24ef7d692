/** Authenticates requests to S3 and passes them to the S3 backend. */
import { parseAuthorization } from "./caller";
import { ApiError } from "../state/api-error";
import type { S3Backend } from "../storage/service-storage";
import type { HttpContext } from "./http-context";
import { useS3RequestId } from "./http-context";
import { sendS3Error } from "../s3/s3-server";
import { S3Error } from "../s3/errors";
import type { Authenticator } from "./authenticate";
import { isMemoryLow } from "./request-body";

/** S3's code for errors that other services share, and its status if that differs. */
const codes: Readonly<Record<string, readonly [code: string, status?: number]>> = {
  MissingAuthenticationTokenException: ["AccessDenied"],
  IncompleteSignatureException: ["AuthorizationHeaderMalformed", 400],
  UnrecognizedClientException: ["InvalidAccessKeyId"],
  InvalidSignatureException: ["SignatureDoesNotMatch"],
  ExpiredTokenException: ["ExpiredToken", 400],
};

export class S3Requests {
  constructor(
    private readonly backend: S3Backend,
    private readonly authenticator: Authenticator,
  ) {}

  async serve(context: HttpContext): Promise<void> {
    useS3RequestId(context);
    try {
      const authorization = parseAuthorization(context.request.headers, context.query);
      await this.authenticator.authenticate(context, authorization);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const [code, status = error.status] = codes[error.code] ?? [error.code];
      return sendS3Error(context, { status, code, message: error.message });
    }
    if (isMemoryLow(context) && !context.query.has("delete")) {
      const message = "The local service is short of memory; delete objects.";
      return sendS3Error(context, new S3Error("SlowDown", { Message: message }));
    }
    return this.backend.handle(context);
  }
}
