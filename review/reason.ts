/** A reason why a job runs, as data. */
import type { JobItems } from "../service-model/job-type";
import type { Difference, TriggerChange } from "./diff-values";
import type { Step } from "./parse-preview";
import type { PreviewIndex } from "./preview-index";
import type { Urn } from "./preview-values";

/** `kind` is a stable code; docs/review.md has a table of them. */
export type Reason = { readonly property?: string } & (
  | { readonly kind: "new"; readonly isMany: boolean }
  | { readonly kind: "unfinished"; readonly state: unknown }
  | { readonly kind: "failed"; readonly state: unknown; readonly errors: unknown }
  | { readonly kind: "upload-url-expired" | "deletion-interrupted" }
  | { readonly kind: "type-changed" | "region-changed"; readonly from: unknown; readonly to: unknown }
  | { readonly kind: "tags-changed" }
  | ({ readonly kind: "items-changed" } & ItemChanges)
  | { readonly kind: "items-redistributed" }
  | { readonly kind: "details-changed"; readonly difference: Exclude<Difference, { kind: "unknown" }> }
  | { readonly kind: "content-changed"; readonly items: JobItems; readonly names: readonly string[] }
  | { readonly kind: "upload-changed"; readonly files?: readonly string[] }
  | { readonly kind: "triggers-changed"; readonly changes?: readonly TriggerChange[] }
  /** With `paths`, the plugin names the values. */
  | { readonly kind: "secret-changed"; readonly paths?: readonly string[] }
  | ({ readonly kind: "not-known-yet" } & NotKnownYet)
  /** A secret hides whether the job runs. */
  | { readonly kind: "hidden" }
  | { readonly kind: "already-deleted" | "tainted" | "replacement-requested" | "unexplained" }
);

/** The names of items of a job that changed. */
export interface ItemChanges {
  readonly items: JobItems;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The same item in another form, such as an asset that is exported to another key. */
  readonly changed: readonly (readonly [from: string, to: string])[];
  readonly movedIn: readonly string[];
  readonly movedOut: readonly string[];
}

export interface NotKnownYet {
  /** The names of members or triggers, or a number of items. */
  readonly what: {
    readonly members?: readonly string[];
    readonly triggers?: readonly string[];
    readonly count?: { readonly number: number; readonly items: JobItems };
    /** The resource whose members these are, if it is not the job. */
    readonly of?: Urn;
  };
  /** The resources that the value depends on, and their operations. */
  readonly until: readonly { readonly urn: Urn; readonly op: string }[];
}

export function notKnownYet(
  what: NotKnownYet["what"],
  property: string,
  step: Step,
  index: PreviewIndex,
): Reason & { kind: "not-known-yet" } {
  const sources = index
    .sourcesOf(step.new, property)
    .map((urn) => ({ urn, op: index.stepOf(urn)?.op ?? "same" }));
  const changing = sources.filter(({ op }) => op !== "same");
  return { kind: "not-known-yet", property, what, until: changing.length > 0 ? changing : sources };
}
