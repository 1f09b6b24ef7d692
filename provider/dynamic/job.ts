import * as pulumi from "@pulumi/pulumi";
import { version as sdkVersion } from "@pulumi/pulumi/version";

import type { JobAsset, JobState } from "../../service-model/job";
import { jobAssets } from "../../service-model/job";
import { jobToken, providerCode, repeatingOutputs, secretOutputs } from "../state-contract";
import { forgetRegisteredJob } from "./job-records";
import { assertSerializable, holdsSecrets, encodeTriggers, markApiKeySecret } from "./program-values";
import {
  suppressStackTexts,
  outputNames,
  ownUrn,
  defineLazyOutput,
  refuseOptions,
  warnIfUnresolvable,
} from "./resource-declaration";
import type { CommonJobArgs, JobArgs, JobError, JobType } from "./types";
import { toFileAsset } from "./upload-asset";

/** How to reach a job that is looked up: everything that is not the stack's own. */
export type JobConnection = Pick<CommonJobArgs, "region" | "profile" | "assumeRole" | "endpoint">;

/**
 * A job of AWS Data Exchange that runs once: when the resource is created, and again, as a new job, when what it does
 * has changed, when a trigger has, or when its last run failed.
 *
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
 * Errors: inputs that the service would refuse fail the preview, each with its path. A job that fails stays in state
 * with its id and `errors`, and the next `pulumi up` runs it anew. A wait that runs out is gone on with by the next
 * `pulumi up`. Source of the facts: the AWS Data Exchange API reference and user guide.
 */
export class Job extends pulumi.CustomResource {
  /** ARN of the job. */
  declare readonly arn: pulumi.Output<string>;
  /** What the job does. */
  declare readonly type: pulumi.Output<JobType>;
  /** The details as given. */
  declare readonly details: pulumi.Output<Record<string, unknown>>;
  /** State of the job as last seen: `COMPLETED` in a stack that is up. */
  declare readonly state: pulumi.Output<JobState>;
  /** When the job was created, ISO 8601. */
  declare readonly createdAt: pulumi.Output<string>;
  /** When the job last changed, ISO 8601. */
  declare readonly updatedAt: pulumi.Output<string>;
  /** What went wrong, as the service tells it; empty for a job that went well. */
  declare readonly errors: pulumi.Output<JobError[]>;
  /** The assets that an import made; the API names them nowhere, so they are found in the revision afterwards. */
  declare readonly assets: pulumi.Output<JobAsset[]>;
  /** Where the exported asset can be downloaded from. Secret. */
  declare readonly signedUrl: pulumi.Output<string | undefined>;
  /** When `signedUrl` stops working, ISO 8601. */
  declare readonly signedUrlExpiresAt: pulumi.Output<string | undefined>;
  /** The API key as the service answered it. Secret. */
  declare readonly apiKey: pulumi.Output<string | undefined>;
  /** ARN of the event action that started a revision export, when one did. */
  declare readonly eventActionArn: pulumi.Output<string | undefined>;
  /** Region of the job. */
  declare readonly region: pulumi.Output<string>;

  /**
   * Looks up a job that exists, without owning it. Needs `@pulumi/pulumi` 3.268 or later.
   *
   * @param id Id of the job, 30 to 40 letters and digits.
   * @param connection How to reach it where that differs from the stack's own settings.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    connection: JobConnection = {},
    opts?: pulumi.CustomResourceOptions,
  ): Job {
    const [major = 0, minor = 0] = sdkVersion.split(".").map(Number);
    if (major === 3 && minor < 268) {
      throw new pulumi.RunError(
        `Job.get("${name}") needs @pulumi/pulumi 3.268 or later, and this program has ${sdkVersion}. ` +
          "Earlier versions do not tell a dynamic provider what to look up.",
      );
    }
    return new Job(name, connection as JobArgs, { ...opts, id });
  }

  /** Whether the object is a Job, of whatever copy of this package. */
  static override isInstance(object: unknown): object is Job {
    return (object as { __pulumiType?: unknown } | undefined)?.__pulumiType === jobToken;
  }

  constructor(name: string, args: JobArgs, opts: pulumi.CustomResourceOptions = {}) {
    warnIfUnresolvable();
    const who = `Job ${JSON.stringify(name)}`;
    refuseOptions(who, opts, `Job.get(${JSON.stringify(name)}, "<id>") looks a job up without owning it`);
    assertSerializable(who, args);
    const secretNames = [...secretOutputs, ...(opts.additionalSecretOutputs ?? [])];
    const { declared, absent } = outputNames(args?.type);
    const restore = suppressStackTexts();
    try {
      super(
        jobToken,
        name,
        {
          ...Object.fromEntries(declared.map((output) => [output, undefined])),
          ...(markApiKeySecret(args) as object),
          ...(args?.upload !== undefined && { upload: toFileAsset(args.upload, `${who}: upload`) }),
          ...(args?.triggers !== undefined && { triggers: encodeTriggers(who, args.triggers) }),
          // The SDK reads the names of the secret outputs once it has all inputs, this one too.
          __provider: holdsSecrets(args?.details).then((secret) => {
            if (secret) secretNames.push(...repeatingOutputs);
            return providerCode;
          }),
          __urn: ownUrn(name, jobToken, opts.parent),
        },
        { ...opts, additionalSecretOutputs: secretNames },
      );
    } finally {
      restore();
    }
    for (const output of absent) Object.defineProperty(this, output, { value: noOutput() });
    describeAssets(this);
    if (opts.id === undefined && !pulumi.runtime.isDryRun()) this.id.apply((id) => forgetRegisteredJob(id));
  }
}

/** The state has no more of the assets than what does not follow. The rest is worked out for who reads it. */
function describeAssets(job: Job): void {
  const { assets, type, details, arn } = job;
  defineLazyOutput(job, "assets", () =>
    pulumi
      .all([assets, type, details, arn])
      .apply(([made, ...of]) => jobAssets({ type: of[0], details: of[1], arn: of[2] }, made)),
  );
}

/** One for all that a Job's type never has. */
let none: pulumi.Output<undefined> | undefined;
const noOutput = (): pulumi.Output<undefined> => (none ??= pulumi.output(undefined));
