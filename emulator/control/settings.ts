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

/** Settings of a local Data Exchange; each can change while the service runs. */
export interface ChangeableSettings {
  /** Minimum run time of a job; for all types, or by type with `default` for the rest. Default: 50 ms. */
  readonly jobDuration?: Duration | Readonly<Record<string, Duration>>;
  /** Maximum number of jobs in progress at once, by type. Default: the service's quotas. */
  readonly quotas?: Readonly<Record<string, number>>;
  /** Maximum number of stored resources, by the service's name of the limit. Default: the service's limits. */
  readonly limits?: Partial<Readonly<Record<LimitName, number>>>;
  /**
   * Maximum rate of requests of an account in a region, per second of the service's clock; for each operation, or by
   * operation with `default` for the rest. A burst may have the requests of one second. Default: no limit, because the
   * service publishes no rates.
   */
  readonly requestsPerSecond?: number | Readonly<Record<string, number>>;
  /**
   * Time within which requests to signed URLs must begin, in whole seconds of the service's time. A request that began
   * in time may end later. Default: 1 minute, as at AWS.
   */
  readonly signedUrlLifetime?: Duration;
}

export class Settings {
  #current: ChangeableSettings = {};

  constructor(initial: ChangeableSettings) {
    this.change(initial);
  }

  /** Replaces each given setting as a whole. Throws, and changes nothing, if a value is not valid. */
  change(changes: ChangeableSettings): void {
    assertOption(settingsShape(changes), changes, "The settings");
    this.#current = { ...this.#current, ...changes };
  }

  get(): ChangeableSettings {
    return this.#current;
  }

  /** Milliseconds of the machine's time. */
  readonly durationOf = (type: string): number => {
    const { jobDuration = defaultJobDuration } = this.#current;
    return toMilliseconds(valueFor(jobDuration, type) ?? defaultJobDuration)!;
  };

  readonly quotaOf = (type: string): number =>
    this.#current.quotas?.[type] ?? jobTypeOf(type).concurrency.value;

  readonly limitOf = (name: LimitName): number => this.#current.limits?.[name] ?? limits[name];

  readonly rateOf = (operation: OperationName): number =>
    valueFor(this.#current.requestsPerSecond, operation) ?? Infinity;

  /** Milliseconds of the service's time. */
  readonly signedUrlLifetime = (): number => toMilliseconds(this.#current.signedUrlLifetime ?? "1m")!;
}

const defaultJobDuration = 50;
const types = jobTypes.map(({ type }) => type);
const count = integer({ min: 0 });
const rate = double({ min: 1 / 1_000_000 });

type ByName<T> = Readonly<Record<string, T>>;

/** The value for a name: the common value, the value of the name, or the default. */
const valueFor = <T extends Duration>(given: T | ByName<T> | undefined, name: string): T | undefined =>
  isRecord(given) ? (given[name] ?? given["default"]) : given;

/** One value for all, or values by name. `noun` says what a name is. */
const byName = (noun: string, given: unknown, names: readonly string[], of: (value: unknown) => Shape) =>
  isRecord(given)
    ? structOf("Values", Object.fromEntries(names.map((name) => [name, of(given[name])])), noun)
    : of(given);

const countOf = (noun: string, names: readonly string[]) => byName(noun, {}, names, () => count);

const timer = (value: unknown) => durationShape(value, maxTimerMs);

/** The shape of changes, which depends on them where a setting is a number, a string or a map. */
const settingsShape = ({ jobDuration, requestsPerSecond, signedUrlLifetime }: ChangeableSettings) =>
  structOf("Settings", {
    jobDuration: byName("a job type", jobDuration, [...types, "default"], timer),
    quotas: countOf("a job type", types),
    limits: countOf("a limit", limitNames),
    requestsPerSecond: byName("an operation", requestsPerSecond, [...operationNames, "default"], () => rate),
    signedUrlLifetime: durationShape(signedUrlLifetime),
  });
