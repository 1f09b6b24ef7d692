/**
 * AWS Data Exchange jobs as declarative Pulumi resources, and components over them.
 *
 * @module pulumi-dataexchange
 */
export type { JobAsset } from "./provider/model/made-assets";
export type { JobState } from "./provider/model/job";
export type { RevisionFinalizationArgs } from "./provider/pulumi/finalization";
export { RevisionFinalization } from "./provider/pulumi/finalization";
export type { JobConnection } from "./provider/pulumi/job";
export { Job } from "./provider/pulumi/job";
export type { JobOfSetArgs, JobResult, JobSetArgs } from "./provider/pulumi/job-set";
export { JobSet } from "./provider/pulumi/job-set";
export * from "./provider/pulumi/types";
export type { UploadBody } from "./provider/pulumi/upload-body";
export * from "./components/index";
