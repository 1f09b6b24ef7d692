/** Seeded secrets and the search for them in everything that is written. */

import type { TestService } from "./service";

export interface Leak {
  /** Kind of the secret, such as "API key". */
  readonly secret: string;
  /** Where it was found. */
  readonly place: string;
  /** The text around it, without the secret. */
  readonly around: string;
}

export class Secrets {
  private readonly values = new Map<string, string>();
  /** Number of searched characters, by place. */
  readonly searched: Record<string, number> = {};
  readonly leaks: Leak[] = [];

  /** The secrets that all suites use. */
  static seeded(): Secrets {
    const secrets = new Secrets();
    secrets.add("access key id", accessKeyId);
    secrets.add("secret access key", seededSecrets.secretKey);
    secrets.add("session token", seededSecrets.sessionToken);
    secrets.add("API key", seededSecrets.apiKey);
    secrets.add("bytes of an upload", seededSecrets.body);
    secrets.add("key of an object", seededSecrets.objectKey);
    return secrets;
  }

  get count(): number {
    return this.values.size;
  }

  /** @throws RangeError if the value is so short that it can occur by chance. */
  add(secret: string, value: string): void {
    if (value.length < 12) throw new RangeError(`${secret} is too short to be recognised.`);
    this.values.set(value, secret);
  }

  /** Adds the signature of a signed URL, which grants access. */
  addSignedUrl(url: string): void {
    const signature = new URL(url).searchParams.get("X-Amz-Signature");
    if (!signature) throw new Error("The URL is not signed.");
    this.add("signature of a signed URL", signature);
  }

  /** The secrets that a text holds. */
  findIn(text: string): string[] {
    const found = [...this.values].filter(([value]) => findPosition(value, text) !== undefined);
    return [...new Set(found.map(([, secret]) => secret))];
  }

  /** Searches a text that was written to `place`; stores and returns the leaks. */
  search(place: string, text: string): Leak[] {
    this.searched[place] = (this.searched[place] ?? 0) + text.length;
    const found: Leak[] = [];
    for (const [value, secret] of this.values) {
      const at = findPosition(value, text);
      if (!at) continue;
      const around = `${text.slice(Math.max(0, at.from - 60), at.from)}[${secret}]${text.slice(at.to, at.to + 60)}`;
      found.push({ secret, place, around });
    }
    this.leaks.push(...found);
    return found;
  }
}

/** First position of a value in a text, in any encoding. */
function findPosition(value: string, text: string): { from: number; to: number } | undefined {
  for (const form of formsOf(value)) {
    const from = text.indexOf(form);
    if (from !== -1) return { from, to: from + form.length };
  }
  return undefined;
}

/** The value as it is, in a URL, in JSON and as base64. */
function formsOf(value: string): Set<string> {
  const bytes = Buffer.from(value);
  return new Set([
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    ...[0, 1, 2].map((shift) => base64Within(bytes, shift)),
  ]);
}

/** The part of a value's base64 that does not depend on what stands before and after it. */
function base64Within(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  return whole.slice(shift === 0 ? 0 : shift + 1, whole.length - 2);
}

export const seededSecrets = {
  secretKey: "SeededSecretAccessKey/0000000000000000000",
  sessionToken: "SeededSessionToken/000000000000000000000",
  apiKey: "SeededApiKey0000000000000",
  body: "seeded-bytes-of-an-upload",
  objectKey: "seeded-key-of-an-object.csv",
} as const;

export const accessKeyId = "AKIAPROVEPROVEPROVE0";

/** AWS settings for the environment of a process; programs name the endpoint. */
export const environment = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: seededSecrets.secretKey,
  AWS_SESSION_TOKEN: seededSecrets.sessionToken,
};

/** Adds every signed URL that the service returned. */
export async function addSignedUrls(service: TestService, secrets: Secrets): Promise<void> {
  for (const { id } of service.local.jobs()) {
    const { Details } = await service.dataExchange.getJob({ JobId: id });
    const urls = [
      Details?.ExportAssetToSignedUrl?.SignedUrl,
      Details?.ImportAssetFromSignedUrl?.SignedUrl,
      Details?.ImportAssetFromApiGatewayApi?.ApiSpecificationUploadUrl,
    ];
    for (const url of urls) if (url !== undefined) secrets.addSignedUrl(url);
  }
}
