/** The Data Exchange API over HTTP: authenticates, validates, throttles and dispatches requests. */
import { ProxiedResponse } from "../operations/api-assets";
import type { Clock } from "../control/clock";
import type { Faults, FaultRule } from "../control/faults";
import { applyFault } from "../control/faults";
import type { RecordedRequest, RequestLog } from "../control/request-log";
import type { Settings } from "../control/settings";
import type { RateLimiter } from "../control/rate-limiter";
import type { Context } from "../operations/handler";
import { handlers } from "../operations/index";
import type { OperationName } from "../../service-model/operations/index";
import { operationOf } from "../../service-model/operations/index";
import type { Operation } from "../../service-model/operations/operation";
import { parseAuthorization } from "./caller";
import { maskSecrets, readInput, toWire } from "./request-input";
import { findRoute } from "./router";
import { internal, ServiceError, throttled } from "./service-error";
import type { AccountRegion } from "../state/records";
import type { BodyReader } from "./request-body";
import type { HttpContext } from "./http-context";
import { resetConnection, sendJson } from "./http-context";
import type { Authenticator } from "./authenticate";
import { isMemoryLow } from "./request-body";

export interface DataExchangeApiDependencies {
  readonly authenticator: Authenticator;
  readonly bodies: BodyReader;
  readonly contextFor: (place: AccountRegion, origin: string | undefined) => Context;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly rateLimiter: RateLimiter;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Ends delays when the local service stops. */
  readonly signal: AbortSignal;
}

/** Maximum bytes of a body. Calls of an API have API Gateway's limit. */
const bodyLimit = 1024 ** 2;
const callLimit = 10 * 1024 ** 2;

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly error?: ServiceError;
}

/** The recorded details of a request, set as soon as they are known. */
interface Seen {
  operation: string;
  input?: unknown;
  region?: string;
}

export class DataExchangeApi {
  constructor(private readonly parts: DataExchangeApiDependencies) {}

  async serve(exchange: HttpContext): Promise<void> {
    const seen: Seen = { operation: "Unknown" };
    let answer: Answer | ProxiedResponse | "reset";
    try {
      answer = await this.#answer(exchange, seen);
    } catch (error) {
      answer = refusal(error);
    }
    this.#record(exchange, seen, answer);
    if (answer === "reset") resetConnection(exchange);
    else send(exchange, answer);
  }

  async #answer(exchange: HttpContext, seen: Seen): Promise<Answer | ProxiedResponse | "reset"> {
    const { method, path, query, request } = exchange;
    const { headers } = request;
    const caller = parseAuthorization(headers, query);
    seen.region = caller.region;
    const route = findRoute(method, path, headers);
    if (route) exchange.operation = seen.operation = route.operation;
    const isCall = route !== undefined && operationOf(route.operation).payload !== undefined;
    const body = await this.parts.bodies.read(exchange, isCall ? callLimit : bodyLimit);
    const { account } = await this.parts.authenticator.authenticate(exchange, caller, body);
    if (caller.service !== "dataexchange") throw wrongService(caller.service);
    if (!route) throw unknownOperation(exchange);
    if (isMemoryLow(exchange)) throw throttled("The local service has no memory left; delete something.");
    const place = { account, region: caller.region };
    this.#throttle(place, route.operation);
    const operation = operationOf(route.operation);
    const input = readInput(operation, { params: route.params, query, headers, body });
    seen.input = maskSecrets(operation.input, input);

    const fault = this.parts.faults.take(route.operation);
    if (fault && fault.when !== "after" && (await this.#strike(fault))) return "reset";
    const output = await handlers[route.operation](
      input as never,
      this.parts.contextFor(place, exchange.origin),
    );
    if (fault?.when === "after" && (await this.#strike(fault))) return "reset";
    if (output instanceof ProxiedResponse) return output;
    return { status: operation.status, body: shownOf(operation, output) };
  }

  #throttle({ account, region }: AccountRegion, operation: OperationName): void {
    const { rateLimiter, settings } = this.parts;
    if (!rateLimiter.tryAcquire(`${account}/${region}/${operation}`, settings.rateOf(operation)))
      throw throttled();
  }

  #strike(fault: FaultRule): Promise<boolean> {
    return applyFault(
      fault,
      this.parts.signal,
      (code, status, message) => new ServiceError(code, status, message),
    );
  }

  #record({ requestId }: HttpContext, seen: Seen, answer: Answer | ProxiedResponse | "reset"): void {
    const result: Pick<RecordedRequest, "status" | "error"> =
      answer === "reset"
        ? { status: answer }
        : { status: answer.status, error: "error" in answer ? answer.error?.code : undefined };
    this.parts.requests.add({
      ...seen,
      ...result,
      requestId,
      at: this.parts.clock.now().toISOString(),
    });
  }
}

/** Omits the body if the operation's output has no members. */
const shownOf = ({ output: shape }: Operation, output: unknown): unknown =>
  shape && Object.keys(shape.members).length > 0 ? toWire(shape, output) : undefined;

const wrongService = (service: string): ServiceError =>
  new ServiceError(
    "InvalidSignatureException",
    403,
    `Credential should be scoped to correct service: 'dataexchange' or 's3', not '${service}'.`,
  );

const unknownOperation = ({ method, path }: HttpContext): ServiceError =>
  new ServiceError(
    "UnknownOperationException",
    404,
    `The local service knows no operation ${method} ${path}.`,
  );

function refusal(thrown: unknown): Answer {
  const error =
    thrown instanceof ServiceError
      ? thrown
      : internal(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  return { status: error.status, body: { Message: error.message, ...error.facts }, error };
}

function send(exchange: HttpContext, answer: Answer | ProxiedResponse): void {
  if (answer instanceof ProxiedResponse) {
    exchange.response.writeHead(answer.status, answer.headers).end(answer.body);
    return;
  }
  const { status, body, error } = answer;
  if (error) exchange.response.setHeader("x-amzn-errortype", error.code);
  sendJson(exchange, status, body);
}
