/** The provider's configuration, as far as the stand-in has a use for it. */
import { refusal, type Failure } from "./resource-type";
import { isUnknown, type Properties } from "./values";

export interface Settings {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The account is known from the key, or else the local service is asked. */
  accountId: string | undefined;
  roleArn: string | undefined;
  defaultTags: Record<string, string>;
  endpoints: { s3: string; dataExchange: string; sts: string };
}

const understood = new Set([
  ...["region", "accessKey", "secretKey", "token", "assumeRoles", "defaultTags", "endpoints"],
  // Nothing here depends on these.
  ...["s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation"],
  ...["skipRequestingAccountId", "maxRetries", "retryMode", "insecure", "stsRegion", "version"],
]);

export function checkConfiguration(config: Properties): Failure[] {
  return Object.keys(config)
    .filter((property) => !understood.has(property) && !property.startsWith("__"))
    .map((property) => ({ property, reason: refusal(`the setting ${property} is not understood`) }));
}

export function readSettings(config: Properties, env: NodeJS.ProcessEnv = process.env): Settings {
  const region = text(config.region) ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (!region) throw new Error("The region is set nowhere: set aws:region or AWS_REGION.");
  const [endpoints = {}] = (structured(config.endpoints) ?? []) as Record<string, string>[];
  const [role] = (structured(config.assumeRoles) ?? []) as { roleArn?: string }[];
  const roleAccount = role?.roleArn?.split(":")[4];
  const endpoint = (service: string): string => {
    const found =
      endpoints[service] || env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL;
    if (!found) throw new Error(refusal(`no local ${service} is named by endpoints or AWS_ENDPOINT_URL`));
    return found;
  };
  // To the local Data Exchange a key of twelve digits is its account: that is all there is to assume of a role.
  const accessKeyId = roleAccount ?? text(config.accessKey) ?? env.AWS_ACCESS_KEY_ID ?? "any";
  return {
    region,
    accessKeyId,
    secretAccessKey: text(config.secretKey) ?? env.AWS_SECRET_ACCESS_KEY ?? "any",
    accountId: /^\d{12}$/.test(accessKeyId) ? accessKeyId : undefined,
    roleArn: role?.roleArn,
    defaultTags:
      (structured(config.defaultTags) as { tags?: Record<string, string> } | undefined)?.tags ?? {},
    endpoints: { s3: endpoint("s3"), dataExchange: endpoint("dataexchange"), sts: endpoint("sts") },
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" && !isUnknown(value) ? value : undefined;

/** Settings that are not text arrive as JSON. */
const structured = (value: unknown): unknown => (typeof value === "string" ? JSON.parse(value) : value);
