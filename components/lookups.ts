/** Functions of programs that look up what exists. They declare no resource, and a preview calls them as well. */
import type { InvokeOptions, InvokeOutputOptions, Output } from "@pulumi/pulumi";

import * as assets from "../provider/core/lookups/get-assets";
import * as dataSet from "../provider/core/lookups/get-data-set";
import * as job from "../provider/core/lookups/get-job";
import * as revision from "../provider/core/lookups/get-revision";
import type { LookupConnection, LookupInputs } from "./support/program-lookup";
import { lookUpNow, lookUpOutput } from "./support/program-lookup";

/** Arguments of getDataSet. */
export interface GetDataSetArgs extends dataSet.GetDataSetArgs, LookupConnection {}
/** Arguments of getJob. */
export interface GetJobArgs extends job.GetJobArgs, LookupConnection {}
/** Arguments of getRevision. */
export interface GetRevisionArgs extends revision.GetRevisionArgs, LookupConnection {}
/** Arguments of getLatestRevision. */
export interface GetLatestRevisionArgs extends revision.GetLatestRevisionArgs, LookupConnection {}
/** Arguments of getAssets. */
export interface GetAssetsArgs extends assets.GetAssetsArgs, LookupConnection {}

export type { GetAssetsResult } from "../provider/core/lookups/get-assets";
export type { GetDataSetResult } from "../provider/core/lookups/get-data-set";
export type { GetJobResult } from "../provider/core/lookups/get-job";
export type { GetRevisionResult } from "../provider/core/lookups/get-revision";

/**
 * The data set with a name.
 *
 * ```ts
 * const { dataSetId } = dataexchange.getDataSetOutput({ name: "Daily prices", origin: "ENTITLED" });
 * ```
 *
 * Errors: no data set or several have the name. Names are not unique.
 */
export function getDataSet(args: GetDataSetArgs, opts?: InvokeOptions): Promise<dataSet.GetDataSetResult> {
  return lookUpNow(dataSet.getDataSet, args, opts);
}

/** As getDataSet, for arguments that may be outputs of resources. */
export function getDataSetOutput(
  args: LookupInputs<GetDataSetArgs>,
  opts?: InvokeOutputOptions,
): Output<dataSet.GetDataSetResult> {
  return lookUpOutput(dataSet.getDataSet, args, opts);
}

/**
 * A job as it is now, also one that another program or tool has created.
 *
 * Errors: a job that does not exist, also because it was created more than 90 days ago.
 */
export function getJob(args: GetJobArgs, opts?: InvokeOptions): Promise<job.GetJobResult> {
  return lookUpNow(job.getJob, args, opts);
}

/** As getJob, for arguments that may be outputs of resources. */
export function getJobOutput(
  args: LookupInputs<GetJobArgs>,
  opts?: InvokeOutputOptions,
): Output<job.GetJobResult> {
  return lookUpOutput(job.getJob, args, opts);
}

/**
 * A revision as it is now.
 *
 * Errors: a revision that does not exist.
 */
export function getRevision(
  args: GetRevisionArgs,
  opts?: InvokeOptions,
): Promise<revision.GetRevisionResult> {
  return lookUpNow(revision.getRevision, args, opts);
}

/** As getRevision, for arguments that may be outputs of resources. */
export function getRevisionOutput(
  args: LookupInputs<GetRevisionArgs>,
  opts?: InvokeOutputOptions,
): Output<revision.GetRevisionResult> {
  return lookUpOutput(revision.getRevision, args, opts);
}

/**
 * The newest revision of a data set that is finalized and not revoked.
 *
 * ```ts
 * const latest = dataexchange.getLatestRevisionOutput({ dataSetId });
 * new dataexchange.RevisionExport("prices", {
 *   dataSetId,
 *   revisionIds: [latest.revisionId],
 *   bucket: bucket.id,
 * });
 * ```
 *
 * Newest is by the time of creation, which for an entitled data set is the time of publication.
 *
 * Errors: a data set that does not exist, or that has no such revision.
 */
export function getLatestRevision(
  args: GetLatestRevisionArgs,
  opts?: InvokeOptions,
): Promise<revision.GetRevisionResult> {
  return lookUpNow(revision.getLatestRevision, args, opts);
}

/** As getLatestRevision, for arguments that may be outputs of resources. */
export function getLatestRevisionOutput(
  args: LookupInputs<GetLatestRevisionArgs>,
  opts?: InvokeOutputOptions,
): Output<revision.GetRevisionResult> {
  return lookUpOutput(revision.getLatestRevision, args, opts);
}

/**
 * The assets of a revision, all or those whose names match patterns.
 *
 * ```ts
 * const csv = dataexchange.getAssetsOutput({ dataSetId, include: ["**\/*.csv"] });
 * new dataexchange.S3Export("prices", {
 *   dataSetId,
 *   revisionId: csv.revisionId,
 *   assets: csv.assets,
 *   bucket: bucket.id,
 * });
 * ```
 *
 * They are the assets that the revision contains now. For those that this program imports, use the `assets` of the Job or
 * component instead, or name it in `dependsOn`.
 *
 * Errors: a data set or revision that does not exist, a pattern that is invalid, and patterns that select no asset. A pattern
 * that matches nothing beside others that do is a warning.
 */
export function getAssets(args: GetAssetsArgs, opts?: InvokeOptions): Promise<assets.GetAssetsResult> {
  return lookUpNow(assets.getAssets, args, opts);
}

/** As getAssets, for arguments that may be outputs of resources. */
export function getAssetsOutput(
  args: LookupInputs<GetAssetsArgs>,
  opts?: InvokeOutputOptions,
): Output<assets.GetAssetsResult> {
  return lookUpOutput(assets.getAssets, args, opts);
}
