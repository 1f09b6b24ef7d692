/** How the last run of a job ended, from the outputs that it left in state. */
import type { Phrase } from "./phrase";
import { join, name, names, say } from "./phrase";
import type { Values } from "./values";
import { isSecret, listOf, membersOf } from "./values";

export function describeFailure({ state, errors }: Values): Phrase {
  const ended = say`its last run ended in ${name(state)}`;
  if (isSecret(errors)) return say`${ended} (its errors are secret)`;
  const told = listOf(errors).map(describeError);
  return told.length > 0 ? say`${ended}: ${join(told, "; ")}` : ended;
}

function describeError(error: unknown): Phrase {
  const { code, message, details } = membersOf(error);
  const { importAssetsFromS3JobErrorDetails, importAssetFromSignedUrlJobErrorDetails } = membersOf(details);
  const objects = listOf(importAssetsFromS3JobErrorDetails)
    .map(membersOf)
    .map(({ bucket, key }) => `s3://${String(bucket)}/${String(key)}`);
  const { assetName } = membersOf(importAssetFromSignedUrlJobErrorDetails);
  const named = [...objects, ...(typeof assetName === "string" ? [assetName] : [])];
  return say`${name(`${String(code)}: ${String(message)}`)}${named.length > 0 && say` (${names(named)})`}`;
}
