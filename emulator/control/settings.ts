/** What can be told to the local service at its start and changed while it serves. */
import { jobTypeOf, jobTypes } from "../../service-model/job-types/index";
import { isRecord } from "../../service-model/validate";
import type { OperationName } from "../../service-model/operations/index";
import { operationNames } from "../../service-model/operations/index";
import type { LimitName } from "../../service-model/errors";
import { limitNames, limits } from "../../service-model/errors";
import type { Duration } from "./clock";
import { parseMilliseconds, parseTimerMilliseconds } from "./clock";

/** How a local Data Exchange behaves; each can be changed while it serves. */
export interface ChangeableSettings {
  /** Least time that a started job is in progress; for all types, or by type with `default` for the rest. Default: 50 ms. */
  readonly jobDuration?: Duration | Readonly<Record<string, Duration>>;
  /** Jobs in progress at once, by type. Default: the service's quotas. */
  readonly quotas?: Readonly<Record<string, number>>;
  /** What may be stored, by the service's name of the limit. Default: the service's limits. */
  readonly limits?: Partial<Readonly<Record<LimitName, number>>>;
  /**
   * Requests that an account may make in a region, by the second of the service's clock; of each operation alike, or
   * by operation with `default` for the rest. As many may come at once. Default: none is refused; the service
   * publishes no rates.
   */
  readonly requestsPerSecond?: number | Readonly<Record<string, number>>;
  /**
   * How long signed URLs work, in whole seconds of the service's time. It is looked at when a request begins; one that
   * began in time may end later. Default: 1 minute, as at AWS.
   */
  readonly signedUrlLifetime?: Duration;
}

export class Settings {
  #current: ChangeableSettings = {};

  constructor(initial: ChangeableSettings) {
    this.change(initial);
  }

  /** Changes what is named, as a whole; what is not named stays. Throws, and changes nothing, when a value is wrong. */
  change(changes: ChangeableSettings): void {
    for (const [name, value] of Object.entries(changes)) {
      if (!Object.hasOwn(checks, name)) {
        throw new TypeError(`${name} is no setting; there are ${Object.keys(checks).join(", ")}.`);
      }
      if (value !== undefined) checks[name as keyof ChangeableSettings](value as never);
    }
    this.#current = { ...this.#current, ...changes };
  }

  get(): ChangeableSettings {
    return this.#current;
  }

  /** Milliseconds of the machine's time. */
  readonly durationOf = (type: string): number => {
    const { jobDuration = defaultJobDuration } = this.#current;
    return parseMilliseconds(valueOf(jobDuration, type) ?? defaultJobDuration, "jobDuration");
  };

  readonly quotaOf = (type: string): number =>
    this.#current.quotas?.[type] ?? jobTypeOf(type).concurrency.value;

  readonly limitOf = (name: LimitName): number => this.#current.limits?.[name] ?? limits[name];

  readonly rateOf = (operation: OperationName): number =>
    valueOf(this.#current.requestsPerSecond, operation) ?? Infinity;

  /** Milliseconds of the service's time. */
  readonly signedUrlLifetime = (): number =>
    parseMilliseconds(this.#current.signedUrlLifetime ?? "1m", "signedUrlLifetime");
}

const defaultJobDuration = 50;

type ByName<T> = Readonly<Record<string, T>>;

const isByName = <T extends Duration>(given: T | ByName<T> | undefined): given is ByName<T> =>
  typeof given === "object" && given !== null;

/** The value for one of many: one for all, or its own, or the default of the rest. */
const valueOf = <T extends Duration>(given: T | ByName<T> | undefined, name: string): T | undefined =>
  isByName(given) ? (given[name] ?? given["default"]) : given;

type Check<T> = (value: T) => void;

const types = jobTypes.map(({ type }) => type);

const checks: {
  readonly [Name in keyof Required<ChangeableSettings>]: Check<Required<ChangeableSettings>[Name]>;
} = {
  jobDuration: (given) => {
    if (isByName(given)) each(given, "jobDuration", [...types, "default"], parseTimerMilliseconds);
    else parseTimerMilliseconds(given, "jobDuration");
  },
  quotas: (given) => each(given, "quotas", types, needWholeNumber),
  limits: (given) => each(given as ByName<number>, "limits", limitNames, needWholeNumber),
  requestsPerSecond: (given) => {
    if (isByName(given)) each(given, "requestsPerSecond", [...operationNames, "default"], needRate);
    else needRate(given, "requestsPerSecond");
  },
  signedUrlLifetime: (given) => parseMilliseconds(given, "signedUrlLifetime"),
};

function each<T>(
  given: ByName<T>,
  option: string,
  names: readonly string[],
  check: (value: T, name: string) => unknown,
): void {
  // Settings also come over the control path, where nothing has looked at their types.
  if (!isRecord(given)) throw new TypeError(`${option} must be an object, not ${String(given)}.`);
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name)) {
      throw new TypeError(`${option} names ${name}, which is none of ${names.join(", ")}.`);
    }
    check(value, `${option} of ${name}`);
  }
}

function needWholeNumber(value: number, name: string): void {
  if (!Number.isInteger(value) || value < 0) {
    throw new TypeError(`${name} must be a whole number from 0, not ${String(value)}.`);
  }
}

function needRate(value: number, name: string): void {
  if (typeof value !== "number" || !(value > 0)) {
    throw new TypeError(`${name} must be a number above 0, not ${String(value)}.`);
  }
}
