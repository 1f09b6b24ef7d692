/** STS's XML. */
import type { ServiceError } from "./service-error";
import type { Exchange } from "./http-context";
import { escapeXml } from "./http-context";

/** What STS calls the refusals that other services share. */
const codes: Readonly<Record<string, string>> = {
  UnrecognizedClientException: "InvalidClientTokenId",
  InvalidSignatureException: "SignatureDoesNotMatch",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  IncompleteSignatureException: "IncompleteSignature",
  AccessDeniedException: "AccessDenied",
  ExpiredTokenException: "ExpiredToken",
};

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

/** An element's members, each a text or elements of its own. */
export interface Facts {
  readonly [name: string]: string | Facts;
}

const elements = (facts: Facts): string =>
  Object.entries(facts)
    .map(
      ([name, held]) => `<${name}>${typeof held === "string" ? escapeXml(held) : elements(held)}</${name}>`,
    )
    .join("");

export function sendResult(exchange: Exchange, action: string, result: Facts): void {
  const { requestId } = exchange;
  send(exchange, 200, `${action}Response`, {
    [`${action}Result`]: result,
    ResponseMetadata: { RequestId: requestId },
  });
}

export function sendStsError(exchange: Exchange, { code, status, message }: ServiceError): void {
  const Error = { Type: "Sender", Code: codes[code] ?? code, Message: message };
  send(exchange, status, "ErrorResponse", { Error, RequestId: exchange.requestId });
}

function send({ response }: Exchange, status: number, name: string, facts: Facts): void {
  const body = `<${name} xmlns="${namespace}">${elements(facts)}</${name}>`;
  response.setHeader("content-type", "text/xml");
  response.setHeader("content-length", Buffer.byteLength(body));
  response.writeHead(status).end(body);
}
