import * as pulumi from "@pulumi/pulumi";
import { version as sdkVersion } from "@pulumi/pulumi/version";

import { withCode } from "../../lib/message-code";
import type { JobAsset, JobState } from "../../service-model/job";
import { jobAssets } from "../../service-model/job";
import { repeatingOutputs, secretOutputs } from "../core/state";
import { jobToken, providerCode } from "./state-contract";
import { forgetRegisteredJob } from "../host/job-records";
import { assertSerializable, holdsSecrets, encodeTriggers, markApiKeySecret } from "./program-values";
import {
  isOfType,
  isRegisteredWithPlugin,
  registrationOf,
  rememberInputs,
  whenRegistered,
} from "./registration";
import { checkDeclaration, defineLazyOutput, outputNames, suppressStackTexts } from "./resource-declaration";
import type { CommonJobArgs, JobArgs, JobError, JobType } from "./types";
import { toFileAsset } from "./upload-asset";

/** Connection for a lookup. Default of each setting: the stack's. */
export type JobConnection = Pick<CommonJobArgs, "region" | "profile" | "assumeRole" | "endpoint">;

/**
 * A job of AWS Data Exchange. It runs once, when the resource is created. It runs again, as a new job, when its inputs or
 * a trigger change, or when its last run failed.
 *
 * @example
 * ```ts
 * const prices = new dataexchange.Job("prices", {
 *   type: "IMPORT_ASSETS_FROM_S3",
 *   details: {
 *     importAssetsFromS3: {
 *       dataSetId: dataSet.id,
 *       revisionId: revision.revisionId,
 *       assetSources: [{ bucket: bucket.id, key: "2026/prices.csv" }],
 *     },
 *   },
 * });
 * ```
 *
 * @throws Inputs that the service would refuse fail the preview, each with its path and a code. A job that fails fails
 * `pulumi up` and stays in state with its id and `errors`; the next `pulumi up` runs a new one. A job that is unfinished
 * when a timeout expires stays in state; the next `pulumi up` resumes it.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_CreateJob.html
 * @see https://docs.aws.amazon.com/data-exchange/latest/userguide/jobs.html
 */
export class Job extends pulumi.CustomResource {
  /** ARN of the job. */
  declare readonly arn: pulumi.Output<string>;
  /** Type of the job. */
  declare readonly type: pulumi.Output<JobType>;
  /** The details as given. */
  declare readonly details: pulumi.Output<Record<string, unknown>>;
  /** State of the job as last seen: `COMPLETED` in a stack that is up. */
  declare readonly state: pulumi.Output<JobState>;
  /** When the job was created, ISO 8601. */
  declare readonly createdAt: pulumi.Output<string>;
  /** When the job last changed, ISO 8601. */
  declare readonly updatedAt: pulumi.Output<string>;
  /** Errors of the job as the service reports them; empty for a job that has completed. */
  declare readonly errors: pulumi.Output<JobError[]>;
  /** Assets that an import created. They are looked up in the revision, because the API does not name them. */
  declare readonly assets: pulumi.Output<JobAsset[]>;
  /** URL to download the exported asset from. Secret. */
  declare readonly signedUrl: pulumi.Output<string | undefined>;
  /** When `signedUrl` expires, ISO 8601. */
  declare readonly signedUrlExpiresAt: pulumi.Output<string | undefined>;
  /** The API key as the service returns it. Secret. */
  declare readonly apiKey: pulumi.Output<string | undefined>;
  /** ARN of the event action that started a revision export, if one did. */
  declare readonly eventActionArn: pulumi.Output<string | undefined>;
  /** Region of the job. */
  declare readonly region: pulumi.Output<string>;

  /**
   * Looks up an existing job without owning it.
   *
   * @param id Id of the job, 30 to 40 letters and digits.
   * @param connection Settings that differ from the stack's own.
   * @throws If `@pulumi/pulumi` is older than 3.268, or if the job does not exist.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    connection: JobConnection = {},
    opts?: pulumi.CustomResourceOptions,
  ): Job {
    const [major = 0, minor = 0] = sdkVersion.split(".").map(Number);
    if (!isRegisteredWithPlugin() && major === 3 && minor < 268) {
      const message =
        `Job.get("${name}") needs @pulumi/pulumi 3.268 or later, and this program has ${sdkVersion}. ` +
        "Earlier versions do not pass the id to a dynamic provider.";
      throw new pulumi.RunError(withCode(message, "sdk-too-old"));
    }
    return new Job(name, connection as JobArgs, { ...opts, id });
  }

  /** Whether the object is a Job, even one of another copy of this package. */
  static override isInstance(object: unknown): object is Job {
    return isOfType(object, jobToken);
  }

  constructor(name: string, args: JobArgs, opts: pulumi.CustomResourceOptions = {}) {
    const lookup = `Job.get(${JSON.stringify(name)}, "<id>") looks a job up without owning it`;
    const who = checkDeclaration("Job", name, opts, lookup);
    assertSerializable(who, args);
    const secretNames = [...secretOutputs, ...(opts.additionalSecretOutputs ?? [])];
    const { declared, absent } = outputNames(args?.type);
    const isSecret = holdsSecrets(args?.details);
    const props = {
      ...Object.fromEntries(declared.map((output) => [output, undefined])),
      ...(markApiKeySecret(args) as object),
      ...(args?.upload !== undefined && { upload: toFileAsset(args.upload, `${who}: upload`) }),
      ...(args?.triggers !== undefined && { triggers: encodeTriggers(who, args.triggers) }),
    };
    const restore = suppressStackTexts();
    try {
      const code = isSecret.then((secret) => {
        // The SDK reads additionalSecretOutputs after it has resolved all inputs, so this one may still add to them.
        if (secret) secretNames.push(...repeatingOutputs);
        return providerCode;
      });
      const inputs = { __secret: isSecret.then((secret) => secret || undefined) };
      const hidden = { inputs, secretOutputs: secretNames };
      super(...registrationOf({ token: jobToken, code }, name, props, opts, hidden));
    } finally {
      restore();
    }
    rememberInputs(this, props);
    for (const output of absent) Object.defineProperty(this, output, { value: noOutput() });
    describeAssets(this, secretNames.includes("details"));
    if (opts.id === undefined) whenRegistered(this.id, (id) => forgetRegisteredJob(id));
  }
}

/**
 * State omits members that follow from the job. They are derived when the output is read. If the details hold a secret that
 * assets repeat, the assets in state are secret. An API key alone makes no asset secret.
 */
function describeAssets(job: Job, hasSecretDetails: boolean): void {
  const { assets, type, details, arn } = job;
  defineLazyOutput(job, "assets", () =>
    pulumi
      .all([assets, type, hasSecretDetails ? details : pulumi.unsecret(details), arn])
      .apply(([made, ...of]) => jobAssets({ type: of[0], details: of[1], arn: of[2] }, made)),
  );
}

/** Shared by all outputs that the job's type does not have. */
let none: pulumi.Output<undefined> | undefined;
const noOutput = (): pulumi.Output<undefined> => (none ??= pulumi.output(undefined));
