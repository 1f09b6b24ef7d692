import type { Input, Output, Resource } from "@pulumi/pulumi";
import { all, ComponentResource, log, output, RunError, runtime, unsecret } from "@pulumi/pulumi";

import { withCode } from "../lib/message-code";
import { connectionSettings } from "../provider/aws/settings";
import { canonicalText } from "../provider/core/normalize";
import { Job } from "../provider/resources/job";
import { JobSet } from "../provider/resources/job-set";
import { isPlainObject } from "../provider/resources/program-values";
import { childrenOf, inputsOf, waitUntilInitialized } from "../provider/resources/pulumi-private";
import type { JobArgs } from "../provider/resources/types";
import { findJobType } from "../service-model/job-types";
import type { PlannedJob, PolicyScope } from "./support/iam-policy";
import { policyDocument, policyMembers } from "./support/iam-policy";
import { withoutStack } from "./support/input-error";

/** The args that a job's permissions depend on. */
export type PlannedJobArgs = JobArgs extends infer Args
  ? Args extends JobArgs
    ? Pick<Args, "type" | "details" | "assetConfiguration" | "onDelete">
    : never
  : never;

/** What a policy covers beside its jobs, and the parts of its ARNs. */
export interface JobPolicyOptions {
  /**
   * Partition of the ARNs.
   * @default "aws"
   */
  partition?: Input<string>;
  /**
   * Region of the jobs.
   * @default any
   */
  region?: Input<string>;
  /**
   * Account of the jobs, 12 digits.
   * @default any
   */
  accountId?: Input<string>;
  /**
   * `exact` allows the keys and prefixes in the jobs' details. `any` allows every key of their buckets, which is shorter,
   * but more than the jobs need.
   * @default "exact"
   */
  keys?: "exact" | "any";
  /**
   * Ids of the data sets whose revisions and assets the program looks up. The policy then also allows `ListDataSets`,
   * because getDataSet finds a name in the list of all data sets.
   * @default none
   */
  lookups?: Input<Input<string>[]>;
}

/** In characters without white space. Source: IAM and AWS STS quotas. */
const maxPolicyLength = 6144;

/**
 * The minimal IAM policy document for the identity that runs these jobs, as JSON for the `policy` of an
 * `aws.iam.Policy`. The text is the same for the same jobs in any order. A warning is logged if the document is longer than
 * a managed policy may be.
 *
 * ```ts
 * const args: dataexchange.JobArgs = { type: "IMPORT_ASSETS_FROM_S3", details: { … } };
 * new aws.iam.RolePolicy("publisher", { role, policy: dataexchange.jobPolicy([args]) });
 * ```
 *
 * @param jobs Args of jobs, Jobs, and JobSets and components that contain jobs. The text for resources is
 * known only after they have run, so use args for the role that the jobs themselves use.
 * @throws RunError for an unknown type of job
 */
export function jobPolicy(
  jobs: readonly (PlannedJobArgs | Job | JobSet | ComponentResource)[],
  options: JobPolicyOptions = {},
): Output<string> {
  const { partition = "aws", region = "*", accountId: account = "*", keys = "exact", lookups = [] } = options;
  const planned = output(Promise.all(jobs.map(planJobs))) as Output<unknown>;
  return all([
    planned.apply((plans) => plans as PlannedJob[][][]),
    { partition, region, account, keys },
    lookups,
  ]).apply(([known, scope, lookedUp]) => policyText(known, scope, lookedUp));
}

/** @param plans For each of the given jobs and components, the jobs that it contains. */
function policyText(plans: PlannedJob[][][], scope: PolicyScope, lookedUp: string[]): string {
  const wrong = plans.findIndex((plan) => plan.flat().some(({ type }) => !findJobType(type)));
  if (wrong !== -1) {
    const sentence = `jobPolicy: jobs[${wrong}].type is not a job type of AWS Data Exchange.`;
    throw withoutStack(new RunError(withCode(sentence, "unknown-job-type")));
  }
  const text = canonicalText(policyDocument(plans.flat(2), scope, lookedUp));
  if (text.length > maxPolicyLength) {
    const warning =
      `jobPolicy: the policy has ${text.length} characters, but a managed policy has at most ${maxPolicyLength}. ` +
      'Set keys: "any", or give fewer jobs to each policy.';
    void log.warn(withCode(warning, "policy-too-long"));
  }
  return text;
}

type Plans = Input<PlannedJob | PlannedJob[]>[];

async function planJobs(job: PlannedJobArgs | Job | JobSet | ComponentResource): Promise<Plans> {
  if (Job.isInstance(job) || JobSet.isInstance(job) || ComponentResource.isInstance(job)) {
    return (await jobsWithin(job)).map((one) => (Job.isInstance(one) ? planOfJob(one) : planOfSet(one)));
  }
  const { type, details, assetConfiguration, onDelete } = job;
  const tagged = hasTags(assetConfiguration);
  return [{ type, details: policyDetails(details), onDelete, tagged } as unknown as Input<PlannedJob>];
}

interface InputOutputs {
  readonly assetConfiguration?: Output<unknown>;
  readonly onDelete?: Output<string>;
}

function planOfJob(job: Job): Input<PlannedJob> {
  const { type, details } = job;
  const { assetConfiguration, onDelete } = inputsOf<InputOutputs>(job);
  return output({ type, details, onDelete, tagged: hasTags(assetConfiguration) });
}

function planOfSet(set: JobSet): Input<PlannedJob[]> {
  type SetInputs = InputOutputs & { jobs: Output<Record<string, PlannedJob>> };
  const { jobs, assetConfiguration, onDelete } = inputsOf<SetInputs>(set);
  return output({ jobs, onDelete, tagged: hasTags(assetConfiguration) }).apply(
    ({ jobs: known, ...settings }) =>
      Object.values(known).map(({ type, details }) => ({ type, details, ...settings })),
  );
}

/** Whether tags exist is not secret, even if a tag is. The items of a plain list may be unknown. */
function hasTags(configuration: Input<unknown>): Input<boolean> {
  // The assets of every job get the default tags of the stack.
  if (connectionSettings({}, runtime.getConfig).defaultTags !== undefined) return true;
  if (isPlainObject(configuration) && Array.isArray(configuration["tags"]))
    return configuration["tags"].length > 0;
  return unsecret(output(configuration)).apply((known) => {
    const { tags } = (known ?? {}) as { tags?: readonly unknown[] };
    return (tags ?? []).length > 0;
  });
}

async function jobsWithin(resource: Resource): Promise<(Job | JobSet)[]> {
  if (Job.isInstance(resource) || JobSet.isInstance(resource)) return [resource];
  if (!ComponentResource.isInstance(resource)) return [];
  await waitUntilInitialized(resource);
  return (await Promise.all(childrenOf(resource).map(jobsWithin))).flat();
}

/** Leaves out members that no permission depends on. A secret one, such as an API key, would make the policy secret. */
const policyDetails = (details: unknown): unknown =>
  !isPlainObject(details)
    ? details
    : Object.fromEntries(
        Object.entries(details).map(([key, members]) => [
          key,
          isPlainObject(members)
            ? Object.fromEntries(Object.entries(members).filter(([name]) => policyMembers.has(name)))
            : members,
        ]),
      );
