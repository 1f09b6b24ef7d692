/** How to reach AWS, read from where `@pulumi/aws` reads it: the resource, the stack's `aws:` config, the environment. */
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
  /** Of Data Exchange; the SDK reads `AWS_ENDPOINT_URL_DATAEXCHANGE` and `AWS_ENDPOINT_URL` by itself. */
  endpoint?: string;
  /** Of STS, where roles are assumed. */
  stsEndpoint?: string;
  /** Of S3, where a component lists a bucket; the SDK reads `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL` by itself. */
  s3Endpoint?: string;
  /** Whether a bucket's name goes into the path of a URL and not before the host. */
  s3UsePathStyle?: boolean;
  sharedConfigFile?: string;
  sharedCredentialsFile?: string;
  useFipsEndpoint?: boolean;
  useDualstackEndpoint?: boolean;
  /** Accounts that alone may be used. */
  allowedAccountIds?: string[];
  /** Accounts that may not be used. */
  forbiddenAccountIds?: string[];
  /** Whether STS is not asked which account the credentials are of. */
  skipRequestingAccountId?: boolean;
  /** Proxy of `http:` addresses, and of `https:` ones where they have none of their own. */
  httpProxy?: string;
  httpsProxy?: string;
  /** Hosts that are reached without a proxy, with commas between them. */
  noProxy?: string;
  /** Tags that every asset gets which a job makes, where the job gives none of that key. */
  defaultTags?: Record<string, string>;
  /** File with the certificates of authorities to trust, as PEM. */
  customCaBundle?: string;
}

/** What a resource says of its own connection. */
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
  // An empty setting is none, as for the AWS tools.
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
    // A resource that names its own profile wants that profile's credentials, not the stack's keys.
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

/** The environment as curl, aws-cli and Go read it: either case, the stack's config before it. */
function proxies(
  config: ReadConfig,
  env: NodeJS.ProcessEnv,
): Pick<ConnectionSettings, "httpProxy" | "httpsProxy" | "noProxy"> {
  const httpProxy = config("aws:httpProxy");
  return {
    httpProxy: httpProxy ?? (env.HTTP_PROXY || env.http_proxy),
    // As for @pulumi/aws: a proxy for HTTP in the stack's config serves HTTPS too, unless that has its own.
    httpsProxy: config("aws:httpsProxy") ?? (env.HTTPS_PROXY || env.https_proxy || httpProxy),
    noProxy: config("aws:noProxy") ?? (env.NO_PROXY || env.no_proxy),
  };
}

const tagPrefix = "TF_AWS_DEFAULT_TAGS_";

/** The stack's default tags before those of the environment, as for `@pulumi/aws`. */
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

/** `pulumi config set --path` makes numbers of ids, and drops the zeros that some begin with. */
const accounts = (ids: (string | number)[] | undefined): string[] | undefined =>
  ids === undefined ? undefined : [ids].flat().map((id) => String(id).padStart(12, "0"));

const firstOf = (files: string[] | undefined): string | undefined => files?.[0];

const flag = (text: string | undefined): boolean | undefined =>
  text === undefined ? undefined : String(text) === "true";

/** The region that is set, or that the profile of the shared files names. */
export async function resolveRegion(settings: ConnectionSettings): Promise<string | undefined> {
  if (settings.region) return settings.region;
  // Most have set it, and load nothing for it.
  const { loadSharedConfigFiles } = await import("@smithy/shared-ini-file-loader");
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    ...(settings.sharedConfigFile && { configFilepath: settings.sharedConfigFile }),
    ...(settings.sharedCredentialsFile && { filepath: settings.sharedCredentialsFile }),
  });
  const profile = settings.profile ?? process.env.AWS_PROFILE ?? process.env.AWS_DEFAULT_PROFILE ?? "default";
  return configFile[profile]?.region ?? credentialsFile[profile]?.region;
}
