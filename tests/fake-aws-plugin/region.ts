import type { Failure, Properties } from "./resource-type";
import { isUnknown, refusal } from "./resource-type";
import { Sha256 } from "@aws-crypto/sha256-js";
import { DataExchangeClient } from "@aws-sdk/client-dataexchange";
import { S3Client } from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import { ResourceStore } from "./stored-resource";

export interface Settings {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Absent if the access key does not contain it; `accountOf` then calls GetCallerIdentity. */
  accountId: string | undefined;
  roleArn: string | undefined;
  defaultTags: Record<string, string>;
  endpoints: { s3: string; dataExchange: string; sts: string };
}

const understood = new Set([
  ...["region", "accessKey", "secretKey", "token", "assumeRoles", "defaultTags", "endpoints"],
  // These have no effect here.
  ...["s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation"],
  ...["skipRequestingAccountId", "maxRetries", "retryMode", "insecure", "stsRegion", "version"],
]);

export function checkConfiguration(config: Properties): Failure[] {
  return Object.keys(config)
    .filter((property) => !understood.has(property) && !property.startsWith("__"))
    .map((property) => ({ property, reason: refusal(`the setting ${property} is not supported`) }));
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
  // The local Data Exchange takes an access key of twelve digits as an account id, so a role needs only its account.
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

/** The engine sends settings that are not strings as JSON. */
const structured = (value: unknown): unknown => (typeof value === "string" ? JSON.parse(value) : value);

/** Clients of the local services in one region, with the provider's account. */

export class Region {
  readonly s3: S3Client;
  readonly dataExchange: DataExchangeClient;
  readonly store: ResourceStore;

  constructor(
    readonly settings: Settings,
    readonly name: string,
    readonly accountId: string,
  ) {
    const config = { region: name, credentials: settings };
    this.s3 = new S3Client({ ...config, endpoint: settings.endpoints.s3, forcePathStyle: true });
    this.dataExchange = new DataExchangeClient({ ...config, endpoint: settings.endpoints.dataExchange });
    this.store = new ResourceStore(this.s3, { account: accountId, region: name, role: settings.roleArn });
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.name}:${this.accountId}:${resource}`;
  }
}

/** Account id of the access key. */
export async function accountOf(settings: Settings): Promise<string> {
  if (settings.accountId) return settings.accountId;
  const { host, hostname, protocol } = new URL(settings.endpoints.sts);
  const signer = new SignatureV4({
    service: "sts",
    region: settings.region,
    credentials: settings,
    sha256: Sha256,
  });
  const body = "Action=GetCallerIdentity&Version=2011-06-15";
  const { method, headers } = await signer.sign({
    method: "POST",
    protocol,
    hostname,
    path: "/",
    headers: { host, "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  const response = await fetch(settings.endpoints.sts, { method, headers, body });
  const answer = await response.text();
  const [, account] = /<Account>(\d{12})<\/Account>/.exec(answer) ?? [];
  if (!account) throw new Error(`GetCallerIdentity answered ${response.status}: ${answer}`);
  return account;
}
