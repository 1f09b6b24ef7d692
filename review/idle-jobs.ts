/** Effects on jobs that change but do not run: they are deleted, cancelled or updated. */
import { isUnfinished } from "../service-model/job";
import { findJobType } from "../service-model/job-types";
import type { AssetNames } from "./assets";
import { deletesAssets, leftAssets } from "./assets";
import { isResumable } from "./job-details";
import type { State, Step } from "./parse-preview";
import type { PreviewIndex } from "./preview-index";
import type { Values } from "./preview-values";
import { isSame } from "./preview-values";

export type Effect =
  | { readonly kind: "updated"; readonly properties: readonly string[] }
  | { readonly kind: "retained" }
  /** A job that exists becomes a resource of the stack. `replaced` is the outcome of the assets of the job before it. */
  | { readonly kind: "imported"; readonly id: unknown; readonly assets?: AssetOutcome }
  | { readonly kind: "cancelled"; readonly state: unknown; readonly deletesAssets: boolean }
  /** `former-deleted`: the job that a replacement left in state. Without `assets`, the job has none. */
  | { readonly kind: "deleted" | "former-deleted"; readonly assets?: AssetOutcome };

/** The outcome of the assets of a deleted job. */
export interface AssetOutcome {
  readonly names: AssetNames;
  readonly outcome: "deleted" | "kept" | "deleted-with-container";
  readonly container?: { readonly noun: "data set" | "revision"; readonly name: string };
}

/** The effect on a job that does not run; undefined if it does not change. */
export function effectOf({ op, old, new: declared, changes }: Step, index: PreviewIndex): Effect | undefined {
  if (op === "delete" && old) {
    if (old.retainOnDelete) return { kind: "retained" };
    const { type, state } = old.outputs;
    if (!isUnfinished(state)) return { kind: "deleted", ...outcomeOf(old, index) };
    const createsAssets = findJobType(type)?.createsAssets !== undefined;
    return { kind: "cancelled", state, deletesAssets: createsAssets && deletesAssets(old) };
  }
  if (op === "import")
    return {
      kind: "imported",
      id: declared?.importId ?? declared?.id,
      ...(old && !old.retainOnDelete && outcomeOf(old, index)),
    };
  if (op !== "update" || !old || !declared || isResumable(old)) return undefined;
  const named = changes.map(({ path }) => String(path[0]));
  const properties = named.length > 0 ? named : differentMembers(old.inputs, declared.inputs);
  return { kind: "updated", properties: [...new Set(properties)] };
}

const differentMembers = (before: Values, after: Values): string[] =>
  [...Object.keys(before), ...Object.keys(after)].filter(
    (member) => !member.startsWith("__") && !isSame(before[member], after[member]),
  );

/** The effect of deleting a job that a replacement left in state; undefined if that deletes no asset. */
export function effectOnFormer({ old }: Step, index: PreviewIndex): Effect | undefined {
  const outcome = old && deletesAssets(old) ? outcomeOf(old, index) : {};
  return outcome.assets && { kind: "former-deleted", ...outcome };
}

function outcomeOf(old: State, index: PreviewIndex): { readonly assets?: AssetOutcome } {
  const names = leftAssets(old);
  if (names?.length === 0) return {};
  const urn = index.removedContainer(old.outputs.details);
  if (urn) {
    const noun = urn.type.endsWith(":DataSet") ? "data set" : "revision";
    return { assets: { names, outcome: "deleted-with-container", container: { noun, name: urn.name } } };
  }
  return { assets: { names, outcome: deletesAssets(old) ? "deleted" : "kept" } };
}
