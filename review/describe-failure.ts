/** How the last run of a job ended, from the outputs that it left in state. */
import { groupedBy } from "./merge";
import type { Phrase } from "./rich-text";
import { join, mostNamed, name, names, say } from "./rich-text";
import type { Values } from "./preview-values";
import { canonical, isSecret, listOf, membersOf } from "./preview-values";

export function describeFailure({ state, errors }: Values): Phrase {
  const ended = say`its last run ended in ${name(state)}`;
  if (isSecret(errors)) return say`${ended} (its errors are secret)`;
  // Several jobs may have failed alike.
  const alike = groupedBy(listOf(errors).map(membersOf), ({ code, message }) => canonical([code, message]));
  const told = [...alike.values()].slice(0, mostNamed).map(describeErrors);
  return told.length > 0 ? say`${ended}: ${join(told, "; ")}` : ended;
}

function describeErrors(errors: readonly Values[]): Phrase {
  const { code, message } = errors[0]!;
  const named = errors.flatMap(namedIn);
  return say`${name(`${String(code)}: ${String(message)}`)}${named.length > 0 && say` (${names(named)})`}`;
}

function namedIn({ details }: Values): string[] {
  const { importAssetsFromS3JobErrorDetails, importAssetFromSignedUrlJobErrorDetails } = membersOf(details);
  const objects = listOf(importAssetsFromS3JobErrorDetails)
    .map(membersOf)
    .map(({ bucket, key }) => `s3://${String(bucket)}/${String(key)}`);
  const { assetName } = membersOf(importAssetFromSignedUrlJobErrorDetails);
  return [...objects, ...(typeof assetName === "string" ? [assetName] : [])];
}
