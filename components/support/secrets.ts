/** Secrets among a component's arguments, which no sentence may repeat. */
import { Output } from "@pulumi/pulumi";

import { atOnce, withUnknowns } from "./resolve-input";

/** Texts shorter than this are left out only where they stand in quotes: they occur in other words. */
const shortest = 4;

/** The text without what the program gave as a secret. */
export async function withoutSecrets(text: string, args: unknown): Promise<string> {
  const secrets = new Set(await secretsIn(args));
  return [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => {
      const unquoted = rest.replaceAll(JSON.stringify(secret), "[secret]");
      return secret.length < shortest ? unquoted : unquoted.replaceAll(secret, "[secret]");
    }, text);
}

/** What is not known at once stands in no sentence, and need not be waited for. */
async function secretsIn(value: unknown): Promise<string[]> {
  if (Output.isInstance(value)) {
    const known = await atOnce(Promise.all([withUnknowns(value), isSecretOutput(value)]));
    return known?.[1] ? textsIn(known[0]) : [];
  }
  if (value instanceof Promise) return secretsIn(await atOnce(value));
  if (typeof value !== "object" || value === null) return [];
  return (await Promise.all(Object.values(value).map(secretsIn))).flat();
}

const isSecretOutput = (value: Output<unknown>): Promise<boolean> =>
  (value as unknown as { isSecret: Promise<boolean> }).isSecret;

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
