import type { Input, Output, Resource } from "@pulumi/pulumi";
import { all, output, unknown, unsecret } from "@pulumi/pulumi";
import type { JobAsset } from "../../service-model/job";
import type { JobState } from "../../service-model/job";
import type { Job } from "../../provider/dynamic/job";
import type { JobOfSetArgs, JobResult } from "../../provider/dynamic/job-set";
import { JobSet } from "../../provider/dynamic/job-set";
import type { AssetConfigurationArgs, CommonJobArgs } from "../../provider/dynamic/types";
import type { JobSettings } from "./job-settings";
import { jobSettings } from "./job-settings";

/** What components have in common that declare import jobs. */

/** What several jobs came to, in the order in which they were declared. */
export interface JobsOutcome {
  readonly jobIds: Output<string[]>;
  readonly states: Output<JobState[]>;
  readonly assets: Output<JobAsset[]>;
}

export const outcomeOf = (jobs: readonly Job[]): JobsOutcome => ({
  jobIds: all(jobs.map(({ id }) => id)),
  states: all(jobs.map(({ state }) => state)),
  assets: all(jobs.map(({ assets }) => assets)).apply((made) => made.flat()),
});

/** What the jobs of a set came to, in the order of their names. */
function outcomeOfSet({ results }: JobSet, names: readonly string[]): JobsOutcome {
  const inOrder = (known: Record<string, JobResult>) => names.flatMap((name) => known[name] ?? []);
  return {
    ...idsAndStates(results, inOrder),
    assets: results.apply((known) => inOrder(known).flatMap(({ assets }) => assets)),
  };
}

/** Of jobs whose details are secret these are not. */
export function idsAndStates(
  results: JobSet["results"],
  inOrder: (known: Record<string, JobResult>) => JobResult[],
): Pick<JobsOutcome, "jobIds" | "states"> {
  const shown = unsecret(results);
  return {
    jobIds: shown.apply((known) => inOrder(known).map(({ id }) => id)),
    states: shown.apply((known) => inOrder(known).map(({ state }) => state)),
  };
}

/** Declares the imports of a component as one set, by the names of the jobs. */
export function declareImportSet(
  component: Resource,
  name: string,
  jobs: readonly (readonly [string, JobOfSetArgs])[],
  args: JobSettings,
): JobsOutcome {
  const settings = importSettings(component, args);
  const set = new JobSet(name, { jobs: Object.fromEntries(jobs), ...settings }, { parent: component });
  return outcomeOfSet(
    set,
    jobs.map(([job]) => job),
  );
}

/** The name of a chunk's job in its set. */
export const jobName = (chunk: string): string => chunk || "1";

/** What one job came to that makes one asset. */
export const singleJobOutputs = (
  job: Output<Job>,
): { jobId: Output<string>; state: Output<JobState>; asset: Output<JobAsset | undefined> } => ({
  jobId: job.apply(({ id }) => id),
  state: job.apply(({ state }) => state),
  asset: job.apply(({ assets }) => assets).apply(([asset]) => asset),
});

/** The outcome of jobs that a preview cannot declare yet. */
export const unknownOutcome = (): JobsOutcome => ({
  jobIds: unknownOutput<string[]>(),
  states: unknownOutput<JobState[]>(),
  assets: unknownOutput<JobAsset[]>(),
});

export const unknownOutput = <T>(): Output<T> => output(unknown) as unknown as Output<T>;

/**
 * Settings of a job whose replacement shall leave no duplicates: what it made goes with it unless the program says
 * otherwise.
 */
export const importSettings = (
  component: Resource,
  args: JobSettings,
): ReturnType<typeof jobSettings> & Pick<CommonJobArgs, "assetConfiguration"> => ({
  onDelete: "deleteAssets",
  ...jobSettings(component, args),
  ...(args.tags !== undefined && { assetConfiguration: taggedAs(args.tags) }),
});

const taggedAs = (tags: Input<Record<string, Input<string>>>): AssetConfigurationArgs => ({
  tags: output(tags).apply((known) => Object.entries(known).map(([key, value]) => ({ key, value }))),
});

/**
 * For jobs in revisions that take few assets (5 or 20, by Service Quotas): what a replaced job made goes before the
 * new one begins, or a full revision would have no room for it.
 */
export const replaceBeforeCreate = { deleteBeforeReplace: true } as const;

/** What the components have in common that declare export jobs. */

/** Settings of a component that exports: it makes no assets, so there is nothing to tag or to delete. */
export type ExportSettings = Omit<JobSettings, "tags" | "onDelete">;

export interface ExportsOutcome {
  readonly jobIds: Output<string[]>;
  readonly states: Output<JobState[]>;
}

export const exportsOf = (jobs: readonly Job[]): ExportsOutcome => ({
  jobIds: all(jobs.map(({ id }) => id)),
  states: all(jobs.map(({ state }) => state)),
});
