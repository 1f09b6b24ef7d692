import { availableParallelism } from "node:os";

import type { Message } from "../../lib/message-code";
import { CodedError } from "../../lib/message-code";
import type { Clock } from "../../lib/clock";
import { findJobType } from "../../service-model/job-types";
import { isRecord } from "../../service-model/validate";
import type { Network } from "../aws/network";
import { openNetwork } from "../aws/network";
import type { ConnectionSettings, OwnSettings, ReadConfig } from "../aws/settings";
import { connectionSettings, resolveRegion } from "../aws/settings";
import type { Coordination, DataExchange } from "../core/ports";
import type { Session } from "../core/session";
import { openSession } from "../core/session";

/** Key of the stack's config that overrides quotas of concurrent jobs, a JSON object by job type. */
export const quotasKey = "dataexchange:concurrentJobs";

/** Source: `pulumi up --help`, `--parallel`: four times the number of processors. */
const defaultParallel = 4 * availableParallelism();

/** A process has one clock, however many providers and sessions it has. */
let hasWarnedOfClock = false;

/** One session for each connection to AWS. Jobs with the same connection share quotas, polls and listings. */
export class Sessions {
  private readonly open = new Map<string, Promise<Session>>();

  /** `warn` shows a line that does not belong to a resource. */
  constructor(
    private readonly config: ReadConfig,
    private readonly clock: Clock,
    private readonly warn: (text: string) => void = () => undefined,
    private readonly coordination?: Coordination,
  ) {}

  /** The region of a resource's job. Undefined if neither the resource nor the stack or the environment has one. */
  region(own: OwnSettings): Promise<string | undefined> {
    return resolveRegion(connectionSettings(own, this.config));
  }

  /** Whether the shared files have other profiles than that of a resource or of the stack. */
  async lacksProfile(own: OwnSettings): Promise<boolean> {
    const settings = connectionSettings(own, this.config);
    if (settings.profile === undefined) return false;
    const { lacksProfile } = await import("../aws/profiles.js");
    return lacksProfile(settings);
  }

  async of(own: OwnSettings): Promise<Session> {
    const settings = connectionSettings(own, this.config);
    const region = await resolveRegion(settings);
    const key = JSON.stringify({ ...settings, region });
    const session = this.open.get(key) ?? this.connect({ ...settings, region });
    this.open.set(key, session);
    return session;
  }

  /** Identifies the service that a resource reaches, without a connection. */
  async scope(own: OwnSettings): Promise<string> {
    const settings = connectionSettings(own, this.config);
    return scopeKey({ ...settings, region: await resolveRegion(settings) });
  }

  private async connect(settings: ConnectionSettings): Promise<Session> {
    // The first call loads the SDK. A preview makes no call.
    const { openDataExchange } = await import("../aws/data-exchange.js");
    const service: DataExchange = openDataExchange(settings, {
      agents: (await openNetwork(settings)).aws,
      onClockOff: (sentence) => this.warnOnce(sentence),
    });
    const { clock, coordination } = this;
    return openSession(service, clock, this.quotas(), scopeKey(settings), defaultParallel, coordination);
  }

  /** The network of the stack's config and the environment; resources cannot override it. */
  async network(): Promise<Network> {
    return openNetwork(connectionSettings({}, this.config));
  }

  private warnOnce(sentence: string): void {
    if (!hasWarnedOfClock) this.warn(sentence);
    hasWarnedOfClock = true;
  }

  /** The problem of the stack's config, if any. */
  configProblem(): Message | undefined {
    try {
      connectionSettings({}, this.config);
      this.quotas();
      return undefined;
    } catch (error) {
      return error instanceof CodedError ? error : { code: "invalid-config", text: (error as Error).message };
    }
  }

  /** @throws CodedError if the quotas in the stack's config are invalid. */
  quotas(): Record<string, number> {
    const text = this.config(quotasKey);
    if (!text) return {};
    const quotas = parseJson(text);
    const wrong = isRecord(quotas)
      ? Object.entries(quotas).find(
          ([type, value]) => !findJobType(type) || !Number.isInteger(value) || (value as number) < 1,
        )
      : [];
    if (!isRecord(quotas) || wrong) {
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

/** Region and endpoint. Profile and role are not part of it, because they may change while the job stays the same. */
const scopeKey = ({ region, endpoint }: ConnectionSettings, env = process.env): string =>
  JSON.stringify([region, endpoint || env.AWS_ENDPOINT_URL_DATAEXCHANGE || env.AWS_ENDPOINT_URL || ""]);
