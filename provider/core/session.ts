import type { ServiceAsset, ServiceJob } from "../../service-model/job";
import { defaultTimeouts } from "./arguments";
import { parseDuration } from "../../lib/duration";
import { FreshLoads } from "../../lib/coalescing-loader";
import type { Clock, DataExchange, Reporter } from "./ports";
import type { HeldBack } from "./concurrency";
import { Turns } from "../../lib/semaphore";
import type { Contact } from "./retry";
import { withRetries } from "./retry";
import { JobWatcher } from "./job-watcher";

/** What all jobs of one region and identity share. */
export interface Session {
  /** The service as it is: one call, one answer. */
  readonly service: DataExchange;
  readonly clock: Clock;
  /** Which service the session reaches: region and endpoint, as one text. */
  readonly scope: string;
  readonly contact: Contact;
  readonly watcher: JobWatcher;
  readonly turns: Turns;
  /** By job type. */
  readonly heldBack: Map<string, HeldBack>;
  /** How many resources Pulumi works on at once unless it is told otherwise. */
  readonly parallelism: number;
  readonly jobLists: FreshLoads<ServiceJob[]>;
  readonly assetLists: FreshLoads<ServiceAsset[]>;
  /** What jobs were asked for, as a digest, by their ids. */
  readonly works: Map<string, string>;
  /** Quotas of concurrent jobs that differ from the table's, by type. */
  readonly quotas: Readonly<Record<string, number>>;
}

/**
 * All jobs or assets of a revision are up to 50 pages, and each of many jobs wants them. After a listing the next one
 * rests, in proportion to the time it took, and all who come meanwhile share it.
 */
const rest = (took: number): number => Math.min(Math.max(3 * took, 25), 5_000);

export function openSession(
  service: DataExchange,
  clock: Clock,
  quotas: Session["quotas"] = {},
  scope = "",
  parallelism = Infinity,
): Session {
  const watcher = new JobWatcher(service, clock);
  // The last of the jobs in flight waits for nobody.
  const moreToCome = () => watcher.isWatching;
  return {
    service,
    clock,
    quotas,
    scope,
    contact: { made: false },
    watcher,
    turns: new Turns(clock),
    heldBack: new Map(),
    parallelism,
    jobLists: new FreshLoads({ clock, rest }),
    works: new Map(),
    assetLists: new FreshLoads({ clock, rest, moreToCome }),
  };
}

/** The session's service, as patient as the resource says that asks it; `timeouts` may be of an older state. */
export const patientService = (
  { service, clock, contact }: Session,
  { timeouts }: { timeouts?: { request?: string } } = {},
  reporter?: Reporter,
): DataExchange =>
  withRetries(service, {
    clock,
    contact,
    reporter,
    budget: parseDuration(timeouts?.request ?? defaultTimeouts.request)!,
  });
