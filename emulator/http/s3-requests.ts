/** Requests to S3: through the same gate as all others, then to the S3 that there is. */
import { parseAuthorization } from "./caller";
import { ServiceError } from "./service-error";
import type { S3Backend } from "../storage/service-storage";
import type { HttpContext } from "./http-context";
import { useS3RequestId, sendS3Error } from "./http-context";
import type { Authenticator } from "./authenticate";
import { isMemoryLow } from "./request-body";

/** What S3 calls the refusals that other services share, and its status where that is another. */
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
    private readonly gate: Authenticator,
  ) {}

  async serve(exchange: HttpContext): Promise<void> {
    useS3RequestId(exchange);
    try {
      await this.gate.authenticate(exchange, parseAuthorization(exchange.request.headers, exchange.query));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const [code, status = error.status] = codes[error.code] ?? [error.code];
      return sendS3Error(exchange, status, code, error.message);
    }
    if (isMemoryLow(exchange) && !exchange.query.has("delete")) {
      return sendS3Error(
        exchange,
        503,
        "SlowDown",
        "The local service has no memory left; delete something.",
      );
    }
    return this.backend.handle(exchange);
  }
}
