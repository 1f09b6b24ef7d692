/** The provider's configuration, and clients of the local services in one region. */
import { DataExchange } from "@aws-sdk/client-dataexchange";
import { S3 } from "@aws-sdk/client-s3";
import { STS } from "@aws-sdk/client-sts";

import { unknownValue } from "../../lib/pulumi-values";
import type { Failure, Properties } from "./properties";
import { refusal } from "./properties";

export interface Settings {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  roleArn: string | undefined;
  endpoints: { s3: string; dataexchange: string; sts: string };
}

const supported = new Set([
  ...["region", "accessKey", "secretKey", "token", "assumeRoles", "endpoints"],
  // These have no effect here.
  ...["s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation"],
  ...["skipRequestingAccountId", "maxRetries", "retryMode", "insecure", "stsRegion", "version"],
]);

export function checkConfiguration(config: Properties): Failure[] {
  return Object.keys(config)
    .filter((property) => !supported.has(property) && !property.startsWith("__"))
    .map((property) => ({ property, reason: refusal(`the setting ${property} is not supported`) }));
}

export function readSettings(config: Properties): Settings {
  const { env } = process;
  const region = text(config.region) ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (!region) throw new Error("There is no region: set aws:region or AWS_REGION.");
  const [endpoints = {}] = (structured(config.endpoints) ?? []) as Record<string, string>[];
  const [role] = (structured(config.assumeRoles) ?? []) as { roleArn?: string }[];
  const endpoint = (service: string): string => {
    const found =
      endpoints[service] || env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL;
    if (!found) throw new Error(refusal(`no local ${service} is named by endpoints or AWS_ENDPOINT_URL`));
    return found;
  };
  return {
    region,
    // The local Data Exchange takes an access key of twelve digits as an account id, so a role needs only its account.
    accessKeyId: role?.roleArn?.split(":")[4] ?? text(config.accessKey) ?? env.AWS_ACCESS_KEY_ID ?? "any",
    secretAccessKey: text(config.secretKey) ?? env.AWS_SECRET_ACCESS_KEY ?? "any",
    roleArn: role?.roleArn,
    endpoints: { s3: endpoint("s3"), dataexchange: endpoint("dataexchange"), sts: endpoint("sts") },
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" && value !== unknownValue ? value : undefined;

/** The engine sends settings that are not strings as JSON. */
const structured = (value: unknown): unknown => (typeof value === "string" ? JSON.parse(value) : value);

export class Region {
  readonly s3: S3;
  readonly dataExchange: DataExchange;

  constructor(
    readonly settings: Settings,
    readonly name: string,
    readonly accountId: string,
  ) {
    const { endpoints } = settings;
    const config = { region: name, credentials: settings };
    this.s3 = new S3({ ...config, endpoint: endpoints.s3, forcePathStyle: true });
    this.dataExchange = new DataExchange({ ...config, endpoint: endpoints.dataexchange });
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.name}:${this.accountId}:${resource}`;
  }
}

/** Account id of the access key. */
export async function accountOf(settings: Settings): Promise<string> {
  const { accessKeyId, region, endpoints } = settings;
  if (/^\d{12}$/.test(accessKeyId)) return accessKeyId;
  const sts = new STS({ region, credentials: settings, endpoint: endpoints.sts });
  return (await sts.getCallerIdentity()).Account!;
}
