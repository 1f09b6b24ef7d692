/** Records of the local service, with the member names of the shapes; ARNs and object keys. */
import type { AssetType } from "../../service-model/shared-shapes";
import type { JobError, JobState } from "../../service-model/job";
import type { OrderedCollection } from "./ordered-collection";

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
  readonly origin: "OWNED" | "ENTITLED";
  name: string;
  description: string;
  tags?: Tags;
  readonly revisions: OrderedCollection<Revision>;
  /** The grant of an entitled data set. */
  readonly grant?: DataGrant;
  readonly originDetails?: { readonly dataGrantId: string };
  readonly sourceId?: string;
}

export interface Revision extends Identified {
  readonly dataSetId: string;
  comment?: string;
  finalized: boolean;
  tags?: Tags;
  revoked?: boolean;
  revokedAt?: string;
  revocationComment?: string;
  readonly sourceId?: string;
  readonly assets: OrderedCollection<Asset>;
}

export interface Asset extends Identified {
  readonly dataSetId: string;
  readonly revisionId: string;
  readonly assetType: AssetType;
  name: string;
  /** Keyed by the kind of asset, for example `s3SnapshotAsset`. */
  readonly assetDetails: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  tags?: Tags;
  readonly sourceId?: string;
  /** The owner's asset of an entitled one. */
  readonly source?: Asset;
  /** Key of its bytes, if any, in the service's bucket. */
  readonly objectKey: string;
}

/** A body that was uploaded to a job's signed URL. */
export interface UploadedBody {
  /** Key in the service's bucket. */
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
  /** How many times the job was started. */
  startCount: number;
  upload?: UploadedBody;
  /** Number of uploads to the signed URL in progress; each began before the URL expired. */
  arriving?: number;
  /** Origin at which the creator reached this server, for the signed URL of an export. */
  readonly origin?: string;
}

export interface ExportAction {
  readonly revisionDestination: { readonly bucket: string; readonly keyPattern?: string };
  readonly encryption?: { readonly type: "AES256" | "aws:kms"; readonly kmsKeyArn?: string };
}

export interface EventAction extends Identified {
  action: { readonly exportRevisionToS3: ExportAction };
  readonly event: { readonly revisionPublished: { readonly dataSetId: string } };
  tags?: Tags;
}

/** A notification that was sent; its `id` is its client token. */
export interface Notification {
  readonly id: string;
  readonly dataSetId: string;
  readonly type: string;
}

export interface DataGrant extends Identified {
  readonly name: string;
  readonly description?: string;
  readonly senderPrincipal: string;
  readonly receiverPrincipal: string;
  readonly grantDistributionScope: "AWS_ORGANIZATION" | "NONE";
  /** The receiver's data set. */
  readonly dataSetId: string;
  /** The owner's data set. */
  readonly sourceDataSetId: string;
  readonly endsAt?: string;
  acceptanceState: "PENDING_RECEIVER_ACCEPTANCE" | "ACCEPTED";
  acceptedAt?: string;
  tags?: Tags;
}

export interface AccountRegion {
  readonly account: string;
  readonly region: string;
}

export const arnOf = ({ account, region }: AccountRegion, path: string): string =>
  `arn:aws:dataexchange:${region}:${account}:${path}`;

/** ARNs of entitled resources contain no account. */
export const entitledArnOf = ({ region }: AccountRegion, path: string): string =>
  arnOf({ account: "", region }, path);

/** Keys in the service's bucket. */
export const assetKey = ({ account, region }: AccountRegion, assetId: string): string =>
  `${account}/${region}/assets/${assetId}`;

export const uploadKey = ({ account, region }: AccountRegion, jobId: string): string =>
  `${account}/${region}/uploads/${jobId}`;

/** The inverse of `assetKey` and `uploadKey`. */
export function readKey(
  key: string,
): { accountRegion: AccountRegion; kind: "assets" | "uploads"; id: string } | undefined {
  const [, account, region, kind, id] =
    /^(\d{12})\/([a-z0-9-]+)\/(assets|uploads)\/([0-9a-f]{32})$/.exec(key) ?? [];
  if (!account || !region || !id) return undefined;
  return { accountRegion: { account, region }, kind: kind as "assets" | "uploads", id };
}
