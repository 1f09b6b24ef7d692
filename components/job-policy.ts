import type { Input, Output, Resource } from "@pulumi/pulumi";
import { all, ComponentResource, log, output, RunError, runtime, unsecret } from "@pulumi/pulumi";

import { connectionSettings } from "../provider/aws/settings";
import { canonicalText } from "../provider/core/normalize";
import { isRecord } from "../service-model/validate";
import { Job } from "../provider/dynamic/job";
import { JobSet } from "../provider/dynamic/job-set";
import type { JobArgs } from "../provider/dynamic/types";
import type { PlannedJob, PolicyScope } from "./support/iam-policy";
import { policyMembers, policyDocument } from "./support/iam-policy";
import { withoutStack } from "./support/input-error";

/** The part of a job's args that its permissions depend on. */
export type PlannedJobArgs = JobArgs extends infer Args
  ? Args extends JobArgs
    ? Pick<Args, "type" | "details" | "assetConfiguration" | "onDelete">
    : never
  : never;

/** What the ARNs of a policy are made for, and how close it is. */
export interface JobPolicyOptions {
  /** Partition of the ARNs. Default: `aws`. */
  partition?: Input<string>;
  /** Region of the jobs. Default: any. */
  region?: Input<string>;
  /** Account of the jobs, 12 digits. Default: any. */
  accountId?: Input<string>;
  /**
   * `exact` names each key and prefix that the jobs name, `any` every key of their buckets, which is more than they
   * need, and shorter. Default: `exact`.
   */
  keys?: "exact" | "any";
}

/** Characters of a managed policy, white space not counted. Source: IAM and AWS STS quotas. */
const longestPolicy = 6144;

/**
 * The least IAM policy document that whoever runs these jobs needs, as JSON for the `policy` of an `aws.iam.Policy`; the
 * same text for the same jobs in any order.
 *
 * ```ts
 * const args: dataexchange.JobArgs = { type: "IMPORT_ASSETS_FROM_S3", details: { … } };
 * new aws.iam.RolePolicy("publisher", { role, policy: dataexchange.jobPolicy([args]) });
 * ```
 *
 * Jobs are given as args, or as Jobs, and as JobSets and components that hold some. What is given as a resource has run
 * before the text is known, so a role that the jobs need themselves takes args.
 *
 * Errors: an unknown type fails the program. A document that is longer than a managed policy may be is warned of.
 */
export function jobPolicy(
  jobs: readonly (PlannedJobArgs | Job | JobSet | ComponentResource)[],
  options: JobPolicyOptions = {},
): Output<string> {
  const { partition = "aws", region = "*", accountId: account = "*", keys = "exact" } = options;
  const planned = output(Promise.all(jobs.map(planOf))) as Output<unknown>;
  return all([
    planned.apply((plans) => (plans as PlannedJob[][][]).flat(2)),
    { partition, region, account, keys },
  ]).apply(([known, scope]) => written(known, scope));
}

function written(jobs: PlannedJob[], scope: PolicyScope): string {
  try {
    const text = canonicalText(policyDocument(jobs, scope));
    if (text.length > longestPolicy) {
      void log.warn(
        `jobPolicy: the policy has ${text.length} characters, and a managed policy takes at most ${longestPolicy}; ` +
          'keys: "any" makes it shorter, or give fewer jobs to each policy.',
      );
    }
    return text;
  } catch (error) {
    throw withoutStack(new RunError(`jobPolicy: ${(error as Error).message}`));
  }
}

type Plans = Input<PlannedJob | PlannedJob[]>[];

async function planOf(job: PlannedJobArgs | Job | JobSet | ComponentResource): Promise<Plans> {
  if (Job.isInstance(job) || JobSet.isInstance(job) || ComponentResource.isInstance(job)) {
    return (await jobsWithin(job)).map((one) => (Job.isInstance(one) ? planOfJob(one) : planOfSet(one)));
  }
  const { type, details, assetConfiguration, onDelete } = job;
  const tagged = hasTags(assetConfiguration);
  return [{ type, details: thatCounts(details), onDelete, tagged } as unknown as Input<PlannedJob>];
}

/** The SDK makes an output of each input. */
const planOfJob = (job: Job): Input<PlannedJob> => {
  const { type, details, assetConfiguration, onDelete } = job as Job & {
    assetConfiguration?: Output<unknown>;
    onDelete?: Output<string>;
  };
  return output({ type, details, onDelete, tagged: hasTags(assetConfiguration) });
};

const planOfSet = (set: JobSet): Input<PlannedJob[]> => {
  const { jobs, assetConfiguration, onDelete } = set as JobSet & {
    jobs: Output<Record<string, PlannedJob>>;
    assetConfiguration?: Output<unknown>;
    onDelete?: Output<string>;
  };
  return output({ jobs, onDelete, tagged: hasTags(assetConfiguration) }).apply(
    ({ jobs: known, ...settings }) =>
      Object.values(known).map(({ type, details }) => ({ type, details, ...settings })),
  );
};

/** Whether there are tags is no secret, though a tag may be one. A list that is given plainly need not be known within. */
function hasTags(configuration: Input<unknown>): Input<boolean> {
  // The stack's default tags are put on the assets of every job.
  if (connectionSettings({}, runtime.getConfig).defaultTags !== undefined) return true;
  if (isPlain(configuration) && Array.isArray(configuration["tags"])) return configuration["tags"].length > 0;
  return unsecret(output(configuration)).apply((known) => {
    const { tags } = (known ?? {}) as { tags?: readonly unknown[] };
    return (tags ?? []).length > 0;
  });
}

/** What the SDK keeps to itself about components. */
interface Insides {
  getData(): Promise<unknown>;
  readonly __childResources?: ReadonlySet<Resource>;
}

async function jobsWithin(resource: Resource): Promise<(Job | JobSet)[]> {
  if (Job.isInstance(resource) || JobSet.isInstance(resource)) return [resource];
  if (!ComponentResource.isInstance(resource)) return [];
  const component = resource as unknown as Insides;
  // Some components declare their first children only when they have looked around.
  await component.getData();
  return (await Promise.all([...(component.__childResources ?? [])].map(jobsWithin))).flat();
}

/** Leaves out what no permission depends on, an API key for one: a secret would make all of the policy one. */
const thatCounts = (details: unknown): unknown =>
  !isPlain(details)
    ? details
    : Object.fromEntries(
        Object.entries(details).map(([key, members]) => [
          key,
          isPlain(members)
            ? Object.fromEntries(Object.entries(members).filter(([name]) => policyMembers.has(name)))
            : members,
        ]),
      );

const isPlain = (value: unknown): value is Record<string, unknown> =>
  isRecord(value) && Object.getPrototypeOf(value) === Object.prototype;
