/** What a RevisionFinalization is told, and what it leaves in state; see `state.ts` for what that binds us to. */
import * as common from "../../service-model/shared-shapes";
import type { Member } from "../../service-model/shape";
import { integer, list, optional, required } from "../../service-model/shape";
import type { Problem } from "../../service-model/validate";
import { validate } from "../../service-model/validate";
import { args } from "./arguments";
import { canonicalText } from "./normalize";
import type { RevisionRef } from "./ports";

export interface FinalizationInputs extends RevisionRef {
  /** Ids of the jobs that must have completed; a set. */
  jobs: string[];
  /** How many assets the revision may hold at the most. */
  assetCount?: number;
  region?: string;
}

/** Inputs, echoed, and whether the revision is finalized. */
export interface FinalizationOutputs extends FinalizationInputs {
  finalized: boolean;
  __schema: number;
}

/** Written into each state; raised when what is written changes its meaning. */
export const finalizationSchema = 1;

const connection = ["region", "profile", "assumeRole", "endpoint"] as const;

const members: Readonly<Record<string, Member>> = {
  dataSetId: common.dataSetIdFor("of the revision"),
  revisionId: common.revisionIdFor("to finalize"),
  jobs: required(list(common.id, { set: true }), "Ids of the jobs that must have completed."),
  assetCount: optional(integer({ min: 0 }), "How many assets the revision may hold at the most."),
  ...Object.fromEntries(connection.map((name) => [name, args[name]!])),
};

/** Problems of the inputs as the program gave them; unknown values are `UNKNOWN`. */
export function checkFinalization(inputs: Readonly<Record<string, unknown>>): Problem[] {
  const named = Object.keys(inputs).filter((name) => !name.startsWith("__"));
  return [...new Set([...Object.keys(members), ...named])].flatMap((name): Problem[] => {
    const value = inputs[name] ?? undefined;
    if (!Object.hasOwn(members, name)) {
      const known = Object.keys(members).join(", ");
      return [
        {
          path: [name],
          code: "unknown-member",
          message: `is not known here; a RevisionFinalization takes ${known}`,
        },
      ];
    }
    const member = members[name]!;
    if (value === undefined)
      return member.required ? [{ path: [name], code: "missing-member", message: "is required" }] : [];
    return validate(member.shape, value, [name]);
  });
}

type Props = Readonly<Record<string, unknown>>;

/** What a change of inputs, or a revision that was opened again, means. Pure. */
export function diffFinalization(olds: Props, news: Props): { replaces: string[]; updates: boolean } {
  const differ = (name: string) =>
    canonicalText(setOf(olds[name] ?? null)) !== canonicalText(setOf(news[name] ?? null));
  return {
    replaces: ["dataSetId", "revisionId", "region"].filter(differ),
    updates: olds.finalized !== true || ["jobs", "profile", "assumeRole", "endpoint"].some(differ),
  };
}

/** Ids are a set: their order means nothing. */
const setOf = (value: unknown): unknown => (Array.isArray(value) ? [...(value as unknown[])].sort() : value);
