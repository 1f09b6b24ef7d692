/** The service itself: a request of its protocol in, an answer of its protocol out. */
import type { Clock } from "../control/clock";
import type { Faults, FaultRule } from "../control/faults";
import { delay, errorOf } from "../control/faults";
import type { RecordedRequest, RequestLog } from "../control/request-log";
import type { Context } from "../handlers/context";
import { handlers } from "../handlers/index";
import { operationOf } from "../model/index";
import type { Operation } from "../model/operation";
import type { Caller } from "../protocol/caller";
import { readInput } from "../protocol/input";
import { findRoute } from "../protocol/router";
import { internal, ServiceError } from "../protocol/service-error";
import { masked, toWire } from "../protocol/wire";
import type { Exchange } from "./exchange";
import { readBody, reset, sendJson } from "./exchange";

export interface ServiceParts {
  readonly contextOf: (caller: Caller) => Context;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Ends delays when the local service stops. */
  readonly signal: AbortSignal;
}

/** The service's requests are small; this is the limit of the gateways before it. */
const bodyLimit = 10 * 1024 ** 2;

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly error?: ServiceError;
}

export class DataExchange {
  constructor(private readonly parts: ServiceParts) {}

  /** `readCaller` throws the service's answer to a request that nobody signed. */
  async serve(exchange: Exchange, readCaller: () => Caller): Promise<void> {
    const seen: { operation: string; input?: unknown; region?: string } = { operation: "Unknown" };
    let answer: Answer | "reset";
    try {
      const caller = readCaller();
      seen.region = caller.region;
      answer = await this.#answer(exchange, caller, seen);
    } catch (error) {
      answer = refusal(error);
    }
    this.#record(exchange, seen, answer);
    if (answer === "reset") reset(exchange);
    else send(exchange, answer);
  }

  async #answer(
    exchange: Exchange,
    caller: Caller,
    seen: { operation: string; input?: unknown },
  ): Promise<Answer | "reset"> {
    const route = findRoute(exchange.method, exchange.path);
    if (!route) throw unknownOperation(exchange);
    exchange.operation = seen.operation = route.operation;
    const body = await readBody(exchange, bodyLimit);
    if (!body) throw new ServiceError("RequestEntityTooLargeException", 413, "The body is too large.");
    const operation = operationOf(route.operation);
    const input = readInput(operation, { params: route.params, query: exchange.query, body });
    seen.input = masked(operation.input, input);

    const fault = this.parts.faults.take(route.operation);
    if (fault && fault.when !== "after" && (await this.#strike(fault))) return "reset";
    const output = await handlers[route.operation](input as never, this.parts.contextOf(caller));
    if (fault?.when === "after" && (await this.#strike(fault))) return "reset";
    return { status: operation.status, body: shownOf(operation, output) };
  }

  /** Waits and fails as the fault wants it; says whether it wants the connection broken. */
  async #strike(fault: FaultRule): Promise<boolean> {
    await delay(fault, this.parts.signal);
    if (fault.error === undefined) return fault.connection === "reset";
    const { code, status } = errorOf(fault.error);
    throw new ServiceError(code, status, "The local service was told to answer with this error.");
  }

  #record({ requestId }: Exchange, seen: Pick<RecordedRequest, "operation">, answer: Answer | "reset"): void {
    this.parts.requests.add({
      ...seen,
      ...(answer === "reset" ? { status: answer } : { status: answer.status, error: answer.error?.code }),
      requestId,
      at: this.parts.clock.now().toISOString(),
    });
  }
}

/** Where the model has no members to answer with, the service answers with no body at all. */
const shownOf = ({ output: shape }: Operation, output: unknown): unknown =>
  shape && Object.keys(shape.members).length > 0 ? toWire(shape, output) : undefined;

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

function send(exchange: Exchange, { status, body, error }: Answer): void {
  if (error) exchange.response.setHeader("x-amzn-errortype", error.code);
  sendJson(exchange, status, body);
}
