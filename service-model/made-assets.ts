/**
 * The assets that a job made, as a state keeps them: what follows from the job is not kept, and is worked out here. The
 * name of an imported object is its key; type and ARN follow from the job.
 */
import { findJobType } from "./job-types";
import { valuesAlong } from "../lib/path";

/** An asset that an import made, as the provider knows it. */
export interface MadeAsset {
  id: string;
  name: string;
}

/** The same in state. Without a name, it has the one that the job's details ask for at its place. */
export interface AssetInState {
  id: string;
  name?: string;
}

/** An asset that an import made. */
export interface JobAsset {
  /** 30 to 40 letters and digits. */
  id: string;
  /** ARN of the asset. */
  arn: string;
  /** Name of the asset; not unique in a revision. */
  name: string;
  /** `S3_SNAPSHOT`, `REDSHIFT_DATA_SHARE`, `API_GATEWAY_API`, `S3_DATA_ACCESS` or `LAKE_FORMATION_DATA_PERMISSION`. */
  assetType: string;
}

interface Job {
  readonly type: string;
  readonly details: unknown;
}

/** The names that a job's details ask for, in their order; none where the type does not name its assets. */
export function namesAsked({ type, details }: Job): string[] {
  const jobType = findJobType(type);
  if (jobType?.makes?.mark.join(".") !== "name") return [];
  return valuesAlong(
    jobType.makes.from,
    (details as Record<string, unknown> | undefined)?.[jobType.detailsKey],
  );
}

/** In the order of the details as far as these name them, and without the names that stand there. */
export function withoutImpliedNames(job: Job, assets: readonly MadeAsset[]): AssetInState[] {
  const names = namesAsked(job);
  const byName = new Map<string, MadeAsset[]>();
  for (const asset of assets) byName.set(asset.name, [...(byName.get(asset.name) ?? []), asset]);
  const inOrder = names.flatMap((name) => byName.get(name)?.shift() ?? []);
  const others = [...byName.values()].flat();
  return [...inOrder, ...others].map(({ id, name }, place) =>
    name === names[place] ? { id } : { id, name },
  );
}

export function withNames(job: Job, assets: readonly AssetInState[]): MadeAsset[] {
  const names = assets.some(({ name }) => name === undefined) ? namesAsked(job) : [];
  return assets.map((asset, place) => ({ ...asset, name: asset.name ?? names[place] ?? "" }));
}

/** The assets with all that follows from the job that made them. */
export function jobAssets(job: Job & { readonly arn: string }, assets: readonly AssetInState[]): JobAsset[] {
  const jobType = findJobType(job.type);
  const { dataSetId, revisionId } = ((job.details as Record<string, unknown>)[jobType?.detailsKey ?? ""] ??
    {}) as Record<string, string>;
  const place = ((job.arn as string | undefined) ?? "").replace(
    /:jobs\/.*$/,
    `:data-sets/${dataSetId}/revisions/${revisionId}/assets`,
  );
  return withNames(job, assets).map(({ id, name }) => ({
    id,
    arn: `${place}/${id}`,
    name,
    assetType: jobType?.assetTypes[0] ?? "",
  }));
}
