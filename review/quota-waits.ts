/** Jobs beyond the service's quota of their type wait for their turn. */
import type { JobType } from "../service-model/job-type";
import type { Phrase } from "./rich-text";
import { count, name, say } from "./rich-text";
import { membersOf } from "./preview-values";

export interface Queue {
  readonly type: string;
  readonly region?: string;
  readonly jobs: number;
  /** How many of them may be in progress at once. */
  readonly quota: number;
  readonly waves: number;
  readonly phrase: Phrase;
}

interface Running {
  readonly jobType?: JobType;
  readonly region?: string;
}

export function queuesOf(running: readonly Running[], config: Readonly<Record<string, unknown>>): Queue[] {
  const raised = raisedQuotas(config["dataexchange:concurrentJobs"]);
  const isOneRegion = new Set(running.map(({ region }) => region)).size === 1;
  const groups = new Map<string, Running[]>();
  for (const job of running) {
    const key = JSON.stringify([job.jobType?.type, job.region]);
    const group = groups.get(key);
    if (group) group.push(job);
    else groups.set(key, [job]);
  }
  return [...groups.values()].flatMap((jobs): Queue[] => {
    const { jobType, region } = jobs[0]!;
    if (!jobType) return [];
    const { type, concurrency } = jobType;
    const own = raised[type];
    const quota = typeof own === "number" && own > 0 ? own : concurrency.value;
    if (jobs.length <= quota) return [];
    const waves = Math.ceil(jobs.length / quota);
    const where = isOneRegion || region === undefined ? [] : say` in ${name(region)}`;
    const phrase = say`${count(jobs.length, "job")} of type ${name(type)}${where}: ${quota} may be in progress at once, so they run in ${waves} waves`;
    return [{ type, ...(region !== undefined && { region }), jobs: jobs.length, quota, waves, phrase }];
  });
}

/** The stack's config holds JSON as text; a secret or broken one is the provider's to refuse. */
function raisedQuotas(text: unknown): Readonly<Record<string, unknown>> {
  try {
    return membersOf(typeof text === "string" ? JSON.parse(text) : text);
  } catch {
    return {};
  }
}
