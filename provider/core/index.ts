/** The core: what a declared Data Exchange job means, told without Pulumi and without the AWS SDK. */
export { Claims } from "./adopt/claims";
export { UnfinishedJobError } from "./errors/job-errors";
export type { FailureFacts, FailureKind } from "./errors/service-error";
export { ServiceError } from "./errors/service-error";
export { redact } from "./errors/redact";
export { checkInputs } from "./inputs/check";
export { diffJob } from "./inputs/diff";
export type { JobInputs } from "./inputs/job-inputs";
export { createJob } from "./lifecycle/create";
export { deleteJob } from "./lifecycle/delete";
export { readJob } from "./lifecycle/read";
export { updateJob } from "./lifecycle/update";
export type * from "./ports";
export type { Session } from "./session";
export { openSession } from "./session";
export type { JobAsset, JobOutputs } from "./state";
export { readOutputs } from "./state";
export { workText } from "./work";
