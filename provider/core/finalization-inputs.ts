/** Inputs and state of a RevisionFinalization. `state.ts` says what the state contract requires. */
import * as common from "../../service-model/shared-shapes";
import type { Member } from "../../service-model/shape";
import { integer, list, optional, required } from "../../service-model/shape";
import type { Problem } from "../../service-model/validate";
import { problem, validate } from "../../service-model/validate";
import { args } from "./arguments";
import { canonicalText } from "./normalize";
import type { RevisionRef } from "./ports";

export interface FinalizationInputs extends RevisionRef {
  /** Ids of the jobs that must have completed; a set. */
  jobs: string[];
  /** Maximum number of assets in the revision. */
  assetCount?: number;
  region?: string;
}

/** The inputs, and whether the revision is finalized. */
export interface FinalizationOutputs extends FinalizationInputs {
  finalized: boolean;
  __schema: number;
}

/** Written into each state. Raised when a member changes its meaning. */
export const finalizationSchema = 1;

const connection = ["region", "profile", "assumeRole", "endpoint"] as const;

const members: Readonly<Record<string, Member>> = {
  dataSetId: common.dataSetIdFor("of the revision"),
  revisionId: common.revisionIdFor("to finalize"),
  jobs: required(list(common.id, { set: true }), "Ids of the jobs that must have completed."),
  assetCount: optional(integer({ min: 0 }), "Maximum number of assets in the revision."),
  ...Object.fromEntries(connection.map((name) => [name, args[name]!])),
};

/** Problems of the program's inputs. Unknown values are `UNKNOWN`. */
export function checkFinalization(inputs: Readonly<Record<string, unknown>>): Problem[] {
  const named = Object.keys(inputs).filter((name) => !name.startsWith("__"));
  return [...new Set([...Object.keys(members), ...named])].flatMap((name): Problem[] => {
    const value = inputs[name] ?? undefined;
    if (!Object.hasOwn(members, name)) {
      const known = Object.keys(members).join(", ");
      const message = `is not known here; a RevisionFinalization takes ${known}`;
      return [problem([name], "unknown-member", message)];
    }
    const member = members[name]!;
    if (value === undefined) return member.required ? [problem([name], "missing-member", "is required")] : [];
    return validate(member.shape, value, [name]);
  });
}

type Props = Readonly<Record<string, unknown>>;

/** The effect of changed inputs, or of a revision that was opened again. Pure. */
export function diffFinalization(olds: Props, news: Props): { replaces: string[]; updates: boolean } {
  const differ = (name: string) =>
    canonicalText(setOf(olds[name] ?? null)) !== canonicalText(setOf(news[name] ?? null));
  return {
    replaces: ["dataSetId", "revisionId", "region"].filter(differ),
    updates: olds.finalized !== true || ["jobs", "profile", "assumeRole", "endpoint"].some(differ),
  };
}

/** Ids are a set, so their order does not count. */
const setOf = (value: unknown): unknown => (Array.isArray(value) ? [...(value as unknown[])].sort() : value);
