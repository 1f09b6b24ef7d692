import * as pulumi from "@pulumi/pulumi";

import type { AssetInState, JobAsset, JobState } from "../../service-model/job";
import { jobAssets } from "../../service-model/job";
import { findJobType } from "../../service-model/job-types";
import { namesBeyond } from "../core/state";
import { jobSetCode, jobSetToken, secretOutputs } from "../state-contract";
import { forgetRegisteredJob } from "./job-records";
import {
  assertSerializable,
  holdsSecrets,
  encodeTriggers,
  markApiKeySecret,
  mapObject,
} from "./program-values";
import {
  suppressStackTexts,
  ownUrn,
  defineLazyOutput,
  refuseOptions,
  warnIfUnresolvable,
} from "./resource-declaration";
import type { CommonJobArgs, JobArgs, JobError } from "./types";
import { toFileAsset } from "./upload-asset";

type OwnOfJob<Args> = Args extends unknown
  ? Pick<Args & { upload?: unknown }, keyof Args & ("type" | "details" | "upload" | "triggers")>
  : never;

/** One job of a JobSet: what a Job is made of, but for what the set says for all of its jobs. */
export type JobOfSetArgs = OwnOfJob<JobArgs>;

/** What a JobSet is made of. */
export interface JobSetArgs extends CommonJobArgs {
  /**
   * The jobs, at least one, by names of your own. A job that is added runs; one that is taken out is deleted as a Job is;
   * a change replaces the one job, as it replaces a Job. Another name is another job.
   */
  jobs: pulumi.Input<Record<string, pulumi.Input<JobOfSetArgs>>>;
}

/** What one job of a set came to. */
export interface JobResult {
  /** Id of the job, 30 to 40 letters and digits. */
  id: string;
  /** ARN of the job. */
  arn: string;
  /** What the job does. */
  type: string;
  /** The details as given. */
  details: Record<string, unknown>;
  /** State of the job as last seen: `COMPLETED` in a stack that is up. */
  state: JobState;
  /** When the job was created, ISO 8601. */
  createdAt: string;
  /** When the job last changed, ISO 8601. */
  updatedAt: string;
  /** What went wrong, as the service tells it; empty for a job that went well. */
  errors: JobError[];
  /** The assets that an import made. */
  assets: JobAsset[];
  /** Where an exported asset can be downloaded from. It makes all results secret. */
  signedUrl?: string;
  /** When `signedUrl` stops working, ISO 8601. */
  signedUrlExpiresAt?: string;
}

/**
 * Several jobs as one resource, each of which runs once, as a Job does. As many run at once as the service's quotas
 * admit, whatever `--parallel` is; Pulumi itself works on four resources at once for each processor of the machine.
 *
 * ```ts
 * const daily = new dataexchange.JobSet("daily", {
 *   jobs: Object.fromEntries(markets.map((market) => [market, {
 *     type: "IMPORT_ASSETS_FROM_S3",
 *     details: { importAssetsFromS3: { dataSetId, revisionId, assetSources: [{ bucket, key: `${market}.csv` }] } },
 *   }])),
 * });
 * ```
 *
 * Errors: as for a Job, with the path of the one job. Where some jobs fail, the others come to their end all the same
 * and stay; the next `pulumi up` runs again what has failed. What a replaced job leaves is deleted when all jobs have
 * completed.
 */
export class JobSet extends pulumi.CustomResource {
  /** What each job came to, by its name. */
  declare readonly results: pulumi.Output<Record<string, JobResult>>;

  /** Whether the object is a JobSet, of whatever copy of this package. */
  static override isInstance(object: unknown): object is JobSet {
    return (object as { __pulumiType?: unknown } | undefined)?.__pulumiType === jobSetToken;
  }

  constructor(name: string, args: JobSetArgs, opts: pulumi.CustomResourceOptions = {}) {
    warnIfUnresolvable();
    const who = `JobSet ${JSON.stringify(name)}`;
    refuseOptions(who, opts, "a Job.get looks a job up without owning it");
    const { jobs, triggers, ...settings } = args ?? {};
    assertSerializable(who, settings);
    const secretNames = [...(opts.additionalSecretOutputs ?? [])];
    const sent = jobsToSend(who, jobs);
    const restore = suppressStackTexts();
    try {
      super(
        jobSetToken,
        name,
        {
          results: undefined,
          jobs: sent,
          ...settings,
          ...(triggers !== undefined && { triggers: encodeTriggers(who, triggers) }),
          // The SDK reads the names of the secret outputs once it has all inputs, this one too.
          __provider: answerSecrets(jobs).then((secret) => {
            if (secret) secretNames.push("results");
            return jobSetCode;
          }),
          __urn: ownUrn(name, jobSetToken, opts.parent),
        },
        { ...opts, additionalSecretOutputs: secretNames },
      );
    } finally {
      restore();
    }
    const { results } = this as { results: pulumi.Output<Record<string, ResultInState> | undefined> };
    describeResults(this, results);
    if (!pulumi.runtime.isDryRun()) {
      results.apply((known) => Object.values(known ?? {}).forEach(({ id }) => forgetRegisteredJob(id)));
    }
  }
}

type Jobs = Readonly<Record<string, unknown>>;

/** The jobs as they travel to the provider. */
function jobsToSend(who: string, jobs: unknown): unknown {
  return mapJobs(jobs, (job, name) => {
    const { upload, triggers, ...others } = job;
    const at = `${who}: jobs[${JSON.stringify(name)}]`;
    assertSerializable(at, others);
    return {
      ...markApiKeySecret(others),
      ...(upload !== undefined && { upload: toFileAsset(upload, `${at}.upload`) }),
      ...(triggers !== undefined && { triggers: encodeTriggers(at, triggers) }),
    };
  });
}

/** Applies `change` to each job as far as it is there, and to the others when they are. What is no job is `check`'s to refuse. */
function mapJobs(jobs: unknown, change: (job: Record<string, unknown>, name: string) => unknown): unknown {
  return mapObject(jobs, (all) =>
    Object.fromEntries(
      Object.entries(all).map(([name, job]) => [name, mapObject(job, (known) => change(known, name))]),
    ),
  );
}

/** Whether the results repeat what is secret: details, or what the service answers. */
async function answerSecrets(jobs: unknown): Promise<boolean> {
  if (pulumi.Output.isInstance(jobs) && (await pulumi.isSecret(jobs))) return true;
  const known = (await settledJobs(jobs)) ?? {};
  for (const job of Object.values(known)) {
    if (pulumi.Output.isInstance(job) && (await pulumi.isSecret(job))) return true;
    const { type, details } = ((await settledJobs(job)) ?? {}) as { type?: unknown; details?: unknown };
    const jobType = findJobType(type);
    if (jobType && namesBeyond(jobType).some((name) => secretOutputs.includes(name))) return true;
    if (await holdsSecrets(details)) return true;
  }
  return false;
}

/** An object that may be yet to come; nothing where it never does. */
async function settledJobs(value: unknown): Promise<Jobs | undefined> {
  const known: unknown = pulumi.Output.isInstance(value)
    ? await (value as unknown as { promise(): Promise<unknown> }).promise().catch(() => undefined)
    : await Promise.resolve(value).catch(() => undefined);
  return typeof known === "object" && known !== null ? (known as Jobs) : undefined;
}

/** A result as it stands in state, where an asset may lack what follows, and some members are the provider's own. */
type ResultInState = Omit<JobResult, "assets"> & {
  assets?: AssetInState[];
  triggers?: unknown;
  former?: unknown;
};

/** What follows from the state is worked out for who reads the results. */
function describeResults(
  set: JobSet,
  inState: pulumi.Output<Record<string, ResultInState> | undefined>,
): void {
  defineLazyOutput(set, "results", () =>
    inState.apply((known) =>
      Object.fromEntries(Object.entries(known ?? {}).map(([name, result]) => [name, describeResult(result)])),
    ),
  );
}

function describeResult({ assets = [], triggers: _, former: __, ...result }: ResultInState): JobResult {
  const own = Object.entries(result).filter(([name]) => !name.startsWith("__"));
  return { ...(Object.fromEntries(own) as typeof result), assets: jobAssets(result, assets) };
}
