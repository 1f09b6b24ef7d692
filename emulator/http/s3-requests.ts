/** Requests to S3: through the same gate as all others, then to the S3 that there is. */
import { readCaller } from "./caller";
import { ServiceError } from "./service-error";
import type { S3Backend } from "../storage/service-storage";
import type { Exchange } from "./http-context";
import { asS3, sendXmlError } from "./http-context";
import type { Gate } from "./authenticate";
import { memoryIsShort } from "./memory";

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
    private readonly gate: Gate,
  ) {}

  async serve(exchange: Exchange): Promise<void> {
    asS3(exchange);
    try {
      await this.gate.admit(exchange, readCaller(exchange.request.headers, exchange.query));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const [code, status = error.status] = codes[error.code] ?? [error.code];
      return sendXmlError(exchange, status, code, error.message);
    }
    if (memoryIsShort(exchange) && !exchange.query.has("delete")) {
      return sendXmlError(
        exchange,
        503,
        "SlowDown",
        "The local service has no memory left; delete something.",
      );
    }
    return this.backend.handle(exchange);
  }
}
