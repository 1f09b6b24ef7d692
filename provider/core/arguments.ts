import { assetConfiguration } from "../../service-model/shared-shapes";
import type { Infer, Member, Shape } from "../../service-model/shape";
import { documentedStruct, oneOf, optional, required, string } from "../../service-model/shape";
import { parseDuration } from "../../lib/duration";
import type { BodySource } from "./ports";

/**
 * The arguments of a Job. The job type table describes `type`, `details` and `upload`; `args` describes the others, for
 * validation, diff and the generated documentation.
 */

export interface Arg extends Member {
  /** The effect of a changed value on the job in state. */
  readonly onChange: "replace" | "update";
}

const duration = string({
  check: (text) =>
    parseDuration(text)
      ? undefined
      : { code: "not-a-duration", message: 'must be a duration such as "90s", "30m" or "2h"' },
});

/** Range of STS AssumeRole's DurationSeconds. */
const sessionDuration = string({
  check: (text) => {
    const milliseconds = parseDuration(text) ?? 0;
    return milliseconds < 15 * 60_000 || milliseconds > 12 * 3_600_000
      ? { code: "not-a-session-duration", message: "must be a duration between 15m and 12h" }
      : undefined;
  },
});

const url = string({
  check: (text) => {
    const url = /^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    if (!url) return { code: "not-a-url", message: "must be a URL that begins with http:// or https://" };
    if (url.username === "" && url.password === "") return undefined;
    const message = "must not hold a user name or password, because requests are signed with AWS credentials";
    return { code: "url-with-password", message };
  },
});

/** Source: STS API reference, AssumeRole. */
const sessionCharacters = "of letters, digits and _ + = , . @ -";
const idCharacters = "of letters, digits and _ + = , . @ : / -";

const roleArn = string({ pattern: "arn:[^:]+:iam::([0-9]{12}):role/.+", meaning: "the ARN of an IAM role" });

const arg = (onChange: Arg["onChange"], shape: Shape, doc: string, standard?: string): Arg => ({
  ...optional(shape, doc, standard === undefined ? {} : { default: standard }),
  onChange,
});

const adopt = oneOf("own", "none");
const onDelete = oneOf("retain", "deleteAssets");

/** Default timeouts of the phases of a job. */
export const defaultTimeouts = { request: "10m", queue: "12h", upload: "1h", run: "6h" } as const;

export const args: { readonly [name: string]: Arg } = {
  assetConfiguration: arg(
    "replace",
    assetConfiguration,
    "Configuration of the assets that the job creates: their tags.",
  ),
  region: arg(
    "replace",
    string({ pattern: "[a-z]{2,}(-[a-z]+)+-[0-9]+", meaning: "an AWS region such as us-east-1" }),
    "AWS region. Default: the stack's `aws:region`, then `AWS_REGION` or `AWS_DEFAULT_REGION`, then the profile's.",
  ),
  profile: arg(
    "update",
    string({ minLength: 1 }),
    "Profile of the shared config and credentials files to take credentials from. Default: the stack's `aws:profile`, then `AWS_PROFILE`.",
  ),
  assumeRole: arg(
    "update",
    documentedStruct("AssumeRole", "A role to assume.", {
      roleArn: required(roleArn, "ARN of the role to assume."),
      sessionName: optional(
        string({ minLength: 2, maxLength: 64, pattern: "[\\w+=,.@-]*", meaning: sessionCharacters }),
        "Name of the session. Default: `pulumi-dataexchange`.",
      ),
      externalId: optional(
        string({ minLength: 2, maxLength: 1224, pattern: "[\\w+=,.@:/-]*", meaning: idCharacters }),
        "External id that the role's trust policy requires.",
      ),
      duration: optional(sessionDuration, "How long one session lasts, `15m` to `12h`.", { default: "1h" }),
    }),
    "Role to assume for the calls to AWS. Default: the stack's `aws:assumeRoles` or `aws:assumeRole`.",
  ),
  endpoint: arg(
    "update",
    url,
    "URL of the Data Exchange endpoint. Default: `dataexchange` in the stack's `aws:endpoints`, then " +
      "`AWS_ENDPOINT_URL_DATAEXCHANGE`, then `AWS_ENDPOINT_URL`, then the region's own.",
  ),
  timeouts: arg(
    "update",
    documentedStruct(
      "JobTimeouts",
      "How long each phase of a job may wait: durations such as `90s`, `30m`, `1h30m` or `1d`, greater than zero.",
      {
        request: optional(duration, "How long one API call may take with its retries.", {
          default: defaultTimeouts.request,
        }),
        queue: optional(duration, "How long to wait for a slot among the jobs of the type.", {
          default: defaultTimeouts.queue,
        }),
        upload: optional(duration, "How long the upload of a body may take with its retries.", {
          default: defaultTimeouts.upload,
        }),
        run: optional(duration, "How long to wait for the job to end once it has started.", {
          default: defaultTimeouts.run,
        }),
      },
    ),
    "How long each phase may wait. If a timeout expires after the job was created, the job stays in state and the next " +
      "`pulumi up` resumes it. Before that, no job is created, and the next `pulumi up` starts again.",
  ),
  adopt: arg(
    "update",
    adopt,
    "What happens to the job that an interrupted run of this resource left, if a record on this machine names it. `own`: " +
      "it is adopted in place of a new one, if it was created for the same inputs and triggers. `none`: it is cancelled, " +
      "or its assets are deleted; and `dataexchange:ListJobs` may be denied. In both cases a job that another process " +
      "creates for the same inputs at the same time is adopted, because only one of the two may run.",
    "own",
  ),
  onDelete: arg(
    "update",
    onDelete,
    "What happens to the job's assets when the resource is deleted or replaced: `retain` keeps them, `deleteAssets` " +
      "deletes them unless their revision is finalized and not revoked. The value in state applies, so set it before the " +
      "run that deletes or replaces.",
    "retain",
  ),
};

/** Inputs of a Job that `checkInputs` has accepted and that are all known. */
export interface JobInputs {
  type: string;
  details: Record<string, Record<string, unknown>>;
  assetConfiguration?: { tags?: { key: string; value: string }[] };
  upload?: BodySource;
  region?: string;
  profile?: string;
  assumeRole?: { roleArn: string; sessionName?: string; externalId?: string; duration?: string };
  endpoint?: string;
  triggers?: unknown;
  timeouts?: Partial<Record<keyof typeof defaultTimeouts, string>>;
  adopt?: Infer<typeof adopt>;
  onDelete?: Infer<typeof onDelete>;
  /** The details hold a secret that outputs repeat. Set by the program, because the provider gets every value in clear. */
  __secret?: true;
}

export type Timeouts = Record<keyof typeof defaultTimeouts, number>;

/** Timeouts in milliseconds, with defaults. */
export function timeoutsOf({ timeouts = {} }: Pick<JobInputs, "timeouts">): Timeouts {
  const names = Object.keys(defaultTimeouts) as (keyof Timeouts)[];
  return Object.fromEntries(
    names.map((name) => [name, parseDuration(timeouts[name] ?? defaultTimeouts[name])]),
  ) as Timeouts;
}
