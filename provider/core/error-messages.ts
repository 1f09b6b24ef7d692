/** Messages for people: what happened, to which job, and what to do. */
import type { Message } from "../../lib/message-code";
import { CodedError } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import type { JobError, ServiceJob } from "../../service-model/job";
import type { MaskedInputs } from "./job-details";
import { maskDetails } from "./job-details";
import type { FailureFacts } from "./errors";
import { ServiceError, uploadOperation } from "./errors";

const sentences = (...texts: (string | false | undefined)[]): string => texts.filter(Boolean).join(" ");

const withPeriod = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

export const nameJob = ({ id, type }: Pick<ServiceJob, "id" | "type">): string => `Job ${id} (${type})`;

/** Any error, with `subject` naming the job or revision. Secrets of the job's `inputs` are masked. */
export function describeFailure(error: unknown, subject: string, inputs?: MaskedInputs): Message {
  const mask = (text: string) => maskDetails(redact(text), inputs);
  if (error instanceof CodedError)
    return { code: error.code, text: `${subject}: ${withPeriod(mask(error.text))}` };
  if (!(error instanceof ServiceError)) {
    const text = `${subject}: ${withPeriod(mask(String((error as Error)?.message ?? error)))}`;
    return { code: "unexpected-error", text };
  }
  const { operation, name, message, requestId, resourceId, resourceType, remedy } = error.facts;
  const advice = adviceFor(error);
  const about = [
    resourceId && mask(`${resourceType ?? "resource"} ${resourceId}`),
    limitOf(error.facts),
    requestId && `request id ${requestId}`,
  ].filter(Boolean);
  const text = sentences(
    `${subject}: ${operation} failed with ${name}: ${withPeriod(mask(message))}`,
    remedy ?? advice.text,
    about.length > 0 && `(${about.join(", ")})`,
  );
  return { code: advice.code, text };
}

/** An error with the description of the failure. */
export const failureError = (error: unknown, subject: string, inputs?: MaskedInputs): CodedError =>
  new CodedError(describeFailure(error, subject, inputs), { cause: error });

const limitOf = ({ limitName, limitValue }: Pick<FailureFacts, "limitName" | "limitValue">) =>
  limitName && `limit “${limitName}”${limitValue === undefined ? "" : ` of ${limitValue}`}`;

/** The code of a failed call, and what to do. */
function adviceFor({ kind, facts }: ServiceError): Message {
  const isUpload = facts.operation === uploadOperation;
  switch (kind) {
    case "throttled":
      return {
        code: "requests-throttled",
        text: "Requests were throttled for longer than timeouts.request. Run `pulumi up` again later, or raise the timeout.",
      };
    case "unavailable":
      if (facts.refusedBy !== undefined)
        return {
          code: "connection-refused",
          text: "Nothing listens at this address. Correct the endpoint or the proxy, or start the server, and run `pulumi up` again.",
        };
      return isUpload
        ? {
            code: "upload-timeout",
            text: "The upload took longer than timeouts.upload. Run `pulumi up` again, or raise the timeout.",
          }
        : {
            code: "service-unavailable",
            text: "The service gave no usable answer within timeouts.request. Run `pulumi up` again to resume.",
          };
    case "limit":
      return {
        code: "quota-reached",
        text: "A quota of the account is reached. Run `pulumi up` again when fewer jobs are in progress. AWS does not raise the quotas of jobs in progress.",
      };
    case "accessDenied":
      if (facts.exceptionCause) return bucketAdvice(facts.exceptionCause);
      return {
        code: "access-denied",
        text: `Allow ${facts.action ?? "the call"} to the identity that runs Pulumi, with the permissions that the call needs in other services, and run \`pulumi up\` again.`,
      };
    case "invalid":
      if (facts.exceptionCause) return bucketAdvice(facts.exceptionCause);
      return { code: "invalid-request", text: "Correct the inputs and run `pulumi up` again." };
    case "notFound":
      return {
        code: "resource-not-found",
        text: "Check the id, the region and the account, and run `pulumi up` again.",
      };
    case "conflict":
      return /^(Create|Start)Job$/.test(facts.operation) && /finalized/i.test(facts.message)
        ? {
            code: "revision-finalized",
            text: "A finalized revision accepts no more assets. Import into a new revision, such as a RevisionPublication creates for each change, and run `pulumi up` again.",
          }
        : {
            code: "resource-conflict",
            text: "Something else changed the resource or blocks the call. Find the cause, and run `pulumi up` again.",
          };
    case "expired":
      return {
        code: "upload-url-expired",
        text: "The upload URL has expired. Run `pulumi up` again, which creates a new job with a new URL.",
      };
    case "other":
      if (isUpload)
        return { code: "upload-refused", text: "The upload URL was refused. Run `pulumi up` again." };
      return /^ExpiredToken/.test(facts.name)
        ? {
            code: "credentials-expired",
            text: "The credentials have expired. Renew them and run `pulumi up` again.",
          }
        : {
            code: "request-failed",
            text: "Check region, endpoint and credentials, and run `pulumi up` again.",
          };
  }
}

const bucketAdvice = (cause: string): Message => ({
  code: "bucket-access-denied",
  text: `Data Exchange has no access to the bucket (${cause}). Correct its policy and run \`pulumi up\` again.`,
});

/** Advice that refers to a name in the message. */
const adviceOnNames: Record<string, string> = {
  ACCESS_DENIED_EXCEPTION:
    "Give the identity that runs Pulumi access to the named resource, or correct the bucket's policy.",
  MALWARE_DETECTED: "Remove or replace the named file.",
  RESOURCE_NOT_FOUND_EXCEPTION: "Make sure that the named resource exists.",
  SERVICE_QUOTA_EXCEEDED_EXCEPTION: "Stay below the limit. Service Quotas shows whether it can be raised.",
  VALIDATION_EXCEPTION: "Correct the named input.",
};

const otherAdvice: Record<string, string> = {
  INTERNAL_SERVER_EXCEPTION: "The service failed and reports no error in the inputs.",
  MALWARE_SCAN_ENCRYPTED_FILE: "Upload the file without its own encryption, so that it can be scanned.",
};

const failedStates: Record<string, Message> = {
  ERROR: { code: "job-failed", text: "" },
  TIMED_OUT: { code: "job-timed-out", text: "The service stopped waiting for it." },
  CANCELLED: { code: "job-cancelled", text: "It was cancelled before it had any effect." },
};

/** A job that ended in ERROR, CANCELLED or TIMED_OUT. If its details hold a secret, the errors are only in the state. */
export function describeFailedJob(job: ServiceJob, { __secret: isSecret }: MaskedInputs = {}): Message {
  const errors = job.errors ?? [];
  const { code, text } = failedStates[job.state] ?? failedStates.ERROR!;
  const describe = isSecret ? ({ code }: JobError) => code : describeJobError;
  return {
    code,
    text: sentences(
      `${nameJob(job)} ended in ${job.state}${errors.length > 0 ? `: ${errors.map(describe).join("; ")}.` : "."}`,
      isSecret && errors.length > 0 && whereErrorsAre,
      text,
      ...new Set(errors.map(({ code }) => otherAdvice[code] ?? (isSecret ? undefined : adviceOnNames[code]))),
      "The next `pulumi up` runs it again as a new job.",
    ),
  };
}

const whereErrorsAre =
  "The details hold a secret, so only `errors` in the state of the job has the rest; `pulumi stack export --show-secrets` shows it.";

/** At most `max` of the names, and the number of the others. */
export function joinNames(names: readonly string[], max = 10): string {
  const more = names.length > max ? ` and ${names.length - max} more` : "";
  return names.slice(0, max).join(", ") + more;
}

/** Names at most ten objects. The output `errors` has all of them. */
function describeJobError(error: JobError): string {
  const { code, message, resourceId, resourceType, details } = error;
  const objects =
    details?.importAssetsFromS3JobErrorDetails?.map(({ bucket, key }) => `s3://${bucket}/${key}`) ?? [];
  const asset = details?.importAssetFromSignedUrlJobErrorDetails?.assetName;
  const about = [
    joinNames(objects),
    asset !== undefined && `asset ${asset}`,
    resourceId && `${resourceType ?? "resource"} ${resourceId}`,
    limitOf(error),
  ].filter(Boolean);
  const words = redact(message).trim().replace(/\.$/, "");
  return `${code}: ${words}${about.length > 0 ? ` (${about.join(", ")})` : ""}`;
}

/** The job of an interrupted run of the resource. `shared`: that run had adopted it from another process. */
export const describeOwnJob = (job: ServiceJob, shared = false): Message => ({
  code: "job-adopted",
  text:
    `An interrupted run of this resource ${shared ? "adopted" : "created"} ${nameJob(job)}, which ${describeState(job)}. It is ` +
    "adopted, and no new job is created. To run the work again, change `triggers`.",
});

/** A job that another process created for the same work at the same time. */
export const describeRival = (job: ServiceJob): Message => ({
  code: "rival-job-adopted",
  text:
    `Another process created ${nameJob(job)} for the same inputs at the same time. The job ${describeState(job)}. It is ` +
    "adopted, and this run starts no second one.",
});

function describeState({ state, createdAt, updatedAt }: ServiceJob): string {
  const created = `was created at ${createdAt} and `;
  if (state === "COMPLETED") return `${created}completed at ${updatedAt}`;
  return created + (state === "WAITING" ? "is waiting to be started" : "is in progress");
}

/** A job with the same inputs that may have read other content. */
export function describeSimilarJob(job: ServiceJob): Message {
  return {
    code: "similar-job-found",
    text:
      `${nameJob(job)} has the same inputs and ${describeState(job)}. A new job runs, because no record on this machine links that ` +
      "job to this resource, and the content that it read is unknown. Its assets may be in the revision beside those of " +
      "the new job; delete them if you do not want them.",
  };
}

/** A job of an interrupted replacement, which no state names. */
export const describeInterruptedReplacement = (job: ServiceJob): Message => ({
  code: "interrupted-replacement-withdrawn",
  text:
    `${nameJob(job)} was created by an interrupted run that was replacing this resource's job. The program no longer asks ` +
    "for a replacement, so that job is cancelled, or its assets are deleted.",
});

/** `jobs`: the names of the jobs. */
export function describeInterruptedDeletion(jobs: readonly string[]): Message {
  const next = jobs.length === 1 ? "a new job replaces it" : "new jobs replace them";
  return {
    code: "deletion-interrupted",
    text: `An earlier run began to delete ${joinNames(jobs)} and did not finish. Assets may be missing, so ${next}.`,
  };
}

/** `jobs`: the names of the jobs in the set, each with its state. */
export const describeIncompleteJobs = (jobs: readonly string[]): Message => ({
  code: "jobs-incomplete",
  text: `Jobs of the last run did not complete, so they run again or continue: ${joinNames(jobs)}.`,
});

export const describeDeletedAssets = (job: ServiceJob, deleted: number, all: number): Message => ({
  code: "assets-deleted-elsewhere",
  text:
    `${deleted} of ${all} ${all === 1 ? "asset" : "assets"} of ${nameJob(job)} ${deleted === 1 ? "is" : "are"} no longer in ` +
    "the revision. No job runs because of that. To import again, change `triggers`.",
});
