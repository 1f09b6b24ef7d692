/** What of a job's details is secret. */
import * as pulumi from "@pulumi/pulumi";

import { within } from "./program-values";

/** An API key is a credential whether the program says so or not. Leaves alone whatever is known beside it. */
export function withSecretKey<T extends { details?: unknown }>(args: T): T {
  const details = changeApi(args?.details, (members) =>
    members.apiKey === undefined ? members : { ...members, apiKey: pulumi.secret(members.apiKey) },
  );
  return { ...args, details };
}

/** Whether the details hold a secret beside the API key, which no such output repeats. */
export function holdsSecrets(details: unknown): Promise<boolean> {
  const repeated = changeApi(details, ({ apiKey: _, ...others }) => others);
  // To ask the SDK costs an Output for each value within.
  if (isPlain(repeated)) return Promise.resolve(false);
  // What cannot be resolved fails where the SDK resolves it.
  return pulumi.isSecret(pulumi.output(repeated)).catch(() => false);
}

/** Whether all is here, and nothing of it comes from another resource. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return Object.values(value).every(isPlain);
}

type Members = Record<string, unknown>;

const changeApi = (details: unknown, change: (members: Members) => Members): unknown =>
  within(details, (known) => {
    const { importAssetFromApiGatewayApi: api } = known;
    return api === undefined ? known : { ...known, importAssetFromApiGatewayApi: within(api, change) };
  });
