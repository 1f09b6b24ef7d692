/** Diff is reflexive, ignores order, and sees every changed leaf. */
import fc from "fast-check";

import type { JobInputs } from "../../../provider/core/arguments";
import { toOutputs } from "../../../provider/core/state";
import { assetConfiguration } from "../../../service-model/shared-shapes";
import type { ServiceJob } from "../../../service-model/job";
import { findJobType } from "../../../service-model/job-types";
import { JobProvider } from "../../../provider/dynamic/providers";
import { decodeProperties, encodeProperties } from "../../../provider/dynamic/property-values";
import { shuffled } from "../../harness/arbitraries";
import { assetOf, oddNames, validInputs, unknown } from "./job-inputs";
import { isRecord } from "../../../service-model/validate";
import type { Json, JsonPath } from "./values";
import { removed, cloneJson, leafPathsOf, reversed, valueAt, withAt } from "./values";

const durations = fc.constantFrom("90s", "10m", "1h", "6h", "12h");

/** Without nulls, which count as absent. */
const triggers = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("any"), { maxLength: 3 }),
    fc
      .array(fc.tuple(oddNames, tie("any")), { maxLength: 3 })
      .map(Object.fromEntries as (e: unknown) => Json),
  ),
})).any;

const others: fc.Arbitrary<Json> = fc.record(
  {
    region: fc.constantFrom("us-east-1", "eu-west-1"),
    profile: fc.constantFrom("default", "work"),
    endpoint: fc.constant("http://127.0.0.1:1"),
    assumeRole: fc.record(
      { roleArn: fc.constant("arn:aws:iam::123456789012:role/x"), duration: durations },
      { requiredKeys: ["roleArn"] },
    ),
    timeouts: fc.record(
      { request: durations, queue: durations, upload: durations, run: durations },
      { requiredKeys: [] },
    ),
    adopt: fc.constantFrom("own", "none"),
    onDelete: fc.constantFrom("retain", "deleteAssets"),
    triggers,
  },
  { requiredKeys: ["region"] },
);

export const declared: fc.Arbitrary<Json> = fc
  .tuple(validInputs, others)
  .map(([inputs, more]) => ({ ...inputs, ...more }));

export interface Change {
  readonly order: readonly number[];
  readonly leaf: number;
  readonly how: "other" | "unknown" | "gone";
}

export const change: fc.Arbitrary<Change> = fc.record({
  order: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }),
  leaf: fc.nat(1_000_000),
  how: fc.constantFrom("other", "unknown", "gone"),
});

/** Properties whose change replaces the job, as documented. */
const replacing = ["type", "details", "upload", "assetConfiguration", "region", "triggers"];

/** Defaults as documented; declaring one or leaving it out is no change. */
const defaults: Readonly<Record<string, unknown>> = {
  keyPattern: "${Asset.Name}",
  adopt: "own",
  onDelete: "retain",
  request: "10m",
  queue: "12h",
  upload: "1h",
  run: "6h",
  duration: "1h",
};

export async function checkDiff(inputs: Json, { order, leaf, how }: Change): Promise<void> {
  const provider = new JobProvider();
  const olds = stateOf(inputs);
  const diff = async (news: Json): Promise<string> => JSON.stringify(await provider.diff("job", olds, news));
  const none = JSON.stringify({ changes: false, replaces: [] });

  const same = await diff(cloneJson(inputs) as Json);
  if (same !== none) throw new Error(`The same inputs are a change: ${same}`);

  const turned = await diff(inAnotherOrder(inputs, order));
  if (turned !== none) throw new Error(`Another order is a change: ${turned}`);

  // An upload changes as a whole.
  const leaves = leafPathsOf({ ...inputs, ...(inputs.upload !== undefined && { upload: "" }) });
  const place = leaves[leaf % leaves.length]!;
  const actual = await diff(changedAt(inputs, place, how));
  const expected = JSON.stringify(expectation(inputs, place, how));
  if (actual !== expected)
    throw new Error(`With ${place.join(".")} ${how} the diff is ${actual}, not ${expected}`);
}

/** The state of a completed job with these inputs. */
function stateOf(inputs: Json): Json {
  const known = decodeProperties(inputs) as unknown as JobInputs;
  const job: ServiceJob = {
    id: "job",
    arn: "arn:aws:dataexchange:us-east-1:123456789012:jobs/job",
    type: known.type,
    state: "COMPLETED",
    details: known.details,
    createdAt: "2026-01-05T12:00:00.000Z",
    updatedAt: "2026-01-05T12:00:01.000Z",
  };
  return encodeProperties(toOutputs(known, job));
}

function inAnotherOrder(inputs: Json, order: readonly number[]): Json {
  let drawn = 0;
  const random = () => order[drawn++ % order.length]!;
  const { detailsKey, details: shape } = findJobType(inputs.type)!;
  const own = (inputs.details as Json)[detailsKey];
  return reversed({
    ...inputs,
    details: { [detailsKey]: shuffled(shape, own, random) },
    ...(inputs.assetConfiguration !== undefined && {
      assetConfiguration: shuffled(assetConfiguration, inputs.assetConfiguration, random),
    }),
  }) as Json;
}

export function changedAt(inputs: Json, place: JsonPath, how: Change["how"]): Json {
  if (place[0] === "upload") {
    return withAt(inputs, place, { other: assetOf("another text"), unknown, gone: removed }[how]) as Json;
  }
  const was = valueAt(inputs, place);
  return withAt(inputs, place, { other: otherThan(was), unknown, gone: removed }[how]) as Json;
}

function otherThan(was: unknown): unknown {
  if (typeof was === "string") return `${was}x`;
  return typeof was === "number" ? was - 1 : !was;
}

function expectation(
  inputs: Json,
  place: JsonPath,
  how: Change["how"],
): { changes: boolean; replaces: string[] } {
  const [property] = place as [string];
  const name = String(place.at(-1));
  // The upload's hash stands for its MD5.
  const isMd5 =
    property === "details" && place.length === 3 && name === findJobType(inputs.type)!.upload?.md5;
  const isDefault =
    how === "gone" &&
    property !== "triggers" &&
    Object.hasOwn(defaults, name) &&
    valueAt(inputs, place) === defaults[name];
  if (isMd5 || (isDefault && isMember(inputs, place))) return { changes: false, replaces: [] };
  return { changes: true, replaces: replacing.includes(property) ? [property] : [] };
}

const isMember = (inputs: Json, place: JsonPath): boolean =>
  place.length === 1 || isRecord(valueAt(inputs, place.slice(0, -1)));
