/** As much of STS as tells a client which account it is: tools of all kinds ask before they do anything else. */
import { readCaller } from "../protocol/caller";
import { ServiceError } from "../protocol/service-error";
import type { BodyReader } from "./body-reader";
import type { Exchange } from "./exchange";
import { escapeXml } from "./exchange";
import type { Gate } from "./gate";

/** What STS calls the refusals that other services share. */
const codes: Readonly<Record<string, string>> = {
  UnrecognizedClientException: "InvalidClientTokenId",
  InvalidSignatureException: "SignatureDoesNotMatch",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  IncompleteSignatureException: "IncompleteSignature",
};

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
const bodyLimit = 64 * 1024;

export class Sts {
  constructor(
    private readonly gate: Gate,
    private readonly bodies: BodyReader,
  ) {}

  async serve(exchange: Exchange): Promise<void> {
    const { request, query, requestId } = exchange;
    try {
      const caller = readCaller(request.headers, query);
      const body = await this.bodies.read(exchange, bodyLimit);
      const account = await this.gate.admit(exchange, caller, body);
      const action = new URLSearchParams(body.toString("utf8")).get("Action") ?? query.get("Action");
      exchange.operation = `sts ${action}`;
      if (action !== "GetCallerIdentity") {
        throw new ServiceError("InvalidAction", 400, `The local STS knows GetCallerIdentity, not ${action}.`);
      }
      const facts = { UserId: caller.accessKeyId, Account: account, Arn: `arn:aws:iam::${account}:root` };
      const result = tag("GetCallerIdentityResult", elements(facts));
      send(
        exchange,
        200,
        "GetCallerIdentityResponse",
        result + tag("ResponseMetadata", elements({ RequestId: requestId })),
      );
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const facts = { Type: "Sender", Code: codes[error.code] ?? error.code, Message: error.message };
      send(
        exchange,
        error.status,
        "ErrorResponse",
        tag("Error", elements(facts)) + elements({ RequestId: requestId }),
      );
    }
  }
}

const tag = (name: string, inner: string): string => `<${name}>${inner}</${name}>`;

const elements = (facts: Readonly<Record<string, string>>): string =>
  Object.entries(facts)
    .map(([name, text]) => tag(name, escapeXml(text)))
    .join("");

function send({ response }: Exchange, status: number, name: string, inner: string): void {
  response.setHeader("content-type", "text/xml");
  response.writeHead(status).end(`<${name} xmlns="${namespace}">${inner}</${name}>`);
}
