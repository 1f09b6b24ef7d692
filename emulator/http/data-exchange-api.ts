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
import { maskSecretMembers } from "../../service-model/operations/operation";
import { parseAuthorization } from "./caller";
import { readInput, toWire } from "./request-input";
import { findRoute } from "./router";
import { internal, ApiError, throttled } from "../state/api-error";
import type { AccountRegion } from "../state/records";
import type { BodyReader } from "./request-body";
import type { HttpContext } from "./http-context";
import { resetConnection, sendJson } from "./http-context";
import type { Authenticator } from "./authenticate";
import { isMemoryLow } from "./request-body";

export interface DataExchangeApiDependencies {
  readonly authenticator: Authenticator;
  readonly bodies: BodyReader;
  readonly contextFor: (accountRegion: AccountRegion, origin: string | undefined) => Context;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly rateLimiter: RateLimiter;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Ends delays when the local service stops. */
  readonly signal: AbortSignal;
}

const maxBodyBytes = 1024 ** 2;
/** Maximum for calls to API assets: API Gateway's limit. */
const maxApiCallBytes = 10 * 1024 ** 2;

interface ApiResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly error?: ApiError;
}

/** Details of a request for the request log, set as soon as they are known. */
interface RequestDetails {
  operation: string;
  input?: unknown;
  region?: string;
}

type Result = ApiResponse | ProxiedResponse | "reset";

export class DataExchangeApi {
  constructor(private readonly dependencies: DataExchangeApiDependencies) {}

  async serve(context: HttpContext): Promise<void> {
    const details: RequestDetails = { operation: "Unknown" };
    let result: Result;
    try {
      result = await this.#perform(context, details);
    } catch (error) {
      result = errorResponse(error);
    }
    this.#record(context, details, result);
    if (result === "reset") resetConnection(context);
    else send(context, result);
  }

  async #perform(context: HttpContext, details: RequestDetails): Promise<Result> {
    const { method, path, query, request } = context;
    const { headers } = request;
    const caller = parseAuthorization(headers, query);
    details.region = caller.region;
    const route = findRoute(method, path, headers);
    if (route) context.operation = details.operation = route.operation;
    const isApiCall = route !== undefined && operationOf(route.operation).payload !== undefined;
    const body = await this.dependencies.bodies.read(context, isApiCall ? maxApiCallBytes : maxBodyBytes);
    const { account } = await this.dependencies.authenticator.authenticate(context, caller, body);
    if (caller.service !== "dataexchange") throw wrongService(caller.service);
    if (!route) throw unknownOperation(context);
    if (isMemoryLow(context)) throw throttled("The local service is short of memory; delete resources.");
    const accountRegion = { account, region: caller.region };
    this.#throttle(accountRegion, route.operation);
    const operation = operationOf(route.operation);
    const input = readInput(operation, { params: route.params, query, headers, body });
    details.input = maskSecretMembers(operation.input, input);

    const fault = this.dependencies.faults.take(route.operation);
    if (fault && fault.when !== "after" && (await this.#applyFault(fault))) return "reset";
    const output = await handlers[route.operation](
      input as never,
      this.dependencies.contextFor(accountRegion, context.origin),
    );
    if (fault?.when === "after" && (await this.#applyFault(fault))) return "reset";
    if (output instanceof ProxiedResponse) return output;
    return { status: operation.status, body: bodyOf(operation, output) };
  }

  #throttle({ account, region }: AccountRegion, operation: OperationName): void {
    const { rateLimiter, settings } = this.dependencies;
    if (!rateLimiter.tryAcquire(`${account}/${region}/${operation}`, settings.rateOf(operation)))
      throw throttled();
  }

  #applyFault(fault: FaultRule): Promise<boolean> {
    return applyFault(fault, this.dependencies.signal, ApiError);
  }

  #record({ requestId }: HttpContext, details: RequestDetails, result: Result): void {
    const outcome: Pick<RecordedRequest, "status" | "error"> =
      result === "reset"
        ? { status: result }
        : { status: result.status, error: "error" in result ? result.error?.code : undefined };
    this.dependencies.requests.add({
      ...details,
      ...outcome,
      requestId,
      at: this.dependencies.clock.now().toISOString(),
    });
  }
}

/** Omits the body if the operation's output has no members. */
const bodyOf = ({ output: shape }: Operation, output: unknown): unknown =>
  shape && Object.keys(shape.members).length > 0 ? toWire(shape, output) : undefined;

const wrongService = (service: string): ApiError =>
  new ApiError(
    "InvalidSignatureException",
    403,
    `Credential should be scoped to correct service: 'dataexchange' or 's3', not '${service}'.`,
  );

const unknownOperation = ({ method, path }: HttpContext): ApiError =>
  new ApiError("UnknownOperationException", 404, `The local service has no operation ${method} ${path}.`);

function errorResponse(thrown: unknown): ApiResponse {
  const error =
    thrown instanceof ApiError
      ? thrown
      : internal(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  return { status: error.status, body: { Message: error.message, ...error.facts }, error };
}

function send(context: HttpContext, result: Exclude<Result, "reset">): void {
  if (result instanceof ProxiedResponse) {
    context.response.writeHead(result.status, result.headers).end(result.body);
    return;
  }
  const { status, body, error } = result;
  if (error) context.response.setHeader("x-amzn-errortype", error.code);
  sendJson(context, status, body);
}
