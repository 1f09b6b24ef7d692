import type { ServiceAsset, ServiceJob } from "../model/job";
import { defaultTimeouts } from "./inputs/args";
import { parseDuration } from "./duration";
import { FreshLoads } from "./fresh-loads";
import type { Clock, DataExchange } from "./ports";
import { Turns } from "./queue/turns";
import { withRetries } from "./retry/retrying-service";
import { JobWatcher } from "./wait/watcher";

/** What all jobs of one region and identity share. */
export interface Session {
  /** The service as it is: one call, one answer. */
  readonly service: DataExchange;
  readonly clock: Clock;
  readonly watcher: JobWatcher;
  readonly turns: Turns;
  readonly jobLists: FreshLoads<ServiceJob[]>;
  readonly assetLists: FreshLoads<ServiceAsset[]>;
  /** Quotas of concurrent jobs that differ from the table's, by type. */
  readonly quotas: Readonly<Record<string, number>>;
}

export function openSession(service: DataExchange, clock: Clock, quotas: Session["quotas"] = {}): Session {
  return {
    service,
    clock,
    quotas,
    watcher: new JobWatcher(service, clock),
    turns: new Turns(clock),
    jobLists: new FreshLoads(),
    assetLists: new FreshLoads(),
  };
}

/** The session's service for callers that have no timeouts of their own. */
export const patientService = ({ service, clock }: Session): DataExchange =>
  withRetries(service, clock, parseDuration(defaultTimeouts.request)!);
