/** Settings of the local service, which can change while it runs. */
import { jobTypeOf, jobTypes } from "../../service-model/job-types/index";
import type { LimitName } from "../../service-model/errors";
import { limitNames, limits } from "../../service-model/errors";
import type { OperationName } from "../../service-model/operations/index";
import { operationNames } from "../../service-model/operations/index";
import type { Shape } from "../../service-model/shape";
import { double, integer } from "../../service-model/shape";
import { isRecord } from "../../service-model/validate";
import type { Duration } from "./option-values";
import { assertOption, durationShape, maxTimerMs, structOf, toMilliseconds } from "./option-values";

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
    assertOption(shapeOf(changes), changes, "The settings");
    this.#current = { ...this.#current, ...changes };
  }

  get(): ChangeableSettings {
    return this.#current;
  }

  /** Milliseconds of the machine's time. */
  readonly durationOf = (type: string): number => {
    const { jobDuration = defaultJobDuration } = this.#current;
    return toMilliseconds(valueOf(jobDuration, type) ?? defaultJobDuration)!;
  };

  readonly quotaOf = (type: string): number =>
    this.#current.quotas?.[type] ?? jobTypeOf(type).concurrency.value;

  readonly limitOf = (name: LimitName): number => this.#current.limits?.[name] ?? limits[name];

  readonly rateOf = (operation: OperationName): number =>
    valueOf(this.#current.requestsPerSecond, operation) ?? Infinity;

  /** Milliseconds of the service's time. */
  readonly signedUrlLifetime = (): number => toMilliseconds(this.#current.signedUrlLifetime ?? "1m")!;
}

const defaultJobDuration = 50;
const types = jobTypes.map(({ type }) => type);
const count = integer({ min: 0 });
const rate = double({ min: 1 / 1_000_000 });

type ByName<T> = Readonly<Record<string, T>>;

/** The value for one name: the one value for all, or its own, or the default. */
const valueOf = <T extends Duration>(given: T | ByName<T> | undefined, name: string): T | undefined =>
  isRecord(given) ? (given[name] ?? given["default"]) : given;

/** One value for all, or values by name. */
const byName = (option: string, given: unknown, names: readonly string[], of: (value: unknown) => Shape) =>
  isRecord(given)
    ? structOf(option, Object.fromEntries(names.map((name) => [name, of(given[name])])))
    : of(given);

const eachOf = (option: string, names: readonly string[]) => byName(option, {}, names, () => count);

const timer = (value: unknown) => durationShape(value, maxTimerMs);

/** The shape of changes, which follows from them where a setting takes a number or a text. */
const shapeOf = ({ jobDuration, requestsPerSecond, signedUrlLifetime }: ChangeableSettings) =>
  structOf("Settings", {
    jobDuration: byName("jobDuration", jobDuration, [...types, "default"], timer),
    quotas: eachOf("quotas", types),
    limits: eachOf("limits", limitNames),
    requestsPerSecond: byName(
      "requestsPerSecond",
      requestsPerSecond,
      [...operationNames, "default"],
      () => rate,
    ),
    signedUrlLifetime: durationShape(signedUrlLifetime),
  });
