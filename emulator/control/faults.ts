/** Faults on demand: what a test makes the service get wrong. */
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

/** Where faults strike beside the operations: the bodies at signed URLs, and the work of a started job. */
const extraFaultTargets = ["UploadBody", "DownloadBody", "RunJob"] as const;

/** What goes wrong, where and how often: one of `error`, `connection` and `delayMs` at least. */
export interface FaultRule {
  /** Name of an operation, `UploadBody`, `DownloadBody`, `RunJob`, or `*` for whatever comes. */
  readonly operation: string;
  /**
   * Name of an error of the service, or an HTTP status from 400 to 599. Of `RunJob`: the code of the job's error, or
   * `TIMED_OUT`.
   */
  readonly error?: string | number;
  /** Breaks the connection instead of answering. */
  readonly connection?: "reset";
  /** `before`, the default: it has no effect. `after`: it took effect, only the answer is spoilt. */
  readonly when?: "before" | "after";
  /** How many times it strikes, or `always`. Default: 1. */
  readonly times?: number | "always";
  /** How likely it is to strike a request that it is for, above 0 and up to 1, the default. */
  readonly probability?: number;
  /** Milliseconds to wait first. Alone, it only slows down. Default: none. */
  readonly delayMs?: number;
}

/** A fault that is planted. */
export interface Fault {
  /** Tells it from the others of this service. */
  readonly id: string;
  /** What was asked for. */
  readonly rule: FaultRule;
  /** How many times it will still strike. */
  readonly left: number | "always";
  /** Takes it away; nothing happens when it has struck for the last time. */
  remove(): void;
}

interface Entry {
  readonly rule: FaultRule;
  left: number;
}

export class Faults {
  constructor(private readonly chance: SeededRandom) {}

  readonly #active = new Map<string, Entry>();
  #added = 0;

  add(rule: FaultRule): Fault {
    assertOption(shapeOf(rule), rule, "The fault rule");
    const id = String((this.#added += 1));
    const entry: Entry = { rule, left: rule.times === "always" ? Infinity : (rule.times ?? 1) };
    this.#active.set(id, entry);
    return this.#handle(id, entry);
  }

  /** Those that will still strike, in the order of adding. */
  list(): Fault[] {
    return [...this.#active].map(([id, entry]) => this.#handle(id, entry));
  }

  /** Says whether there was such a fault. */
  remove(id: string): boolean {
    return this.#active.delete(id);
  }

  clear(): void {
    this.#active.clear();
  }

  /** The fault that strikes now, the one added first; it is used up by this. */
  take(operation: string): FaultRule | undefined {
    for (const [id, entry] of this.#active) {
      const { rule } = entry;
      if (rule.operation !== operation && (rule.operation !== "*" || operation === "RunJob")) continue;
      if (rule.probability !== undefined && this.chance.fraction() >= rule.probability) continue;
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

/** Waits as long as the fault says, or until `signal` aborts. */
export async function waitForDelay(rule: FaultRule, signal: AbortSignal): Promise<void> {
  if (rule.delayMs) await sleep(rule.delayMs, undefined, { signal });
}

/** Makes the error in the form of the API that answers with it. */
type ErrorFactory = (code: string, status: number, message: string) => Error;

/** Waits, then throws the fault's error; returns whether the connection must be reset instead. */
export async function applyFault(
  rule: FaultRule,
  signal: AbortSignal,
  createError: ErrorFactory,
): Promise<boolean> {
  await waitForDelay(rule, signal);
  if (rule.error === undefined) return rule.connection === "reset";
  const { code, status } = errorOf(rule.error);
  throw createError(code, status, "A fault rule asked for this error.");
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

/** The shape of a rule; `error` and `times` are numbers or texts, so their shapes follow from their values. */
function shapeOf(rule: unknown): StructShape {
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
