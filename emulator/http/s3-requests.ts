/** Authenticates requests to S3 and passes them to the S3 backend. */
import { parseAuthorization } from "./caller";
import { ServiceError } from "./service-error";
import type { S3Backend } from "../storage/service-storage";
import type { HttpContext } from "./http-context";
import { useS3RequestId, sendS3Error } from "./http-context";
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

  async serve(exchange: HttpContext): Promise<void> {
    useS3RequestId(exchange);
    try {
      const authorization = parseAuthorization(exchange.request.headers, exchange.query);
      await this.authenticator.authenticate(exchange, authorization);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const [code, status = error.status] = codes[error.code] ?? [error.code];
      return sendS3Error(exchange, status, code, error.message);
    }
    if (isMemoryLow(exchange) && !exchange.query.has("delete")) {
      const message = "The local service has no memory left; delete something.";
      return sendS3Error(exchange, 503, "SlowDown", message);
    }
    return this.backend.handle(exchange);
  }
}
