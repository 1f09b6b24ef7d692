/** The local services as a resource sees them: in its region, with the provider's account. */
import { Sha256 } from "@aws-crypto/sha256-js";
import { DataExchangeClient } from "@aws-sdk/client-dataexchange";
import { S3Client } from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";

import type { Settings } from "./settings";
import { Shelf } from "./resource-store";

export class Region {
  readonly s3: S3Client;
  readonly dataExchange: DataExchangeClient;
  readonly shelf: Shelf;

  constructor(
    readonly settings: Settings,
    readonly name: string,
    readonly accountId: string,
  ) {
    const config = { region: name, credentials: settings };
    this.s3 = new S3Client({ ...config, endpoint: settings.endpoints.s3, forcePathStyle: true });
    this.dataExchange = new DataExchangeClient({ ...config, endpoint: settings.endpoints.dataExchange });
    this.shelf = new Shelf(this.s3, { account: accountId, region: name, role: settings.roleArn });
  }

  /** The ARN of something in this region and account. */
  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.name}:${this.accountId}:${resource}`;
  }
}

/** The account that the local service takes the key for. */
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
