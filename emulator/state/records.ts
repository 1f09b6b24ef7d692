/** What the local service remembers. Members of the service's own carry the names of the shapes. */
import type { AssetType } from "../../provider/model/job-type";
import type { JobError, JobState } from "../../provider/model/job";
import type { Shelf } from "./shelf";

export type Tags = Readonly<Record<string, string>>;

interface Identified {
  readonly id: string;
  readonly arn: string;
  /** ISO 8601. */
  readonly createdAt: string;
  updatedAt: string;
}

export interface DataSet extends Identified {
  readonly assetType: AssetType;
  readonly origin: "OWNED";
  name: string;
  description: string;
  readonly tags?: Tags;
  readonly revisions: Shelf<Revision>;
}

export interface Revision extends Identified {
  readonly dataSetId: string;
  comment?: string;
  finalized: boolean;
  readonly tags?: Tags;
  readonly assets: Shelf<Asset>;
}

export interface Asset extends Identified {
  readonly dataSetId: string;
  readonly revisionId: string;
  readonly assetType: AssetType;
  name: string;
  /** Keyed by the kind of asset, for example `s3SnapshotAsset`. */
  readonly assetDetails: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tags?: Tags;
}

/** A body that came to a job's signed URL. */
export interface UploadedBody {
  /** Key in the service's own bucket. */
  readonly key: string;
  /** Base64. */
  readonly md5: string;
  readonly size: number;
}

export interface Job extends Identified {
  readonly type: string;
  state: JobState;
  /** Keyed by the type's details key; the request's members and those that the service added. */
  readonly details: Record<string, Record<string, unknown>>;
  readonly assetConfiguration?: {
    readonly tags?: readonly { readonly key: string; readonly value: string }[];
  };
  errors?: JobError[];
  /** How many times the job's work was begun. */
  starts: number;
  upload?: UploadedBody;
}
