/** What the local service stores, under the member names of the shapes; ARNs and object keys. */
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
  /** The grant that entitles to it, of an entitled one. */
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
  /** The asset as its owner sees it, of an entitled one. */
  readonly source?: Asset;
  /** Where in the service's own bucket its bytes are, if it has any. */
  readonly objectKey: string;
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
  startCount: number;
  upload?: UploadedBody;
  /** How many bodies for its signed URL are just coming; each began while the URL was good. */
  arriving?: number;
  /** Where its creator found this server, for the URL that an export answers with. */
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

/** A notification that was sent, by its client token, which is its `id`. */
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
  /** The data set as its receiver sees it. */
  readonly dataSetId: string;
  /** The data set as its owner sees it. */
  readonly sourceDataSetId: string;
  readonly endsAt?: string;
  acceptanceState: "PENDING_RECEIVER_ACCEPTANCE" | "ACCEPTED";
  acceptedAt?: string;
  tags?: Tags;
}

/** Ids and ARNs as the service makes them. */
export interface AccountRegion {
  readonly account: string;
  readonly region: string;
}

export const arnOf = ({ account, region }: AccountRegion, path: string): string =>
  `arn:aws:dataexchange:${region}:${account}:${path}`;

/** ARNs of entitled resources do not name an account. */
export const entitledArnOf = ({ region }: AccountRegion, path: string): string =>
  arnOf({ account: "", region }, path);

/** Keys in the service's own bucket. */
export const assetKey = ({ account, region }: AccountRegion, assetId: string): string =>
  `${account}/${region}/assets/${assetId}`;

export const uploadKey = ({ account, region }: AccountRegion, jobId: string): string =>
  `${account}/${region}/uploads/${jobId}`;

/** The inverse of the two above. */
export function readKey(
  key: string,
): { place: AccountRegion; kind: "assets" | "uploads"; id: string } | undefined {
  const [, account, region, kind, id] =
    /^(\d{12})\/([a-z0-9-]+)\/(assets|uploads)\/([0-9a-f]{32})$/.exec(key) ?? [];
  if (!account || !region || !id) return undefined;
  return { place: { account, region }, kind: kind as "assets" | "uploads", id };
}
