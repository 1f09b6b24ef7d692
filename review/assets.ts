/** The assets that jobs have left in their revisions, and those that they will create. */
import type { AssetInState } from "../service-model/job";
import { isFailed, isUnfinished, withImpliedNames } from "../service-model/job";
import type { JobType } from "../service-model/job-type";
import { findJobType } from "../service-model/job-types";
import { assetKeys, detailsOf } from "./job-details";
import { partsOf } from "./merge-jobs";
import type { State, Step } from "./parse-preview";
import type { PreviewIndex } from "./preview-index";
import type { Values } from "./preview-values";
import { isHidden, isSecret, listOf } from "./preview-values";

/** Names of assets; undefined if neither the names nor their number is known. */
export type AssetNames = readonly string[] | undefined;

/** The assets that the last run of a job left in its revision. */
export function leftAssets({ outputs }: State): AssetNames {
  const { assets, state, __pending: isPending, __incomplete: isIncomplete } = outputs;
  const jobType = findJobType(outputs.type);
  if (!jobType?.createsAssets) return [];
  if (isSecret(assets)) return undefined;
  const job = { type: jobType.type, details: outputs.details };
  const listed = withImpliedNames(job, listOf(assets) as AssetInState[]).map(({ name }) => name);
  if (listed.includes("")) return undefined;
  if (isPending !== true && isIncomplete !== true) return listed;
  // The provider had no complete list when it wrote the state. A completed job has created all requested assets.
  if (isUnfinished(state)) return state === "IN_PROGRESS" ? undefined : [];
  return isFailed(state) ? undefined : requestedAssets(jobType, outputs);
}

/** The names of the assets that the details request; undefined if the details do not name them. */
export function requestedAssets(jobType: JobType, values: Values): AssetNames {
  const keys = assetKeys(jobType, values);
  const areNames = isKeyedByName(jobType) && jobType.createsAssets?.oneToMany !== true;
  return areNames && keys.every((key) => typeof key === "string" && !isHidden(key))
    ? (keys as string[])
    : undefined;
}

const isKeyedByName = ({ createsAssets }: JobType): boolean => createsAssets?.assetKey.join(".") === "name";

/** Whether the job's assets are deleted with the resource. */
export const deletesAssets = ({ outputs, retainOnDelete }: State): boolean =>
  outputs.onDelete === "deleteAssets" && !retainOnDelete && outputs.__shared !== true;

/** The assets that are deleted with the resource. */
export const deletedAssets = (old: State): AssetNames => (deletesAssets(old) ? leftAssets(old) : []);

/** The origin of an asset: left in the revision by a job that is deleted or kept, or created in this run. */
export const origins = ["left-by-deleted", "left-by-kept", "created"] as const;
export type Origin = (typeof origins)[number];

/** Two suffice, because only one of them can be the job itself. */
const maxJobsPerAsset = 2;

/** Which jobs leave or create an asset, by revision and the value that identifies the asset. */
export class AssetIndex {
  private readonly jobs = new Map<string, Step[]>();

  constructor(index: PreviewIndex) {
    for (const step of index.jobs) {
      const { op, old, new: declared } = step;
      const isRemoved = ["delete", "replace"].includes(op);
      if (old && !(isRemoved && deletesAssets(old)) && !index.isCleanedUp(step))
        this.addLeft(step, op === "delete" ? "left-by-deleted" : "left-by-kept", old);
      const isResumed = op === "update" && isUnfinished(old?.outputs.state);
      const jobType = findJobType(declared?.inputs.type);
      if (declared && jobType && (["create", "replace"].includes(op) || isResumed))
        this.add(step, "created", jobType, declared.inputs, assetKeys(jobType, declared.inputs));
    }
    for (const step of index.leftovers) {
      if (step.old && !deletesAssets(step.old)) this.addLeft(step, "left-by-kept", step.old);
    }
  }

  /** The other jobs that have or create an asset that the job will create, by the key of the asset. */
  conflicts(step: Step, jobType: JobType, origin: Origin): Map<string, Step> {
    const inputs = step.new?.inputs ?? {};
    const own = new Set(partsOf(step).map(({ urn }) => urn.text));
    return new Map(
      assetKeys(jobType, inputs).flatMap((key): [string, Step][] => {
        const jobs = this.jobs.get(indexKey(jobType, inputs, key, origin) ?? "") ?? [];
        const other = jobs.find(({ urn }) => !own.has(urn.text));
        return other ? [[String(key), other]] : [];
      }),
    );
  }

  /** Adds the assets that a job left, by their names if names identify them, otherwise by the keys in the details. */
  private addLeft(step: Step, origin: Origin, old: State): void {
    const { outputs } = old;
    const jobType = findJobType(outputs.type);
    const left = jobType && leftAssets(old);
    if (!jobType || left?.length === 0) return;
    const keys = isKeyedByName(jobType) && left ? left : assetKeys(jobType, outputs);
    this.add(step, origin, jobType, outputs, keys);
  }

  private add(step: Step, origin: Origin, jobType: JobType, values: Values, keys: readonly unknown[]): void {
    for (const key of new Set(keys)) {
      const entry = indexKey(jobType, values, key, origin);
      if (entry === undefined) continue;
      const jobs = this.jobs.get(entry) ?? [];
      if (jobs.length < maxJobsPerAsset) this.jobs.set(entry, [...jobs, step]);
    }
  }
}

/** Undefined if the revision or the asset is hidden. */
function indexKey(jobType: JobType, values: Values, key: unknown, origin: Origin): string | undefined {
  const { revisionId } = detailsOf(jobType, values);
  if (typeof key !== "string" || typeof revisionId !== "string") return undefined;
  if (isHidden(key) || isHidden(revisionId)) return undefined;
  return `${origin} ${revisionId} ${jobType.createsAssets!.assetKey.join(".")} ${key}`;
}
