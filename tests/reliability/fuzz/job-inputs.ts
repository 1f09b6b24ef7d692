/** Inputs of a Job as the engine sends them to the provider: right ones, made from the table, and junk. */
import { createHash } from "node:crypto";

import fc from "fast-check";

import { assetConfiguration } from "../../../service-model/shared-shapes";
import {
  archiveSignature,
  assetSignature,
  signatureKey,
  unknownValue as unknown,
} from "../../../lib/pulumi-values";
import type { JobType } from "../../../service-model/job-type";
import { jobTypes } from "../../../service-model/job-types";
import { detailsOf, structOf } from "../../provider/support/arbitraries";
import { md5Of } from "../../provider/support/host";
import type { Json } from "./values";

export { signatureKey, unknown };

const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Begins every API key; no message may hold it. */
export const plantedKey = "planted-api-key";

export const bodies = ["", "prices", '{"openapi":"3.0.1"}'] as const;

export const assetOf = (text: string): Json => ({
  [signatureKey]: assetSignature,
  hash: createHash("sha256").update(text).digest("hex"),
  text,
});

const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });

function inputsOfType(jobType: JobType): fc.Arbitrary<Json> {
  const { type, detailsKey, upload } = jobType;
  return fc
    .record({
      details: detailsOf(jobType),
      configuration: sometimes(structOf(assetConfiguration)),
      text: fc.constantFrom(...bodies),
      spelled: fc.boolean(),
    })
    .map(({ details, configuration, text, spelled }) => {
      const own: Json = { ...details[detailsKey] };
      if (own.apiKey !== undefined) own.apiKey = plantedKey + (own.apiKey as string);
      if (upload) delete own[upload.md5];
      if (upload && spelled) own[upload.md5] = md5Of(text);
      return {
        type,
        details: { [detailsKey]: own },
        ...(configuration && { assetConfiguration: configuration }),
        ...(upload && { upload: assetOf(text) }),
      };
    });
}

/** What is right for a job of each type, as the table has it. */
export const rightInputs: fc.Arbitrary<Json> = fc.oneof(...jobTypes.map(inputsOfType));

/** Names of members that are easily taken for something else. */
export const oddNames: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "length"),
  fc.constantFrom("hash", "path", "text", "uri", "type", "details", "upload", "bucket", "key", "tags"),
  fc.constantFrom(
    ...jobTypes.flatMap(({ detailsKey, details }) => [detailsKey, ...Object.keys(details.members)]),
  ),
  fc.string({ maxLength: 8 }),
);

const hugeStrings = fc
  .constantFrom("x", "/", "${Asset.Id}", "\u{1f980}", "a/../")
  .map((text) => text.repeat(100_000 / text.length));

/** Anything that JSON can hold, and what Pulumi writes in JSON for values that JSON cannot hold. */
const junk = (...more: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> =>
  fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      {
        weight: 12,
        arbitrary: fc.constantFrom<unknown>(null, "", "${", 0, -1, true, 1e308, "\0", "a\n"),
      },
      { weight: 6, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
      { weight: 3, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      {
        weight: 3,
        arbitrary: fc.constantFrom(...jobTypes.map(({ type }) => type), "AES256", "aws:kms", "REST"),
      },
      { weight: 5, arbitrary: fc.array(tie("any"), { maxLength: 4 }) },
      { weight: 5, arbitrary: fc.array(fc.tuple(oddNames, tie("any")), { maxLength: 5 }).map(fromEntries) },
      { weight: 2, arbitrary: tie("any").map((value) => ({ [signatureKey]: secretSignature, value })) },
      {
        weight: 2,
        arbitrary: tie("any").map((text) => ({ [signatureKey]: assetSignature, hash: "0", text })),
      },
      {
        weight: 1,
        arbitrary: tie("any").map((assets) => ({ [signatureKey]: archiveSignature, hash: "0", assets })),
      },
      { weight: 1, arbitrary: fc.constantFrom(...bodies).map(assetOf) },
      { weight: 1, arbitrary: fc.constant({ [signatureKey]: assetSignature, hash: "1", path: "/nowhere" }) },
      ...more,
    ),
  })).any;

/** Huge strings are rare: each costs as much as hundreds of other values. */
export const anythingKnown: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 400, arbitrary: junk() },
  { weight: 1, arbitrary: hugeStrings },
);

export const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 400, arbitrary: junk(fc.constant(unknown), fc.constant({ unknown: true })) },
  { weight: 1, arbitrary: hugeStrings },
);

function fromEntries(entries: [string, unknown][]): Json {
  return Object.fromEntries<unknown>(entries);
}
