/** The settings of an explicit provider. Their names are those of `@pulumi/aws`; `settings.ts` reads them. */
import { jobTypes } from "../../service-model/job-types";
import type { Member, Rule, StructShape } from "../../service-model/shape";
import {
  boolean,
  documentedStruct,
  integer,
  list,
  map,
  optional,
  string,
  struct,
} from "../../service-model/shape";
import { isRecord } from "../../service-model/validate";
import { args } from "../core/arguments";

const { members: roleMembers } = args.assumeRole!.shape as StructShape;
const { roleArn, sessionName, duration } = roleMembers as Record<string, Member>;
const url = args.endpoint!.shape;

const role = documentedStruct("ProviderAssumeRole", "A role to assume.", {
  ...roleMembers,
  policy: optional(string(), "IAM policy, as JSON, that restricts the session further."),
  policyArns: optional(list(string()), "ARNs of IAM policies that restrict the session further."),
  sourceIdentity: optional(string(), "Source identity of the session."),
  tags: optional(map(string()), "Tags of the session."),
  transitiveTagKeys: optional(list(string()), "Keys of the tags that are passed on to further sessions."),
});

const webIdentity = documentedStruct(
  "ProviderAssumeRoleWithWebIdentity",
  "A role to assume with a web identity.",
  {
    ...{ roleArn: roleArn!, sessionName: sessionName!, duration: duration! },
    webIdentityToken: optional(string(), "Token of the web identity.", { secret: true }),
    webIdentityTokenFile: optional(string(), "File that contains the token of the web identity."),
  },
);

/** `pulumi config set --path` writes ids as numbers, without leading zeros. */
export const account = string({ pattern: "[0-9]{1,12}", meaning: "an AWS account id of 12 digits" });

const endpoint = documentedStruct("ProviderEndpoint", "URLs in place of the region's own endpoints.", {
  dataexchange: optional(url, "URL of the Data Exchange endpoint."),
  s3: optional(url, "URL of the S3 endpoint, for components that list a bucket."),
  sts: optional(url, "URL of the STS endpoint."),
});

const defaultTags = documentedStruct("ProviderDefaultTags", "Tags of the assets that jobs create.", {
  tags: optional(map(string()), "The tags, keys and values."),
});

const file = "Only the first file is read. Default:";

export const providerSettings: Readonly<Record<string, Member>> = {
  region: optional(
    args.region!.shape,
    "AWS region of the jobs. Default: `AWS_REGION` or `AWS_DEFAULT_REGION`, then the profile's. A change replaces every " +
      "job without a region of its own.",
  ),
  profile: optional(
    string(),
    "Profile of the shared config and credentials files to take credentials from. Default: `AWS_PROFILE`, then `default`.",
  ),
  accessKey: optional(
    string(),
    "Access key. Goes with `secretKey`. Default: the credentials of the profile or the environment.",
    {
      secret: true,
    },
  ),
  secretKey: optional(string(), "Secret key. Goes with `accessKey`.", { secret: true }),
  token: optional(string(), "Session token of temporary keys.", { secret: true }),
  assumeRoles: optional(
    list(role),
    "Roles to assume, each with the credentials of the one before. Default: none.",
  ),
  assumeRoleWithWebIdentity: optional(webIdentity, "Role to assume with a web identity. Default: none."),
  endpoints: optional(
    list(endpoint),
    "Endpoints in place of the region's own. Several elements count as one; for a service in two of them the later one " +
      "counts. Default: `AWS_ENDPOINT_URL_DATAEXCHANGE`, `AWS_ENDPOINT_URL_S3` and " +
      "`AWS_ENDPOINT_URL_STS`, then `AWS_ENDPOINT_URL`.",
  ),
  s3UsePathStyle: optional(
    boolean(),
    "Whether URLs of S3 contain the name of the bucket in the path instead of the host. Default: `false`.",
  ),
  sharedConfigFiles: optional(
    list(string()),
    `Shared config file. ${file} \`AWS_CONFIG_FILE\`, then \`~/.aws/config\`.`,
  ),
  sharedCredentialsFiles: optional(
    list(string()),
    `Shared credentials file. ${file} \`AWS_SHARED_CREDENTIALS_FILE\`, then \`~/.aws/credentials\`.`,
  ),
  useFipsEndpoint: optional(boolean(), "Whether to use the FIPS endpoint of the region. Default: `false`."),
  useDualstackEndpoint: optional(
    boolean(),
    "Whether to use the endpoint for IPv4 and IPv6. Default: `false`.",
  ),
  allowedAccountIds: optional(
    list(account),
    "The only accounts that may be used, compared with the account that STS reports before the first call. Default: any. " +
      "Not with `forbiddenAccountIds`.",
  ),
  forbiddenAccountIds: optional(
    list(account),
    "Accounts that may not be used, compared as `allowedAccountIds`. Default: none.",
  ),
  skipRequestingAccountId: optional(
    boolean(),
    "Whether to skip the call of STS that compares the account. Default: `false`.",
  ),
  httpProxy: optional(string(), "Proxy for `http:` URLs. Default: `HTTP_PROXY`.", { secret: true }),
  httpsProxy: optional(string(), "Proxy for `https:` URLs. Default: `HTTPS_PROXY`, then `httpProxy`.", {
    secret: true,
  }),
  noProxy: optional(
    string(),
    "Hosts that are reached without a proxy, separated by commas. Default: `NO_PROXY`.",
  ),
  customCaBundle: optional(
    string(),
    "PEM file with the certificates of trusted authorities. Default: `AWS_CA_BUNDLE`.",
  ),
  defaultTags: optional(
    defaultTags,
    "Tags of the assets that jobs create, for keys that a job does not set; they need `dataexchange:TagResource`. A change " +
      "starts no job and tags no existing asset. Default: the variables `TF_AWS_DEFAULT_TAGS_…`.",
  ),
  concurrentJobs: optional(
    map(integer({ min: 1 })),
    'How many jobs run at once in place of the quota, by job type, such as `{"EXPORT_ASSETS_TO_S3": 5}`. Default: the ' +
      "service's quotas.",
  ),
};

const incompleteKeys: Rule = (settings, report) => {
  const names = ["accessKey", "secretKey"];
  const absent = names.filter((name) => (settings[name] ?? undefined) === undefined);
  if (absent.length === 1)
    report(absent, "missing-member", `is required with ${names.find((name) => name !== absent[0])}`);
};

const twoAccountLists: Rule = ({ allowedAccountIds, forbiddenAccountIds }, report) => {
  if (allowedAccountIds && forbiddenAccountIds)
    report(["forbiddenAccountIds"], "conflicting-member", "cannot be set with allowedAccountIds");
};

const unknownJobTypes: Rule = ({ concurrentJobs }, report) => {
  const types = jobTypes.map(({ type }) => type);
  for (const type of Object.keys(isRecord(concurrentJobs) ? concurrentJobs : {})) {
    if (types.includes(type)) continue;
    report(["concurrentJobs", type], "unknown-member", `is not a job type; use one of ${types.join(", ")}`);
  }
};

export const providerShape: StructShape = {
  ...struct("Provider", providerSettings),
  memberNoun: "a setting of the provider",
  rules: [incompleteKeys, twoAccountLists, unknownJobTypes],
};
