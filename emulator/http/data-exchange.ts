/** The service itself: a request of its protocol in, an answer of its protocol out. */
import { PassedOn } from "../operations/api-gateway-proxy";
import type { Clock } from "../control/clock";
import type { Faults, FaultRule } from "../control/faults";
import { strike } from "../control/faults";
import type { RecordedRequest, RequestLog } from "../control/request-log";
import type { Settings } from "../control/settings";
import type { Throttle } from "../control/rate-limiter";
import type { Context } from "../operations/context";
import { handlers } from "../operations/index";
import type { OperationName } from "../../service-model/operations/index";
import { operationOf } from "../../service-model/operations/index";
import type { Operation } from "../../service-model/operations/operation";
import { readCaller } from "./caller";
import { readInput } from "./input";
import { findRoute } from "./router";
import { internal, ServiceError, throttled } from "./service-error";
import { masked, toWire } from "./wire";
import type { Place } from "../state/arns-and-keys";
import type { BodyReader } from "./body-reader";
import type { Exchange } from "./http-context";
import { reset, sendJson } from "./http-context";
import type { Gate } from "./authenticate";
import { memoryIsShort } from "./memory";

export interface ServiceParts {
  readonly gate: Gate;
  readonly bodies: BodyReader;
  readonly contextOf: (place: Place, origin: string | undefined) => Context;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly throttle: Throttle;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Ends delays when the local service stops. */
  readonly signal: AbortSignal;
}

/** Bytes of a body: requests of the service are small, calls of an API as large as API Gateway lets them be. */
const bodyLimit = 1024 ** 2;
const callLimit = 10 * 1024 ** 2;

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly error?: ServiceError;
}

/** What is learnt of a request on the way to its answer. */
interface Seen {
  operation: string;
  input?: unknown;
  region?: string;
}

export class DataExchange {
  constructor(private readonly parts: ServiceParts) {}

  async serve(exchange: Exchange): Promise<void> {
    const seen: Seen = { operation: "Unknown" };
    let answer: Answer | PassedOn | "reset";
    try {
      answer = await this.#answer(exchange, seen);
    } catch (error) {
      answer = refusal(error);
    }
    this.#record(exchange, seen, answer);
    if (answer === "reset") reset(exchange);
    else send(exchange, answer);
  }

  async #answer(exchange: Exchange, seen: Seen): Promise<Answer | PassedOn | "reset"> {
    const { method, path, query, request } = exchange;
    const { headers } = request;
    const caller = readCaller(headers, query);
    seen.region = caller.region;
    const route = findRoute(method, path, headers);
    if (route) exchange.operation = seen.operation = route.operation;
    const isCall = route !== undefined && operationOf(route.operation).payload !== undefined;
    const body = await this.parts.bodies.read(exchange, isCall ? callLimit : bodyLimit);
    const { account } = await this.parts.gate.admit(exchange, caller, body);
    if (caller.service !== "dataexchange") throw wrongService(caller.service);
    if (!route) throw unknownOperation(exchange);
    if (memoryIsShort(exchange)) throw throttled("The local service has no memory left; delete something.");
    const place = { account, region: caller.region };
    this.#throttle(place, route.operation);
    const operation = operationOf(route.operation);
    const input = readInput(operation, { params: route.params, query, headers, body });
    seen.input = masked(operation.input, input);

    const fault = this.parts.faults.take(route.operation);
    if (fault && fault.when !== "after" && (await this.#strike(fault))) return "reset";
    const output = await handlers[route.operation](
      input as never,
      this.parts.contextOf(place, exchange.origin),
    );
    if (fault?.when === "after" && (await this.#strike(fault))) return "reset";
    if (output instanceof PassedOn) return output;
    return { status: operation.status, body: shownOf(operation, output) };
  }

  #throttle({ account, region }: Place, operation: OperationName): void {
    const { throttle, settings } = this.parts;
    if (!throttle.admits(`${account}/${region}/${operation}`, settings.rateOf(operation))) throw throttled();
  }

  #strike(fault: FaultRule): Promise<boolean> {
    return strike(
      fault,
      this.parts.signal,
      (code, status, message) => new ServiceError(code, status, message),
    );
  }

  #record({ requestId }: Exchange, seen: Seen, answer: Answer | PassedOn | "reset"): void {
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

/** Where the model has no members to answer with, the service answers with no body at all. */
const shownOf = ({ output: shape }: Operation, output: unknown): unknown =>
  shape && Object.keys(shape.members).length > 0 ? toWire(shape, output) : undefined;

const wrongService = (service: string): ServiceError =>
  new ServiceError(
    "InvalidSignatureException",
    403,
    `Credential should be scoped to correct service: 'dataexchange' or 's3', not '${service}'.`,
  );

const unknownOperation = ({ method, path }: Exchange): ServiceError =>
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

function send(exchange: Exchange, answer: Answer | PassedOn): void {
  if (answer instanceof PassedOn) {
    exchange.response.writeHead(answer.status, answer.headers).end(answer.body);
    return;
  }
  const { status, body, error } = answer;
  if (error) exchange.response.setHeader("x-amzn-errortype", error.code);
  sendJson(exchange, status, body);
}
