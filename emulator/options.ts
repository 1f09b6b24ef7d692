/** What a local Data Exchange can be told, and what it does untold. */
import { findJobType, jobTypeOf, jobTypes } from "../provider/model/job-types/index";
import type { Duration } from "./control/duration";
import { milliseconds, timerMilliseconds } from "./control/duration";
import type { AccessEntry } from "./server/server";

export interface LocalDataExchangeOptions {
  /** Default: one that is free. */
  readonly port?: number;
  /** Default: 127.0.0.1, the loopback. Nothing protects what is reachable from elsewhere. */
  readonly host?: string;
  /** Least time that a started job is in progress; for all types, or by type with `default` for the rest. Default: 50 ms. */
  readonly jobDuration?: Duration | Readonly<Record<string, Duration>>;
  /** Jobs in progress at once, by type. Default: the service's quotas. */
  readonly quotas?: Readonly<Record<string, number>>;
  /** 12 digits. Default: 000000000000. */
  readonly accountId?: string;
  /** An S3 server to use in place of the one that comes with it. */
  readonly s3Endpoint?: string;
  /** Credentials for `s3Endpoint`. Default: those of the environment, where there are any. */
  readonly s3Credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How long signed URLs work, in whole seconds of the service's time. Default: 1 hour. */
  readonly signedUrlLifetime?: Duration;
  /** Told of every request when it has been answered. */
  readonly onRequest?: (entry: AccessEntry) => void;
}

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly accountId: string;
  readonly s3Endpoint?: string;
  readonly s3Credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly signedUrlLifetime: number;
  readonly durationOf: (type: string) => number;
  readonly quotaOf: (type: string) => number;
  readonly onRequest?: (entry: AccessEntry) => void;
}

const defaultJobDuration = 50;

export function settingsOf(options: LocalDataExchangeOptions): Settings {
  const { port = 0, host = "127.0.0.1", accountId = "000000000000", quotas = {}, s3Endpoint } = options;
  if (!/^\d{12}$/.test(accountId)) throw new TypeError(`accountId must be 12 digits, not ${accountId}.`);
  for (const [type, quota] of Object.entries(quotas)) {
    knownType(type, "quotas");
    if (!Number.isInteger(quota) || quota < 0) {
      throw new TypeError(`The quota of ${type} must be a whole number from 0, not ${quota}.`);
    }
  }
  return {
    port,
    host,
    accountId,
    s3Endpoint,
    s3Credentials: options.s3Credentials ?? environmentCredentials(s3Endpoint !== undefined),
    signedUrlLifetime: milliseconds(options.signedUrlLifetime ?? "1h", "signedUrlLifetime"),
    durationOf: durations(options.jobDuration ?? defaultJobDuration),
    quotaOf: (type) => quotas[type] ?? jobTypeOf(type).concurrency.value,
    onRequest: options.onRequest,
  };
}

function durations(given: Duration | Readonly<Record<string, Duration>>): (type: string) => number {
  if (typeof given !== "object") {
    const all = timerMilliseconds(given, "jobDuration");
    return () => all;
  }
  const byType = new Map(
    Object.entries(given).map(([type, duration]) => {
      if (type !== "default") knownType(type, "jobDuration");
      return [type, timerMilliseconds(duration, `jobDuration of ${type}`)];
    }),
  );
  return (type) => byType.get(type) ?? byType.get("default") ?? defaultJobDuration;
}

function knownType(type: string, option: string): void {
  if (findJobType(type)) return;
  throw new TypeError(
    `${option} names ${type}, which is none of ${jobTypes.map((known) => known.type).join(", ")}.`,
  );
}

/** The embedded server asks for none, so that the environment's own never go anywhere they need not. */
function environmentCredentials(wanted: boolean): Settings["s3Credentials"] {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  return wanted && AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
    ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
    : { accessKeyId: "local", secretAccessKey: "local" };
}
