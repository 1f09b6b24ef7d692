/** Faults that a test injects into the service. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceErrorName } from "../../service-model/errors";
import { errorStatuses } from "../../service-model/errors";
import { jobError } from "../../service-model/job";
import { operationNames } from "../../service-model/operations/index";
import type { Rule, StructShape } from "../../service-model/shape";
import { double, integer, oneOf, required, string, struct } from "../../service-model/shape";
import { isRecord } from "../../service-model/validate";
import { assertOption, maxTimerMs, structOf } from "./option-values";
import type { SeededRandom } from "./seeded-random";

/** Targets of faults besides operations: bodies at signed URLs, and the work of a started job. */
const extraFaultTargets = ["UploadBody", "DownloadBody", "RunJob"] as const;

/** A fault to inject; it has at least one of `error`, `connection` and `delayMs`. */
export interface FaultRule {
  /** Name of an operation, `UploadBody`, `DownloadBody`, `RunJob`, or `*` for every request. */
  readonly operation: string;
  /**
   * Name of an error of the service, or an HTTP status from 400 to 599. For `RunJob`: the code of the job's error, or
   * `TIMED_OUT`.
   */
  readonly error?: string | number;
  /** Resets the connection instead of sending a response. */
  readonly connection?: "reset";
  /** `before`: the request has no effect. `after`: it takes effect and only its response fails. Default: `before`. */
  readonly when?: "before" | "after";
  /** How many times the fault applies, or `always`. Default: 1. */
  readonly times?: number | "always";
  /** Probability that the fault applies to a matching request, above 0 and up to 1. Default: 1. */
  readonly probability?: number;
  /** Milliseconds to wait first. Without `error` and `connection`, the fault only delays. Default: none. */
  readonly delayMs?: number;
}

/** A fault that was added. */
export interface Fault {
  /** Unique within this service. */
  readonly id: string;
  /** The rule that was added. */
  readonly rule: FaultRule;
  /** How many times the fault still applies. */
  readonly left: number | "always";
  /** Removes the fault; has no effect if the fault is used up. */
  remove(): void;
}

interface Entry {
  readonly rule: FaultRule;
  left: number;
}

export class Faults {
  constructor(private readonly random: SeededRandom) {}

  readonly #active = new Map<string, Entry>();
  #added = 0;

  add(rule: FaultRule): Fault {
    assertOption(ruleShape(rule), rule, "The fault rule");
    const id = String((this.#added += 1));
    const entry: Entry = { rule, left: rule.times === "always" ? Infinity : (rule.times ?? 1) };
    this.#active.set(id, entry);
    return this.#handle(id, entry);
  }

  /** Active faults, in the order of adding. */
  list(): Fault[] {
    return [...this.#active].map(([id, entry]) => this.#handle(id, entry));
  }

  /** Returns whether a fault had this id. */
  remove(id: string): boolean {
    return this.#active.delete(id);
  }

  clear(): void {
    this.#active.clear();
  }

  /** The first matching fault; counts as one of its `times`. */
  take(operation: string): FaultRule | undefined {
    for (const [id, entry] of this.#active) {
      const { rule } = entry;
      if (rule.operation !== operation && (rule.operation !== "*" || operation === "RunJob")) continue;
      if (rule.probability !== undefined && this.random.fraction() >= rule.probability) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.#active.delete(id);
      return rule;
    }
    return undefined;
  }

  #handle(id: string, entry: Entry): Fault {
    return {
      id,
      rule: entry.rule,
      get left() {
        return entry.left === Infinity ? "always" : entry.left;
      },
      remove: () => void this.remove(id),
    };
  }
}

/** Waits `delayMs`, or until `signal` aborts. */
export async function waitForDelay(rule: FaultRule, signal: AbortSignal): Promise<void> {
  if (rule.delayMs) await sleep(rule.delayMs, undefined, { signal });
}

type ErrorClass = new (code: string, status: number, message: string) => Error;

/** Waits, then throws the fault's error; returns whether the connection must be reset instead. */
export async function applyFault(
  rule: FaultRule,
  signal: AbortSignal,
  ErrorType: ErrorClass,
): Promise<boolean> {
  await waitForDelay(rule, signal);
  if (rule.error === undefined) return rule.connection === "reset";
  const { code, status } = errorOf(rule.error);
  throw new ErrorType(code, status, "A fault rule specifies this error.");
}

/** The name and the status of a fault's `error`. */
function errorOf(error: string | number): { code: string; status: number } {
  if (typeof error === "string")
    return { code: error, status: errorStatuses[error as ServiceErrorName] ?? 400 };
  const modelled = Object.entries(errorStatuses).find(([, status]) => status === error);
  return {
    code: modelled?.[0] ?? (error >= 500 ? "ServiceUnavailableException" : "BadRequestException"),
    status: error,
  };
}

const targets = [...operationNames, ...extraFaultTargets, "*"];
const jobErrorCodes = [...(jobError.members.code.shape.values ?? []), "TIMED_OUT"];
const errorName = string({
  pattern: "[A-Za-z][A-Za-z0-9_]*",
  meaning: "a status from 400 to 599 or the name of an error",
});

/** The shape of a rule; `error` and `times` are numbers or strings, so their shapes depend on their values. */
function ruleShape(rule: unknown): StructShape {
  const { operation, error, times } = isRecord(rule) ? rule : {};
  const status = typeof error === "number" ? integer({ min: 400, max: 599 }) : errorName;
  const members = structOf("FaultRule", {
    error: operation === "RunJob" ? oneOf(...jobErrorCodes) : status,
    connection: oneOf("reset"),
    when: oneOf("before", "after"),
    times: typeof times === "string" ? oneOf("always") : integer({ min: 1 }),
    probability: double({ min: 0, max: 1 }),
    delayMs: double({ min: 0, max: maxTimerMs }),
  }).members;
  return struct("FaultRule", { operation: required(oneOf(...targets), ""), ...members }, [checkEffect]);
}

const checkEffect: Rule = ({ operation, error, connection, probability, delayMs }, report) => {
  if (error === undefined && connection === undefined && delayMs === undefined)
    report([], "no-effect", "must have error, connection or delayMs");
  if (error !== undefined && connection !== undefined)
    report([], "conflicting-members", "must not have both error and connection");
  if (connection !== undefined && operation === "RunJob")
    report(["connection"], "conflicting-members", "must be absent for RunJob, which has no connection");
  if (probability === 0) report(["probability"], "too-small", "must be above 0");
};
