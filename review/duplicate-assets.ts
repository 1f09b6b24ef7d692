/** Warnings about assets of older runs and of other jobs. A revision may have several assets of the same name. */
import { isFailed } from "../service-model/job";
import type { JobType } from "../service-model/job-type";
import { findJobType } from "../service-model/job-types";
import type { AssetIndex, AssetNames } from "./assets";
import { deletesAssets, leftAssets, origins, requestedAssets } from "./assets";
import { assetKeys, detailsOf, isResumable } from "./job-details";
import type { State, Step } from "./parse-preview";
import type { PreviewIndex } from "./preview-index";
import { isHidden, isSecret } from "./preview-values";
import type { Remedy, Run, Warning } from "./warning";

export const assetWarnings = (
  step: Step,
  jobType: JobType,
  index: PreviewIndex,
  assets: AssetIndex,
): Warning[] => [
  ...(step.op === "replace" ? assetsOfLastRun(step, jobType, index) : []),
  ...assetsOfEarlierRuns(step, jobType, index),
  ...(jobType.createsAssets ? assetsOfOtherJobs(step, jobType, assets) : []),
];

/** The last run may have had another job type. */
function assetsOfLastRun(step: Step, jobType: JobType, index: PreviewIndex): Warning[] {
  const { old, new: declared } = step;
  if (!old || !declared) return [];
  const { state } = old.outputs;
  const shared = sharedRevision(old, declared, jobType, index);
  if (state === "IN_PROGRESS" && shared) return [{ kind: "duplicate-assets", cause: "running-job", state }];
  const left = leftAssets(old);
  if (left?.length === 0) return [];
  const isCleanedUp = index.isCleanedUp(step);
  if (isCleanedUp || deletesAssets(old))
    return index.isAlreadyDeleted(step) && !isFailed(state)
      ? []
      : [deletion(left, "last-run", !isCleanedUp && isSetUpdate(step))];
  return shared
    ? comparison(left, requestedAssets(jobType, declared.inputs), {
        ...shared,
        cause: "last-run",
        remedy: duplicateRemedy(old, declared),
      })
    : [];
}

/** The deletion of a job uses the settings in its state, not the declared ones. */
function duplicateRemedy(old: State, declared: State): Remedy {
  if (old.outputs.__shared === true) return "none-shared";
  if (old.outputs.onDelete === "deleteAssets") return "drop-retain-on-delete";
  return declared.inputs.onDelete === "deleteAssets" ? "apply-on-delete-first" : "set-on-delete-first";
}

/** Assets of runs before the last one, whose deletion is pending. */
function assetsOfEarlierRuns(step: Step, jobType: JobType, index: PreviewIndex): Warning[] {
  const { old, new: declared } = step;
  if (!declared) return [];
  const found = index.leftoversOf(step).flatMap((leftover): Warning[] => {
    const earlier = leftover.old!;
    const left = leftAssets(earlier);
    if (left?.length === 0) return [];
    if (deletesAssets(earlier)) return [deletion(left, "earlier-run", isSetUpdate(step))];
    const shared = sharedRevision(earlier, declared, jobType, index);
    const relation = { ...shared, cause: "earlier-run", remedy: "delete-by-hand" } as const;
    return shared ? comparison(left, requestedAssets(jobType, declared.inputs), relation) : [];
  });
  const hasFailed = old !== undefined && (isFailed(old.outputs.state) || isResumable(old));
  const isRunning = step.op === "replace" && old?.outputs.state === "IN_PROGRESS";
  const mayBeHidden = hasFailed && !isRunning && !index.showsReplaced && !step.set;
  return mayBeHidden && sharedRevision(old, declared, jobType, index)
    ? [...found, { kind: "duplicate-assets", cause: "hidden-run" }]
    : found;
}

const isSetUpdate = ({ set }: Step): boolean => set?.op === "update";

const deletion = (assets: AssetNames, cause: Run, isAfterSet: boolean): Warning => ({
  kind: "deleted-assets",
  cause,
  ...(assets && { assets }),
  isAfterSet,
});

/** The revision that both runs import into, without its id if that is hidden; undefined if the revisions differ. */
function sharedRevision(
  old: State,
  declared: State,
  jobType: JobType,
  index: PreviewIndex,
): { readonly revision?: string } | undefined {
  const oldType = findJobType(old.outputs.type);
  if (!oldType?.createsAssets || !jobType.createsAssets) return undefined;
  const before = detailsOf(oldType, old.outputs).revisionId;
  const after = detailsOf(jobType, declared.inputs).revisionId;
  if (isHidden(after) || isSecret(before)) return index.isNewContainer("Revision", declared) ? undefined : {};
  return before === after ? { revision: String(after) } : undefined;
}

interface Relation {
  readonly cause: Run;
  readonly revision?: string;
  readonly remedy: Remedy;
}

/** Splits the old assets into those that the revision will have twice and those that stay beside the new ones. */
function comparison(left: AssetNames, requested: AssetNames, { remedy, ...relation }: Relation): Warning[] {
  if (!left || !requested) return [{ kind: "duplicate-assets", ...relation, remedy }];
  const names = new Set(requested);
  const [repeated, others] = [
    left.filter((name) => names.has(name)),
    left.filter((name) => !names.has(name)),
  ];
  return [
    ...(repeated.length > 0
      ? [{ kind: "duplicate-assets", ...relation, remedy, assets: repeated } as const]
      : []),
    ...(others.length > 0
      ? [
          {
            kind: "remaining-assets",
            ...relation,
            assets: others,
            ...(repeated.length === 0 && { remedy }),
          } as const,
        ]
      : []),
  ];
}

/** The engine deletes a job that is renamed without an alias, and creates a new one. */
function assetsOfOtherJobs(step: Step, jobType: JobType, index: AssetIndex): Warning[] {
  const inputs = step.new?.inputs ?? {};
  const revision = String(detailsOf(jobType, inputs).revisionId);
  const others = origins.flatMap((origin): Warning[] => {
    const conflicts = index.conflicts(step, jobType, origin);
    if (conflicts.size === 0) return [];
    const jobs = [...new Set([...conflicts.values()].map(({ urn }) => urn.name))];
    // A job of a set has no aliases.
    const mayBeRenamed = [...conflicts.values()].some(({ set }) => !set);
    const assets = [...conflicts.keys()];
    return [{ kind: "duplicate-assets", cause: origin, assets, revision, jobs, mayBeRenamed }];
  });
  const shown = assetKeys(jobType, inputs).filter(
    (key): key is string => typeof key === "string" && !isHidden(key),
  );
  const seen = new Set<string>();
  const repeated = new Set(shown.filter((key) => seen.has(key) || !seen.add(key)));
  return repeated.size > 0
    ? [...others, { kind: "duplicate-assets", cause: "repeated", assets: [...repeated] }]
    : others;
}
