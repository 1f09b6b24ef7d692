/**
 * AWS Data Exchange jobs as declarative Pulumi resources, and components over them.
 *
 * @module pulumi-dataexchange
 */
export type { DataSetOrigin, JobAsset } from "./service-model/job";
export type { JobState } from "./service-model/job";
export type { RevisionFinalizationArgs } from "./provider/dynamic/revision-finalization";
export { RevisionFinalization } from "./provider/dynamic/revision-finalization";
export type { JobConnection } from "./provider/dynamic/job";
export { Job } from "./provider/dynamic/job";
export type { JobOfSetArgs, JobResult, JobSetArgs } from "./provider/dynamic/job-set";
export { JobSet } from "./provider/dynamic/job-set";
export * from "./provider/dynamic/types";
export type { UploadBody } from "./provider/dynamic/upload-asset";
export * from "./components/index";
