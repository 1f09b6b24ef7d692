/** How to reach AWS, read from where `@pulumi/aws` reads it: the resource, the stack's `aws:` config, the environment. */

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
    throw new Error(`The stack's config ${key} is no JSON. Set it with \`pulumi config set --path\`.`);
  }
}

const firstOf = (files: string[] | undefined): string | undefined => files?.[0];

const flag = (text: string | undefined): boolean | undefined =>
  text === undefined ? undefined : String(text) === "true";
