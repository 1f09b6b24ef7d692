/** Errors as people read them: what happened, to which job, and what to do. */
import type { JobError, ServiceJob } from "../../service-model/job";
import { redact } from "../../lib/redact";
import { ServiceError, uploadOperation } from "./errors";

const joined = (...sentences: (string | undefined)[]): string => sentences.filter(Boolean).join(" ");

const ended = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

/** Any failure of a call, with `subject` naming the job: "Job 1a2b (IMPORT_ASSETS_FROM_S3)". */
export function describeFailure(error: unknown, subject: string): string {
  if (!(error instanceof ServiceError))
    return `${subject}: ${ended(redact(String((error as Error)?.message ?? error)))}`;
  const { operation, name, message, requestId, limitName, limitValue, resourceId, resourceType } =
    error.facts;
  const about = [
    resourceId && `${resourceType ?? "resource"} ${resourceId}`,
    limitName && `limit “${limitName}”${limitValue === undefined ? "" : ` of ${limitValue}`}`,
    requestId && `request id ${requestId}`,
  ].filter(Boolean);
  return joined(
    `${subject}: ${operation} failed with ${name}: ${ended(redact(message))}`,
    error.facts.remedy ?? remedyOf(error),
    about.length > 0 ? `(${about.join(", ")})` : undefined,
  );
}

function remedyOf({ kind, facts }: ServiceError): string {
  const uploading = facts.operation === uploadOperation;
  switch (kind) {
    case "throttled":
      return "The service refused the pace for longer than timeouts.request allows; run `pulumi up` again later, or allow more.";
    case "unavailable":
      if (facts.refusedBy) {
        return "Nothing listens there: correct the endpoint or the proxy that names it, or start what should listen, and run `pulumi up` again.";
      }
      if (uploading) {
        return "It took longer than timeouts.upload allows; run `pulumi up` again, or allow more.";
      }
      return "The service gave no usable answer for longer than timeouts.request allows; run `pulumi up` again, it goes on from here.";
    case "limit":
      return "A limit of the account is reached; run `pulumi up` again when fewer jobs are in progress. AWS does not raise the quotas of jobs in progress.";
    case "accessDenied":
      return facts.exceptionCause
        ? `Data Exchange may not use the bucket (${facts.exceptionCause}); correct its policy and run \`pulumi up\` again.`
        : `Allow ${facts.action ?? "the call"} to the identity that runs Pulumi, with what the call needs of other services, and run \`pulumi up\` again.`;
    case "invalid":
      return facts.exceptionCause
        ? `Data Exchange may not use the bucket (${facts.exceptionCause}); correct its policy and run \`pulumi up\` again.`
        : "Correct the inputs and run `pulumi up` again.";
    case "notFound":
      return "Check the id, the region and the account, and run `pulumi up` again.";
    case "conflict":
      if (/^(Create|Start)Job$/.test(facts.operation) && /finalized/i.test(facts.message)) {
        return "A finalized revision takes no more assets: import into a new revision, such as a RevisionPublication makes for each change, and run `pulumi up` again.";
      }
      return "Something else changed it or stands in the way; see what, and run `pulumi up` again.";
    case "expired":
      return "The upload URL has expired; run `pulumi up` again, which makes a new job with a new URL.";
    case "other":
      if (uploading) return "The upload URL was refused; run `pulumi up` again.";
      if (/^ExpiredToken/.test(facts.name)) {
        return "The credentials have expired; renew them and run `pulumi up` again.";
      }
      return "Check region, endpoint and credentials, and run `pulumi up` again.";
  }
}

const remedies: Record<string, string> = {
  ACCESS_DENIED_EXCEPTION:
    "Give the identity that runs Pulumi access to what is named, or correct the bucket's policy",
  INTERNAL_SERVER_EXCEPTION: "The service failed; nothing is wrong with the inputs as far as it says",
  MALWARE_DETECTED: "Remove or replace the file that is named",
  MALWARE_SCAN_ENCRYPTED_FILE: "Upload the file without its own encryption, so that it can be scanned",
  RESOURCE_NOT_FOUND_EXCEPTION: "Make sure that what is named exists",
  SERVICE_QUOTA_EXCEEDED_EXCEPTION: "Stay below the limit; Service Quotas says whether it can be raised",
  VALIDATION_EXCEPTION: "Correct what is named",
};

/** A job that ended in ERROR, CANCELLED or TIMED_OUT. */
export function describeFailedJob(job: ServiceJob): string {
  const errors = job.errors ?? [];
  const advice = [...new Set(errors.map(({ code }) => remedies[code]).filter(Boolean))];
  return joined(
    `${nameJob(job)} ended in ${job.state}${errors.length > 0 ? `: ${errors.map(describeJobError).join("; ")}.` : "."}`,
    job.state === "TIMED_OUT" ? "The service gave up waiting for it." : undefined,
    job.state === "CANCELLED" ? "It was cancelled before it had any effect." : undefined,
    ...advice.map((sentence) => `${sentence}.`),
    "The next `pulumi up` runs it again as a new job.",
  );
}

/** At most this many objects are named in a message; all of them are in the output `errors`. */
const maxNamed = 10;

export function describeJobError(error: JobError): string {
  const { code, message, limitName, limitValue, resourceId, resourceType, details } = error;
  const objects =
    details?.importAssetsFromS3JobErrorDetails?.map(({ bucket, key }) => `s3://${bucket}/${key}`) ?? [];
  const asset = details?.importAssetFromSignedUrlJobErrorDetails?.assetName;
  const named = [...objects, ...(asset === undefined ? [] : [`asset ${asset}`])];
  const about = [
    ...named.slice(0, maxNamed),
    named.length > maxNamed && `and ${named.length - maxNamed} more`,
    resourceId && `${resourceType ?? "resource"} ${resourceId}`,
    limitName && `limit “${limitName}”${limitValue === undefined ? "" : ` of ${limitValue}`}`,
  ].filter(Boolean);
  const told = redact(message).trim().replace(/\.$/, "");
  return `${code}: ${told}${about.length > 0 ? ` (${about.join(", ")})` : ""}`;
}

/** A job that is used in place of a new one. */
export function describeTakeover(job: ServiceJob): string {
  if (job.state !== "COMPLETED") {
    const state = job.state === "WAITING" ? "waits to be started" : "is in progress";
    return `${nameJob(job)} was made for the same inputs and ${state}: it is taken over, and no new job is made.`;
  }
  return joined(
    `${nameJob(job)} was made for the same inputs and completed at ${job.updatedAt}: it is taken over, and nothing runs.`,
    'To run the work again, change `triggers`, or set `adopt` to "none" before the resource is made or replaced.',
  );
}

/** A job that asked for the same, of which nobody can tell whether it did what is asked for now. */
export function describeLookalike(job: ServiceJob): string {
  const state = job.state === "COMPLETED" ? `completed at ${job.updatedAt}` : "is in progress";
  return joined(
    `${nameJob(job)} asked for the same and ${state}. No record on this machine says that it is this resource's, and the ` +
      "content that it read cannot be known, so a new job runs.",
    "If its assets are still in the revision, they are there beside those of the new job; delete them if they are not wanted.",
  );
}

/** A job that an interrupted replacement made, which no state names. */
export const describeStray = (job: ServiceJob): string =>
  `${nameJob(job)} was made by an interrupted run that was to replace this job. Nothing replaces it now, so that job and ` +
  "its assets are taken back.";

export const describeGoneAssets = (job: ServiceJob, gone: number, all: number): string =>
  `${gone} of ${all} ${all === 1 ? "asset" : "assets"} of ${nameJob(job)} ${gone === 1 ? "is" : "are"} no longer in the ` +
  "revision. Nothing runs because of that; to import again, change `triggers`.";

export const nameJob = ({ id, type }: Pick<ServiceJob, "id" | "type">): string => `Job ${id} (${type})`;
