/**
 * AWS Data Exchange jobs as declarative Pulumi resources, and components over them.
 *
 * @module pulumi-dataexchange
 */
export type { DataSetOrigin, JobAsset } from "./service-model/job";
export type { JobState } from "./service-model/job";
export type { RevisionFinalizationArgs } from "./provider/resources/revision-finalization";
export { RevisionFinalization } from "./provider/resources/revision-finalization";
export type { JobConnection } from "./provider/resources/job";
export { Job } from "./provider/resources/job";
export type { JobOfSetArgs, JobResult, JobSetArgs } from "./provider/resources/job-set";
export { JobSet } from "./provider/resources/job-set";
export * from "./provider/resources/types";
export type { UploadBody } from "./provider/resources/upload-asset";
export * from "./components/index";
