/** Declares the jobs of a component, and combines their outputs. */
import type { Input, Output, Resource } from "@pulumi/pulumi";
import { all, output, unsecret } from "@pulumi/pulumi";

import type { Job } from "../../provider/resources/job";
import type { JobOfSetArgs, JobResult } from "../../provider/resources/job-set";
import { JobSet } from "../../provider/resources/job-set";
import type { AssetConfigurationArgs, CommonJobArgs } from "../../provider/resources/types";
import type { JobAsset, JobState } from "../../service-model/job";
import type { JobSettings } from "./job-settings";
import { jobSettings } from "./job-settings";
import { unknownOutput } from "./resolve-input";

/** Outputs of export jobs, in the order in which the jobs were declared. */
export interface ExportOutputs {
  readonly jobIds: Output<string[]>;
  readonly states: Output<JobState[]>;
}

/** Outputs of import jobs, in the order in which the jobs were declared. */
export interface ImportOutputs extends ExportOutputs {
  readonly assets: Output<JobAsset[]>;
}

/** Outputs of a component with one job that creates one asset. */
export interface SingleImportOutputs {
  readonly jobId: Output<string>;
  readonly state: Output<JobState>;
  readonly asset: Output<JobAsset | undefined>;
}

export const exportOutputs = (jobs: readonly Job[]): ExportOutputs => ({
  jobIds: all(jobs.map(({ id }) => id)),
  states: all(jobs.map(({ state }) => state)),
});

export const importOutputs = (jobs: readonly Job[]): ImportOutputs => ({
  ...exportOutputs(jobs),
  assets: all(jobs.map(({ assets }) => assets)).apply((assets) => assets.flat()),
});

export const singleImportOutputs = ({ id, state, assets }: Job): SingleImportOutputs => ({
  jobId: id,
  state,
  asset: assets.apply(([asset]) => asset),
});

/** Outputs of jobs that a preview cannot declare yet. */
export const unknownImportOutputs = (): ImportOutputs => ({
  jobIds: unknownOutput(),
  states: unknownOutput(),
  assets: unknownOutput(),
});

/** Ids and states of the jobs of a set. They are not secret, even if the details of the jobs are. */
export function jobSetOutputs(
  { results }: JobSet,
  inOrder: (results: Record<string, JobResult>) => JobResult[] = Object.values,
): ExportOutputs {
  const shown = unsecret(results);
  return {
    jobIds: shown.apply((known) => inOrder(known).map(({ id }) => id)),
    states: shown.apply((known) => inOrder(known).map(({ state }) => state)),
  };
}

/** Declares import jobs, given with their names, as one JobSet. */
export function declareImportSet(
  component: Resource,
  name: string,
  jobs: readonly (readonly [string, JobOfSetArgs])[],
  args: JobSettings,
): ImportOutputs {
  const settings = importSettings(component, args);
  const set = new JobSet(name, { jobs: Object.fromEntries(jobs), ...settings }, { parent: component });
  const inOrder = (results: Record<string, JobResult>) => jobs.flatMap(([job]) => results[job] ?? []);
  return {
    ...jobSetOutputs(set, inOrder),
    assets: set.results.apply((results) => inOrder(results).flatMap(({ assets }) => assets)),
  };
}

/** The name of a chunk's job in its set. */
export const jobName = (chunk: string): string => chunk || "1";

/** Settings of import jobs. By default a replaced job's assets are deleted, so that no asset appears twice. */
export const importSettings = (
  component: Resource,
  args: JobSettings,
): ReturnType<typeof jobSettings> & Pick<CommonJobArgs, "assetConfiguration"> => ({
  onDelete: "deleteAssets",
  ...jobSettings(component, args),
  ...(args.tags !== undefined && { assetConfiguration: withTags(args.tags) }),
});

const withTags = (tags: Input<Record<string, Input<string>>>): AssetConfigurationArgs => ({
  tags: output(tags).apply((known) => Object.entries(known).map(([key, value]) => ({ key, value }))),
});

/**
 * For jobs in revisions with at most 5 or 20 assets (Service Quotas): a replaced job's assets are deleted before the new job
 * starts, because the revision may be full.
 */
export const replaceBeforeCreate = { deleteBeforeReplace: true } as const;
