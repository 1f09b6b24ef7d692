/** Random resources in state, as each version and each host stored them, and what a program then declares. */
import { readFileSync } from "node:fs";

import fc from "fast-check";

import { assetSignature, signatureKey } from "../../../lib/pulumi-values";
import { writeJobSet } from "../../../provider/core/job-set/state";
import type { JobInputs } from "../../../provider/core/arguments";
import type { JobSetInputs } from "../../../provider/core/job-set/inputs";
import { inputsOfJobs } from "../../../provider/core/job-set/inputs";
import { toOutputs, toState } from "../../../provider/core/state";
import {
  decodeProperties,
  decodeSetProperties,
  encodeProperties,
} from "../../../provider/dynamic/property-values";
import { importedInputs } from "../../../provider/host/imported-job";
import type { ServiceJob } from "../../../service-model/job";
import { findJobType } from "../../../service-model/job-types";
import { isRecord } from "../../../service-model/validate";
import { args } from "../../../provider/core/arguments";
import type { Change } from "./diff-properties";
import { change, changedAt, declared as anyDeclared } from "./diff-properties";
import { assetOf, mutated, mutations, oddNames } from "./job-inputs";
import { isWithinSpecial } from "./sealed";
import type { Json, JsonPath } from "./values";
import { leafPathsOf, pathsOf } from "./values";

export type ResourceType = "Job" | "JobSet" | "RevisionFinalization";

/** Values are in plain text; `secrets` are the places that are secret in the inputs, the outputs and the program. */
export interface Case {
  readonly type: ResourceType;
  readonly id: string;
  readonly inputs: Json;
  readonly state: Json;
  readonly news: Json;
  readonly secrets: readonly JsonPath[];
  /** The state that the dynamic provider would have. It cannot import, so a program has then created the same job. */
  readonly created: Json;
}

interface Stored extends Omit<Case, "news" | "secrets" | "created"> {
  /** The state of the dynamic provider for the resource, given what the program declares now. */
  readonly createdFor: (news: Json) => Json;
}

/** A session lasts longer than some of the durations. */
const withSession = (inputs: Json): Json =>
  isRecord(inputs.assumeRole) ? { ...inputs, assumeRole: { ...inputs.assumeRole, duration: "6h" } } : inputs;

/** Begins the names of members that a secret contains. */
export const seededName = "seeded-name";

const names = fc.oneof(fc.constantFrom("a.b", 'a"b', "a\\b", "a\\", "a]", "\n"), fc.string({ maxLength: 3 }));
const seededTriggers = fc
  .tuple(
    fc.dictionary(
      names.map((name) => seededName + name),
      fc.nat(2),
      { minKeys: 1, maxKeys: 3 },
    ),
    fc.nat(1),
  )
  .map(([members, depth]) => (depth > 0 ? { seeded: members } : members));

const declared: fc.Arbitrary<Json> = fc
  .tuple(anyDeclared, fc.option(seededTriggers, { nil: undefined }))
  .map(([inputs, triggers]) => ({ ...withSession(inputs), ...(triggers && { triggers }) }));

const outcomes = fc.constantFrom<[string, object]>(
  ["COMPLETED", {}],
  ["COMPLETED", {}],
  ["COMPLETED", {}],
  ["COMPLETED", { __pending: true }],
  ["ERROR", { errors: [{ code: "MALWARE_DETECTED", message: "no" }] }],
  ["CANCELLED", {}],
  ["IN_PROGRESS", { __pending: true }],
  ["WAITING", { __pending: true }],
);

const id = "0".repeat(32);

const serviceJob = ({ type, details }: JobInputs, state: string): ServiceJob => ({
  ...{ id, type, details, state: state as ServiceJob["state"] },
  arn: `arn:aws:dataexchange:us-east-1:123456789012:jobs/${id}`,
  createdAt: "2026-01-05T12:00:00.000Z",
  updatedAt: "2026-01-05T12:00:01.000Z",
});

const stateOfJob = (inputs: Json, [state, more]: [string, object]): Json => {
  const known = decodeProperties(inputs) as unknown as JobInputs;
  return encodeProperties(toState({ ...toOutputs(known, serviceJob(known, state)), ...more }));
};

const job: fc.Arbitrary<Stored> = fc.tuple(declared, outcomes).map(([inputs, outcome]) => {
  const state = stateOfJob(inputs, outcome);
  return { type: "Job", id, inputs, state, createdFor: () => state };
});

const hidden = ["upload", "triggers", ...Object.keys(args)].filter(
  (name) => name !== "assetConfiguration" && name !== "region",
);
const without = (inputs: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => !names.includes(name)));

/** The service shows neither the settings, nor what was uploaded, nor the credentials. */
const imported: fc.Arbitrary<Stored> = declared
  .filter(({ type }) => findJobType(type)!.upload === undefined)
  .map((inputs) => {
    const shown = without(inputs, hidden);
    const state = stateOfJob(shown, ["COMPLETED", {}]);
    const given = (news: Json): Json =>
      Object.fromEntries(
        hidden.filter((name) => Object.hasOwn(news, name)).map((name) => [name, news[name]]),
      );
    return {
      ...{ type: "Job", id, state },
      inputs: { ...importedInputs(state) },
      createdFor: (news) => stateOfJob({ ...shown, ...without(given(news), ["upload"]) }, ["COMPLETED", {}]),
    };
  });

const jobMembers = ["type", "details", "upload", "triggers"];

const jobSet: fc.Arbitrary<Stored> = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fc.oneof(fc.stringMatching(/^[a-z]{1,6}$/), oddNames), declared, outcomes), {
      minLength: 1,
      maxLength: 3,
      selector: ([name]) => name,
    }),
    declared,
  )
  .map(([jobs, settings]) => {
    const own = (inputs: Json): Json =>
      Object.fromEntries(Object.entries(inputs).filter(([name]) => jobMembers.includes(name)));
    const inputs = {
      ...without(settings, ["type", "details", "upload", "assetConfiguration"]),
      jobs: Object.fromEntries(jobs.map(([name, each]) => [name, own(each)])),
    };
    const known = decodeSetProperties(inputs) as unknown as JobSetInputs;
    const results = [...inputsOfJobs(known)].map(([name, each], index) => {
      const [state, more] = jobs[index]![2];
      return [name, { id, outputs: { ...toOutputs(each, serviceJob(each, state)), ...more } }] as const;
    });
    const state = encodeProperties(writeJobSet(known, new Map(results)));
    return { type: "JobSet", id, inputs, state, createdFor: () => state };
  });

const ids = fc.constantFrom(..."abc").map((letter) => letter.repeat(32));

const finalization: fc.Arbitrary<Stored> = fc
  .tuple(ids, ids, fc.uniqueArray(ids), fc.option(fc.nat(3), { nil: undefined }), declared, fc.boolean())
  .map(([dataSetId, revisionId, jobs, assetCount, { region }, finalized]) => {
    const inputs = {
      ...{ dataSetId, revisionId, jobs, region },
      ...(assetCount !== undefined && { assetCount }),
    };
    const state = { ...inputs, finalized, __schema: 1 };
    return {
      ...{ type: "RevisionFinalization", id: `${dataSetId}:${revisionId}`, inputs, state },
      createdFor: () => state,
    };
  });

interface Recorded {
  readonly type: string;
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

const recorded = ["0.1.0", "0.1.0-revision-finalization"]
  .flatMap((name) => JSON.parse(readFileSync(`tests/fixtures/states/${name}.json`, "utf8")) as Recorded[])
  .map(({ type, id: own, inputs, outputs }): Stored => ({
    ...{ type: type.split(":").at(-1) as ResourceType, id: own, inputs, state: outputs },
    createdFor: () => outputs,
  }));

const stored = fc.oneof(
  { weight: 5, arbitrary: job },
  { weight: 2, arbitrary: imported },
  { weight: 3, arbitrary: jobSet },
  { weight: 1, arbitrary: finalization },
  { weight: 1, arbitrary: fc.constantFrom(...recorded) },
);

type Edit = (inputs: Json) => Json;

const changedLeaf =
  ({ leaf, how }: Change): Edit =>
  (inputs) => {
    const leaves = leafPathsOf(inputs).filter(
      (place) => !isWithinSpecial(inputs, place) && place[0] !== "upload",
    );
    return leaves.length === 0 ? inputs : changedAt(inputs, leaves[leaf % leaves.length]!, how);
  };

const edits: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Edit>((inputs) => inputs) },
  { weight: 5, arbitrary: change.map(changedLeaf) },
  {
    weight: 2,
    arbitrary: fc.tuple(change, change).map(
      ([a, b]): Edit =>
        (inputs) =>
          changedLeaf(b)(changedLeaf(a)(inputs)),
    ),
  },
  {
    weight: 1,
    arbitrary: mutations.map(
      (choices): Edit =>
        (inputs) =>
          mutated(inputs, choices),
    ),
  },
);

const own = (inputs: Json): Json => without(inputs, ["__provider", "__urn", "__imported"]);

/** The text of an asset is not stored, so a program declares another one. */
const withText = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withText);
  if (!isRecord(value)) return value;
  if (value[signatureKey] === assetSignature && value.text === undefined) return assetOf("prices");
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, withText(held)]));
};

export const cases: fc.Arbitrary<Case> = fc
  .tuple(stored, edits, fc.array(fc.nat(1_000_000), { maxLength: 2 }), fc.boolean())
  .map(([{ createdFor, ...resource }, edit, chosen, hidesTriggers]) => {
    const news = edit(withText(own(resource.inputs)) as Json);
    const places = [own(resource.inputs), news].flatMap((values) =>
      pathsOf(values).filter((place) => !isWithinSpecial(values, place)),
    );
    const some = places.length === 0 ? [] : chosen.map((index) => places[index % places.length]!);
    const secrets = hidesTriggers ? [["triggers"], ...some] : some;
    return { ...resource, news, secrets, created: createdFor(news) };
  });
