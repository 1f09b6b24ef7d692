/** Jobs that wait because the service has a quota of jobs of a type in progress. */
import type { JobType } from "../service-model/job-type";
import { groupBy } from "./merge-jobs";
import type { Preview } from "./parse-preview";
import type { Values } from "./preview-values";
import { membersOf } from "./preview-values";

/** Jobs of a type that exceed the quota of jobs in progress. */
export interface Queue {
  readonly type: string;
  readonly region?: string;
  readonly jobs: number;
  /** The number of jobs that may be in progress at once. */
  readonly quota: number;
  readonly waves: number;
}

interface Job {
  readonly jobType?: JobType;
  readonly region?: string;
  /** The settings of its explicit provider. */
  readonly provider?: Values;
}

/** The settings that decide in whose account a job runs. A quota holds for an account and a region. */
const accountOf = (provider: Values = {}): unknown =>
  ["profile", "accessKey", "assumeRole", "assumeRoles", "assumeRoleWithWebIdentity", "endpoints"].map(
    (name) => provider[name] ?? null,
  );

export function queuesOf(running: readonly Job[], config: Preview["config"]): Queue[] {
  const groups = groupBy(running, ({ jobType, region, provider }) =>
    JSON.stringify([jobType?.type, region, accountOf(provider)]),
  );
  return [...groups.values()].flatMap((jobs): Queue[] => {
    const { jobType, region } = jobs[0]!;
    if (!jobType) return [];
    const { type, concurrency } = jobType;
    const quotas = jobs.map(({ provider }) => {
      const raised = provider ? provider.concurrentJobs : config["dataexchange:concurrentJobs"];
      const own = raisedQuotas(raised)[type];
      return typeof own === "number" && own > 0 ? own : concurrency.value;
    });
    const quota = quotas.reduce((least, one) => Math.min(least, one));
    if (jobs.length <= quota) return [];
    const waves = Math.ceil(jobs.length / quota);
    return [{ type, ...(region !== undefined && { region }), jobs: jobs.length, quota, waves }];
  });
}

/** The stack's config has JSON as text. The provider refuses an invalid value. */
function raisedQuotas(text: unknown): Readonly<Record<string, unknown>> {
  try {
    return membersOf(typeof text === "string" ? JSON.parse(text) : text);
  } catch {
    return {};
  }
}
