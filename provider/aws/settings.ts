/** Reads the connection to AWS from the resource, the stack's `aws:` config and the environment, as `@pulumi/aws` does. */
import { CodedError } from "../../lib/message-code";

export interface RoleToAssume {
  roleArn: string;
  sessionName?: string;
  externalId?: string;
  /** Such as `1h`. */
  duration?: string;
  policy?: string;
  policyArns?: string[];
  sourceIdentity?: string;
  tags?: Record<string, string>;
  transitiveTagKeys?: string[];
}

export interface WebIdentity {
  roleArn: string;
  sessionName?: string;
  webIdentityToken?: string;
  webIdentityTokenFile?: string;
  duration?: string;
}

export interface ConnectionSettings {
  region?: string;
  profile?: string;
  accessKey?: string;
  secretKey?: string;
  token?: string;
  assumeRoles: RoleToAssume[];
  assumeRoleWithWebIdentity?: WebIdentity;
  /** Endpoint of Data Exchange. The SDK reads `AWS_ENDPOINT_URL_DATAEXCHANGE` and `AWS_ENDPOINT_URL` itself. */
  endpoint?: string;
  /** Endpoint of STS. */
  stsEndpoint?: string;
  /** Endpoint of S3, for components. The SDK reads `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL` itself. */
  s3Endpoint?: string;
  /** Whether URLs contain the name of the bucket in the path instead of the host. */
  s3UsePathStyle?: boolean;
  sharedConfigFile?: string;
  sharedCredentialsFile?: string;
  useFipsEndpoint?: boolean;
  useDualstackEndpoint?: boolean;
  /** The only accounts that may be used. */
  allowedAccountIds?: string[];
  /** Accounts that may not be used. */
  forbiddenAccountIds?: string[];
  /** Whether to skip GetCallerIdentity. */
  skipRequestingAccountId?: boolean;
  /** Proxy for `http:` URLs. */
  httpProxy?: string;
  httpsProxy?: string;
  /** Hosts that are reached without a proxy, separated by commas. */
  noProxy?: string;
  /** Tags of the assets that a job creates, for keys that the job does not set. */
  defaultTags?: Record<string, string>;
  /** PEM file with the certificates of trusted authorities. */
  customCaBundle?: string;
}

/** Connection settings among the arguments of a resource. */
export interface OwnSettings {
  region?: string;
  profile?: string;
  assumeRole?: RoleToAssume;
  endpoint?: string;
}

/** Reads one key of the stack's config, such as `aws:region`; structured values are JSON. */
export type ReadConfig = (key: string) => string | undefined;

export function connectionSettings(
  own: OwnSettings,
  readConfig: ReadConfig,
  env = process.env,
): ConnectionSettings {
  // An empty setting counts as absent, as in the AWS tools.
  const config: ReadConfig = (key) => readConfig(key) || undefined;
  const structured = <T>(key: string): T | undefined => parseConfig<T>(key, config(key));
  const endpoints = Object.assign(
    {},
    ...[structured<object | object[]>("aws:endpoints") ?? []].flat(),
  ) as Record<string, string | undefined>;
  const stackRoles = [structured<RoleToAssume | RoleToAssume[]>("aws:assumeRoles") ?? []].flat();
  const stackRole = [structured<RoleToAssume | RoleToAssume[]>("aws:assumeRole") ?? []].flat();
  const settings: ConnectionSettings = {
    region: own.region ?? config("aws:region") ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION),
    profile: own.profile ?? config("aws:profile"),
    // The resource's own profile replaces the stack's keys.
    ...(own.profile === undefined && {
      accessKey: config("aws:accessKey"),
      secretKey: config("aws:secretKey"),
      token: config("aws:token"),
    }),
    assumeRoles: own.assumeRole ? [own.assumeRole] : stackRoles.length > 0 ? stackRoles : stackRole,
    assumeRoleWithWebIdentity: structured("aws:assumeRoleWithWebIdentity"),
    endpoint: own.endpoint ?? endpoints.dataexchange,
    stsEndpoint: endpoints.sts,
    s3Endpoint: endpoints.s3,
    s3UsePathStyle: flag(config("aws:s3UsePathStyle")),
    sharedConfigFile: firstOf(structured("aws:sharedConfigFiles")),
    sharedCredentialsFile: firstOf(structured("aws:sharedCredentialsFiles")),
    useFipsEndpoint: flag(config("aws:useFipsEndpoint")),
    useDualstackEndpoint: flag(config("aws:useDualstackEndpoint")),
    allowedAccountIds: accounts(structured("aws:allowedAccountIds")),
    forbiddenAccountIds: accounts(structured("aws:forbiddenAccountIds")),
    skipRequestingAccountId: flag(config("aws:skipRequestingAccountId")),
    ...proxies(config, env),
    defaultTags: defaultTags(structured("aws:defaultTags"), env),
    customCaBundle: config("aws:customCaBundle") ?? env.AWS_CA_BUNDLE,
  };
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== ""),
  ) as unknown as ConnectionSettings;
}

function parseConfig<T>(key: string, text: string | undefined): T | undefined {
  if (text === undefined || text === "") return undefined;
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text) as T;
  } catch {
    const text = `The stack's config ${key} is not valid JSON. Set it with \`pulumi config set --path\`.`;
    throw new CodedError({ code: "invalid-config", text });
  }
}

/** The stack's config, then the environment in either case, as curl, aws-cli and Go read it. */
function proxies(
  config: ReadConfig,
  env: NodeJS.ProcessEnv,
): Pick<ConnectionSettings, "httpProxy" | "httpsProxy" | "noProxy"> {
  const httpProxy = config("aws:httpProxy");
  return {
    httpProxy: httpProxy ?? (env.HTTP_PROXY || env.http_proxy),
    // As in @pulumi/aws, the stack's HTTP proxy is used for HTTPS if nothing else is set.
    httpsProxy: config("aws:httpsProxy") ?? (env.HTTPS_PROXY || env.https_proxy || httpProxy),
    noProxy: config("aws:noProxy") ?? (env.NO_PROXY || env.no_proxy),
  };
}

const tagPrefix = "TF_AWS_DEFAULT_TAGS_";

/** The default tags of the environment, overridden by the stack's, as in `@pulumi/aws`. */
function defaultTags(
  config: { tags?: Record<string, string | number | boolean> } | undefined,
  env: NodeJS.ProcessEnv,
): Record<string, string> | undefined {
  const ofEnvironment = Object.entries(env)
    .filter(([name]) => name.startsWith(tagPrefix) && name.length > tagPrefix.length)
    .map(([name, value]): [string, string] => [name.slice(tagPrefix.length), value ?? ""]);
  const ofStack = Object.entries(config?.tags ?? {}).map(([key, value]): [string, string] => [
    key,
    String(value),
  ]);
  const tags = [...ofEnvironment, ...ofStack];
  return tags.length > 0 ? Object.fromEntries(tags) : undefined;
}

/** `pulumi config set --path` writes ids as numbers, without leading zeros. */
const accounts = (ids: (string | number)[] | undefined): string[] | undefined =>
  ids === undefined ? undefined : [ids].flat().map((id) => String(id).padStart(12, "0"));

const firstOf = (files: string[] | undefined): string | undefined => files?.[0];

const flag = (text: string | undefined): boolean | undefined =>
  text === undefined ? undefined : String(text) === "true";

/** The region that is set, or else that of the profile in the shared files. */
export async function resolveRegion(settings: ConnectionSettings): Promise<string | undefined> {
  if (settings.region) return settings.region;
  // Loaded only if no region is set.
  const { regionOfProfile } = await import("./profiles.js");
  return regionOfProfile(settings);
}
