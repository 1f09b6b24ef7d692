/**
 * The admin API: the members of `LocalDataExchange` over HTTP, for tests in other processes.
 *
 *   GET    /_local/clock             { now }
 *   POST   /_local/clock/advance     { by: "90d" } → { now }
 *   GET    /_local/faults            [{ id, left, … }]
 *   POST   /_local/faults            a fault rule → { id }
 *   DELETE /_local/faults            removes all faults
 *   DELETE /_local/faults/ID         removes one fault
 *   GET    /_local/requests          recorded requests, oldest first
 *   DELETE /_local/requests          deletes the records
 *   GET    /_local/jobs?region=R     jobs, oldest first
 *   POST   /_local/jobs/hold         pauses jobs
 *   DELETE /_local/jobs/hold         resumes jobs
 *   GET    /_local/settings          the settings that were set
 *   PATCH  /_local/settings          settings to change → all settings that were set
 */
import { CodedError } from "../../lib/message-code";
import { isRecord } from "../../service-model/validate";
import type { Clock } from "../control/clock";
import type { Duration } from "../control/option-values";
import { OptionError } from "../control/option-values";
import type { Fault, FaultRule, Faults } from "../control/faults";
import type { JobSnapshot } from "../jobs/job-snapshot";
import type { RequestLog } from "../control/request-log";
import type { ChangeableSettings, Settings } from "../control/settings";
import type { JobRunner } from "../jobs/job-runner";
import type { BodyReader } from "./request-body";
import type { HttpContext } from "./http-context";
import { ApiError } from "../state/api-error";
import { isLoopback, isFromProgram, sendJson } from "./http-context";

export const adminPath = "/_local/";

export interface AdminApiDependencies {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly settings: Settings;
  readonly runner: JobRunner;
  readonly bodies: BodyReader;
  readonly jobs: (region?: string) => JobSnapshot[];
}

/** Its result is the body of the response; without one, the status is 204. */
type Route = (call: {
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly id: string;
}) => unknown;

const maxBodyBytes = 1024 ** 2;
const unknownFault = Symbol("unknown fault");

export class AdminApi {
  readonly #bodies: BodyReader;
  readonly #routes: Readonly<Record<string, Route>>;

  constructor({ clock, faults, requests, settings, runner, jobs, bodies }: AdminApiDependencies) {
    this.#bodies = bodies;
    let resume: (() => void) | undefined;
    const now = () => ({ now: clock.now().toISOString() });
    this.#routes = {
      "GET clock": now,
      "POST clock/advance": ({ body }) => {
        clock.advance((body as { by?: Duration }).by ?? "");
        return now();
      },
      "GET faults": () => faults.list().map(describeFault),
      "POST faults": ({ body }) => describeFault(faults.add(body as FaultRule)),
      "DELETE faults": () => faults.clear(),
      "DELETE faults/": ({ id }) => (faults.remove(id) ? undefined : unknownFault),
      "GET requests": () => requests.all(),
      "DELETE requests": () => requests.clear(),
      "GET settings": () => settings.get(),
      "PATCH settings": ({ body }) => {
        settings.change(body as ChangeableSettings);
        return settings.get();
      },
      "POST jobs/hold": () => {
        resume ??= runner.pause();
      },
      "DELETE jobs/hold": () => {
        resume?.();
        resume = undefined;
      },
      "GET jobs": ({ query }) => jobs(query.get("region") ?? undefined),
    };
  }

  async serve(context: HttpContext): Promise<void> {
    const { method, path, query } = context;
    if (!isLocalProgram(context)) return sendJson(context, 403, notLocal);
    const [, name = "", id = ""] = /^(faults\/|.*)(.*)$/.exec(path.slice(adminPath.length)) ?? [];
    const route = this.#routes[`${method} ${name}`];
    if (!route)
      return sendJson(context, 404, { code: "unknown-path", message: `There is no ${method} ${path}.` });
    try {
      const body = await this.#bodies.read(context, maxBodyBytes);
      const result = route({ query, id, body: parseObject(body) });
      if (result === unknownFault)
        sendJson(context, 404, { code: "unknown-fault", message: `There is no ${path}.` });
      else sendJson(context, result === undefined ? 204 : 200, result);
    } catch (error) {
      sendJson(context, 400, describeError(error));
    }
  }
}

/** The admin API is limited to this machine, because its requests are not signed. */
const isLocalProgram = (context: HttpContext): boolean =>
  isLoopback(context.request.socket.remoteAddress ?? "") && isFromProgram(context);

function parseObject(body: Buffer): object {
  const value = body.length ? parseJson(body.toString("utf8")) : {};
  if (!isRecord(value)) {
    throw new OptionError({ code: "not-a-json-object", text: "The body must be a JSON object." });
  }
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const notLocal = {
  code: "not-a-local-program",
  message: "The admin API accepts requests only from programs on this machine.",
};

function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof CodedError) return { code: error.code, message: error.text };
  if (error instanceof ApiError) return { code: error.code, message: error.message };
  return { code: "internal-error", message: String(error) };
}

const describeFault = ({ id, left, rule }: Fault) => ({ id, left, ...rule });
