import * as pulumi from "@pulumi/pulumi";

import type { AssetInState, JobAsset, JobState } from "../../service-model/job";
import { jobAssets } from "../../service-model/job";
import { findJobType } from "../../service-model/job-types";
import { namesBeyond, secretOutputs } from "../core/state";
import { jobSetCode, jobSetToken } from "./state-contract";
import { forgetRegisteredJob } from "../host/job-records";
import {
  assertSerializable,
  assertSerializableObject,
  holdsSecrets,
  encodeTriggers,
  markApiKeySecret,
  mapObject,
} from "./program-values";
import { readValue } from "./pulumi-private";
import {
  isOfType,
  isRegisteredWithPlugin,
  registrationOf,
  rememberInputs,
  whenRegistered,
} from "./registration";
import { checkDeclaration, defineLazyOutput, suppressStackTexts } from "./resource-declaration";
import type { CommonJobArgs, JobArgs, JobError } from "./types";
import { toFileAsset } from "./upload-asset";

type OwnOfJob<Args> = Args extends unknown
  ? Pick<Args & { upload?: unknown }, keyof Args & ("type" | "details" | "upload" | "triggers")>
  : never;

/** One job of a JobSet: the arguments of a Job that are not common to all jobs of the set. */
export type JobOfSetArgs = OwnOfJob<JobArgs>;

/** Arguments of a JobSet. */
export interface JobSetArgs extends CommonJobArgs {
  /**
   * The jobs by name, at least one. An added job runs, a removed job is deleted as a Job is, and a changed job is
   * replaced without the others. A renamed job counts as removed and added.
   */
  jobs: pulumi.Input<Record<string, pulumi.Input<JobOfSetArgs>>>;
}

/** Result of one job of a set. */
export interface JobResult {
  /** Id of the job, 30 to 40 letters and digits. */
  id: string;
  /** ARN of the job. */
  arn: string;
  /** Type of the job. */
  type: string;
  /** The details as given. */
  details: Record<string, unknown>;
  /** State of the job as last seen: `COMPLETED` in a stack that is up. */
  state: JobState;
  /** When the job was created, ISO 8601. */
  createdAt: string;
  /** When the job last changed, ISO 8601. */
  updatedAt: string;
  /** Errors of the job as the service reports them; empty for a job that has completed. */
  errors: JobError[];
  /** Assets that an import created. */
  assets: JobAsset[];
  /** URL to download the exported asset from. It makes all results secret. */
  signedUrl?: string;
  /** When `signedUrl` expires, ISO 8601. */
  signedUrlExpiresAt?: string;
}

/**
 * Several jobs in one resource. Each runs once, as a Job does. The service's quotas limit how many jobs run at once;
 * `--parallel` does not.
 *
 * @example
 * ```ts
 * const daily = new dataexchange.JobSet("daily", {
 *   jobs: Object.fromEntries(markets.map((market) => [market, {
 *     type: "IMPORT_ASSETS_FROM_S3",
 *     details: { importAssetsFromS3: { dataSetId, revisionId, assetSources: [{ bucket, key: `${market}.csv` }] } },
 *   }])),
 * });
 * ```
 *
 * @throws As a Job does, with the path of the job. If some jobs fail, the others still run to their end and stay in
 * state, and the next `pulumi up` runs the failed ones again. Assets of replaced jobs are deleted after all jobs have
 * completed.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_CreateJob.html
 */
export class JobSet extends pulumi.CustomResource {
  /** Result of each job by its name. */
  declare readonly results: pulumi.Output<Record<string, JobResult>>;

  /** Whether the object is a JobSet, even one of another copy of this package. */
  static override isInstance(object: unknown): object is JobSet {
    return isOfType(object, jobSetToken);
  }

  constructor(name: string, args: JobSetArgs, opts: pulumi.CustomResourceOptions = {}) {
    const who = checkDeclaration("JobSet", name, opts, "Job.get looks a job up without owning it");
    const { jobs, triggers, ...settings } = args ?? {};
    assertSerializable(who, settings);
    const secretNames = [...(opts.additionalSecretOutputs ?? [])];
    const holdsSecret = findSecretsIn(jobs);
    const sent = encodeJobs(who, jobs, holdsSecret);
    const areSecret = haveSecretResults(jobs, holdsSecret);
    const props = {
      results: undefined,
      jobs: sent,
      ...settings,
      ...(triggers !== undefined && { triggers: encodeTriggers(who, triggers) }),
    };
    const restore = suppressStackTexts();
    try {
      const code = areSecret.then((secret) => {
        // The SDK reads additionalSecretOutputs after it has resolved all inputs, so this one may still add to them.
        if (secret) secretNames.push("results");
        return jobSetCode;
      });
      const hidden = { secretOutputs: secretNames };
      super(...registrationOf({ token: jobSetToken, code }, name, props, opts, hidden));
    } finally {
      restore();
    }
    rememberInputs(this, props);
    const { results } = this as { results: pulumi.Output<Record<string, ResultInState> | undefined> };
    describeResults(this, results);
    whenRegistered(results, (known) =>
      Object.values(known ?? {}).forEach(({ id }) => forgetRegisteredJob(id)),
    );
  }
}

type Jobs = Readonly<Record<string, unknown>>;

/** Encodes each job as soon as it is known. `check` refuses values that are not jobs. */
function encodeJobs(who: string, jobs: unknown, holdsSecret: HoldsSecret): unknown {
  return mapObject(jobs, (all) => {
    assertSerializableObject(who, all, ["jobs"]);
    return Object.fromEntries(
      Object.entries(all).map(([name, job]) => [
        name,
        mapObject(job, (known) => ({
          ...encodeJob(who, name, known),
          // A plugin receives all secrets.
          ...(!isRegisteredWithPlugin() && {
            __secret: holdsSecret(job).then((secret) => secret || undefined),
          }),
        })),
      ]),
    );
  });
}

function encodeJob(who: string, name: string, { upload, triggers, ...others }: Jobs): object {
  const at = `${who}: jobs[${JSON.stringify(name)}]`;
  assertSerializable(at, others);
  return {
    ...markApiKeySecret(others),
    ...(upload !== undefined && { upload: toFileAsset(upload, `${at}.upload`) }),
    ...(triggers !== undefined && { triggers: encodeTriggers(at, triggers) }),
  };
}

/** Whether results contain a secret: of the details of a job, or of the service's answer. */
async function haveSecretResults(jobs: unknown, holdsSecret: HoldsSecret): Promise<boolean> {
  for (const job of Object.values((await resolveObject(jobs)) ?? {})) {
    if (await holdsSecret(job)) return true;
    const jobType = findJobType((await resolveObject(job))?.type);
    if (jobType && namesBeyond(jobType).some((name) => secretOutputs.includes(name))) return true;
  }
  return isSecretOutput(jobs);
}

/** Whether the details of a job contain a secret. */
type HoldsSecret = (job: unknown) => Promise<boolean>;

/** Reads each of the jobs once, because the SDK makes an Output for each nested value. */
function findSecretsIn(jobs: unknown): HoldsSecret {
  const found = new Map<unknown, Promise<boolean>>();
  const areAllSecret = isSecretOutput(jobs);
  const find: HoldsSecret = async (job) =>
    (await areAllSecret) || (await isSecretOutput(job)) || holdsSecrets((await resolveObject(job))?.details);
  return (job) => {
    const result = found.get(job) ?? find(job);
    found.set(job, result);
    return result;
  };
}

/** False if its promise rejects, which fails where the SDK resolves it. */
const isSecretOutput = async (value: unknown): Promise<boolean> =>
  pulumi.Output.isInstance(value) && pulumi.isSecret(value).catch(() => false);

/** The object once it is known. Undefined if its promise rejects. */
async function resolveObject(value: unknown): Promise<Jobs | undefined> {
  const known: unknown = pulumi.Output.isInstance(value)
    ? await readValue(value).catch(() => undefined)
    : await Promise.resolve(value).catch(() => undefined);
  return typeof known === "object" && known !== null ? (known as Jobs) : undefined;
}

/** A result in state. Assets lack the members that follow from the job, and some members are only for the provider. */
type ResultInState = Omit<JobResult, "assets"> & {
  assets?: AssetInState[];
  triggers?: unknown;
  former?: unknown;
};

/** State omits members that follow from the jobs. They are derived when the results are read. */
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
