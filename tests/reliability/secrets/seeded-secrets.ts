/** Values that a person recognises wherever they stand. */
import type { Secrets } from "./secrets";

export const planted = {
  secretKey: "PlantedSecretAccessKey/0000000000000000000",
  sessionToken: "PlantedSessionToken/000000000000000000000",
  apiKey: "PlantedApiKey0000000000000",
  body: "planted-bytes-of-an-upload",
} as const;

export const accessKeyId = "AKIAPROVEPROVEPROVE0";

export function plantAll(secrets: Secrets): void {
  secrets.plant("access key id", accessKeyId);
  secrets.plant("secret access key", planted.secretKey);
  secrets.plant("session token", planted.sessionToken);
  secrets.plant("API key", planted.apiKey);
  secrets.plant("bytes of an upload", planted.body);
}

/** What a process finds in its environment to call the service with. */
export const environment = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: planted.secretKey,
  AWS_SESSION_TOKEN: planted.sessionToken,
};
