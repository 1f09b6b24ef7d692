/** A warning about a job that runs, as data. describe-warning.ts has the sentences. */
import type { AssetNames } from "./assets";

/** Which run left the assets. */
export type Run = "last-run" | "earlier-run";

/** How a user can avoid assets that are in a revision twice. */
export type Remedy =
  /** The assets belong to the job of another process. */
  | "none-shared"
  /** `retainOnDelete` keeps the old assets. */
  | "drop-retain-on-delete"
  /** `onDelete` changes in the same run, in which it has no effect yet. */
  | "apply-on-delete-first"
  | "set-on-delete-first"
  | "delete-by-hand";

/** JSON has all members. `kind` and `cause` are stable codes; docs/review.md has a table of them. */
export type Warning =
  | ({ readonly kind: "duplicate-assets" } & Duplicates)
  /** Assets of an older run stay in the revision beside the new ones. */
  | {
      readonly kind: "remaining-assets";
      readonly cause: Run;
      readonly assets: readonly string[];
      readonly revision?: string;
      readonly remedy?: Remedy;
    }
  | {
      readonly kind: "deleted-assets";
      readonly cause: Run;
      readonly assets?: AssetNames;
      /** Whether they are deleted only after all jobs of the set have completed. */
      readonly isAfterSet: boolean;
    }
  /** Without `objects`, the preview hides the destination. */
  | { readonly kind: "overwritten-objects"; readonly objects?: readonly string[] }
  | {
      readonly kind: "container-deleted" | "container-replaced";
      readonly container: "data set" | "revision";
      readonly name: string;
      readonly isRetained: boolean;
    }
  | {
      readonly kind: "revision-finalized" | "revision-already-finalized" | "revision-reopened";
      readonly name: string;
    }
  /** `pulumi up` refuses to replace a resource that has the option `import`. */
  | { readonly kind: "import-option" }
  | { readonly kind: "credential-output"; readonly outputs: readonly string[] };

export type Duplicates =
  /** Without `revision`, the preview hides whether both runs have the same one. Without `assets`, they are unknown. */
  | {
      readonly cause: Run;
      readonly revision?: string;
      readonly assets?: AssetNames;
      readonly remedy: Remedy;
    }
  | { readonly cause: "running-job"; readonly state: unknown; readonly assets?: undefined }
  | { readonly cause: "hidden-run"; readonly assets?: undefined }
  | {
      readonly cause: "left-by-deleted" | "left-by-kept" | "created";
      readonly assets: readonly string[];
      readonly revision: string;
      readonly jobs: readonly string[];
      /** Whether the other job may have been renamed without an alias. */
      readonly mayBeRenamed: boolean;
    }
  | { readonly cause: "repeated"; readonly assets: readonly string[] };
