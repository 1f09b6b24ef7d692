import { availableParallelism } from "node:os";

import type { Message } from "../../lib/message-code";
import { CodedError } from "../../lib/message-code";
import type { Clock } from "../../lib/clock";
import { findJobType } from "../../service-model/job-types";
import type { Network } from "../aws/network";
import { networkOf } from "../aws/network";
import type { ConnectionSettings, OwnSettings, ReadConfig } from "../aws/settings";
import { connectionSettings, resolveRegion } from "../aws/settings";
import type { DataExchange } from "../core/ports";
import type { Session } from "../core/session";
import { openSession } from "../core/session";

/** Key of the stack's config that overrides quotas of concurrent jobs, a JSON object by job type. */
export const quotasKey = "dataexchange:concurrentJobs";

/** Source: `pulumi up --help`, `--parallel`: four times the number of processors. */
const defaultParallel = 4 * availableParallelism();

/** A process has one clock, however many providers and sessions it has. */
let hasWarnedOfClock = false;

/** One session for each way of reaching AWS; jobs that reach it the same way share quotas, sweeps and listings. */
export class Sessions {
  private readonly open = new Map<string, Promise<Session>>();

  /** `warn` shows a line that is not about one resource. */
  constructor(
    private readonly config: ReadConfig,
    private readonly clock: Clock,
    private readonly warn: (text: string) => void = () => undefined,
  ) {}

  /** The region that a resource's job belongs to; nothing when neither it nor its surroundings name one. */
  region(own: OwnSettings): Promise<string | undefined> {
    return resolveRegion(connectionSettings(own, this.config));
  }

  async of(own: OwnSettings): Promise<Session> {
    const settings = connectionSettings(own, this.config);
    const region = await resolveRegion(settings);
    const key = JSON.stringify({ ...settings, region });
    const session = this.open.get(key) ?? this.connect({ ...settings, region });
    this.open.set(key, session);
    return session;
  }

  /** Which service a resource reaches, without connecting to it. */
  async scope(own: OwnSettings): Promise<string> {
    const settings = connectionSettings(own, this.config);
    return scopeOf({ ...settings, region: await resolveRegion(settings) });
  }

  private async connect(settings: ConnectionSettings): Promise<Session> {
    // The SDK is loaded by the first call, so that a preview, which makes none, does not pay for it.
    const { openDataExchange } = await import("../aws/data-exchange.js");
    const service: DataExchange = openDataExchange(settings, {
      agents: (await networkOf(settings)).aws,
      onClockOff: (sentence) => this.warnOnce(sentence),
    });
    return openSession(service, this.clock, this.quotas(), scopeOf(settings), defaultParallel);
  }

  /** The network of the stack's config and the environment; resources cannot override it. */
  async network(): Promise<Network> {
    return networkOf(connectionSettings({}, this.config));
  }

  private warnOnce(sentence: string): void {
    if (!hasWarnedOfClock) this.warn(sentence);
    hasWarnedOfClock = true;
  }

  /** What is wrong with the stack's own config. */
  configProblem(): Message | undefined {
    try {
      connectionSettings({}, this.config);
      this.quotas();
      return undefined;
    } catch (error) {
      return error instanceof CodedError ? error : { code: "invalid-config", text: (error as Error).message };
    }
  }

  /** Quotas that the stack's config sets; throws a sentence when it is not what it should be. */
  quotas(): Record<string, number> {
    const text = this.config(quotasKey);
    if (!text) return {};
    const quotas = parseJson(text);
    const isRecord = typeof quotas === "object" && quotas !== null && !Array.isArray(quotas);
    const wrong = isRecord
      ? Object.entries(quotas).find(
          ([type, value]) => !findJobType(type) || !Number.isInteger(value) || value < 1,
        )
      : [];
    if (!isRecord || wrong) {
      const what =
        wrong?.[0] === undefined ? "" : `; ${wrong[0]} is not a job type with a whole number from 1`;
      const text = `The stack's config ${quotasKey} must be a JSON object such as {"EXPORT_ASSETS_TO_S3": 20}${what}.`;
      throw new CodedError({ code: "invalid-config", text });
    }
    return quotas as Record<string, number>;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Region and endpoint; the profile and the role may change while the job stays the same. */
const scopeOf = ({ region, endpoint }: ConnectionSettings, env = process.env): string =>
  JSON.stringify([region, endpoint || env.AWS_ENDPOINT_URL_DATAEXCHANGE || env.AWS_ENDPOINT_URL || ""]);
