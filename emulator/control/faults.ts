/** Faults on demand: what a test wants the service to get wrong. */
import { setTimeout as sleep } from "node:timers/promises";
import { jobError } from "../../service-model/job";
import type { ServiceErrorName } from "../../service-model/errors";
import { errorStatuses } from "../../service-model/errors";
import { isRecord } from "../../service-model/validate";
import { operationNames } from "../../service-model/operations/index";
import type { SeededRandom } from "./seeded-random";
import { parseTimerMilliseconds } from "./clock";

/** Where faults strike beside the operations: the bodies at signed URLs, and the work of a started job. */
export const extraFaultTargets = ["UploadBody", "DownloadBody", "RunJob"] as const;

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

const targets = new Set<string>([...operationNames, ...extraFaultTargets, "*"]);
const jobErrorCodes = jobError.members.code.shape.values ?? [];

export class Faults {
  constructor(private readonly chance: SeededRandom) {}

  readonly #active = new Map<string, Entry>();
  #added = 0;

  add(rule: FaultRule): Fault {
    check(rule);
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

/** Waits for as long as a fault wants it, or until `signal` ends everything. */
export async function waitForDelay(rule: FaultRule, signal: AbortSignal): Promise<void> {
  if (rule.delayMs) await sleep(rule.delayMs, undefined, { signal });
}

/** A refusal in the form of whoever answers with it. */
type RefusalForm = (code: string, status: number, message: string) => Error;

/** Waits and fails as the fault wants it; says whether it wants the connection broken. */
export async function applyFault(
  rule: FaultRule,
  signal: AbortSignal,
  refusal: RefusalForm,
): Promise<boolean> {
  await waitForDelay(rule, signal);
  if (rule.error === undefined) return rule.connection === "reset";
  const { code, status } = errorOf(rule.error);
  throw refusal(code, status, "The local service was told to answer with this error.");
}

/** The name and status that a fault's `error` stands for. */
function errorOf(error: string | number): { code: string; status: number } {
  if (typeof error === "string")
    return { code: error, status: errorStatuses[error as ServiceErrorName] ?? 400 };
  const modelled = Object.entries(errorStatuses).find(([, status]) => status === error);
  return {
    code: modelled?.[0] ?? (error >= 500 ? "ServiceUnavailableException" : "BadRequestException"),
    status: error,
  };
}

/** Faults also come over the control path, where nothing has looked at their types. */
function check(rule: FaultRule): void {
  if (!isRecord(rule)) throw new TypeError("A fault must be an object.");
  checkParts(rule);
}

function checkParts({ operation, error, connection, when, times, probability, delayMs }: FaultRule): void {
  const refuse = (what: string): never => {
    throw new TypeError(`A fault's ${what}.`);
  };
  if (!targets.has(operation))
    refuse(`operation must be one of ${[...targets].join(", ")}, not ${operation}`);
  if (typeof error === "number" && !(Number.isInteger(error) && error >= 400 && error <= 599)) {
    refuse(`error must be a status from 400 to 599 or a name, not ${error}`);
  }
  const isName = typeof error === "string" && /^[A-Za-z][A-Za-z0-9_]*$/.test(error);
  if (error !== undefined && typeof error !== "number" && !isName) {
    refuse(`error must be a status from 400 to 599 or a name, not ${JSON.stringify(error)}`);
  }
  if (
    operation === "RunJob" &&
    error !== undefined &&
    ![...jobErrorCodes, "TIMED_OUT"].includes(String(error))
  ) {
    refuse(`error must, for RunJob, be TIMED_OUT or one of ${jobErrorCodes.join(", ")}, not ${error}`);
  }
  if (connection !== undefined && connection !== "reset")
    refuse(`connection must be reset, not ${String(connection)}`);
  if (connection !== undefined && operation === "RunJob")
    refuse("connection cannot be reset for RunJob, it has none");
  if (error !== undefined && connection !== undefined) refuse("error and connection exclude each other");
  if (when !== undefined && when !== "before" && when !== "after") {
    refuse(`when must be before or after, not ${String(when)}`);
  }
  if (times !== undefined && times !== "always" && !(Number.isInteger(times) && times >= 1)) {
    refuse(`times must be a whole number from 1, or always, not ${times}`);
  }
  if (
    probability !== undefined &&
    !(typeof probability === "number" && probability > 0 && probability <= 1)
  ) {
    refuse(`probability must be above 0 and at most 1, not ${probability}`);
  }
  if (delayMs !== undefined) parseTimerMilliseconds(delayMs, "A fault's delayMs");
  if (error === undefined && connection === undefined && delayMs === undefined) {
    refuse("error, connection or delayMs must say what goes wrong");
  }
}
