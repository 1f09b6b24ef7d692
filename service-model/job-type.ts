import type { Permission } from "./permissions";
import type { StructShape } from "./shape";
import type { AssetType } from "./shared-shapes";

/**
 * One type of job: everything that the provider, its documentation and the local service know about it.
 * A new type of the service is one more value of this, listed in `job-types/index.ts`.
 */
export interface JobType {
  /** CreateJob's `Type`. */
  readonly type: string;
  /** The one member of CreateJob's `Details` that goes with the type. */
  readonly detailsKey: string;
  /** What a job of this type does: the end of the sentence "A job of this type …". */
  readonly summary: string;
  /** What one job of this type does, for people who review a preview. */
  readonly sentence: JobSentence;
  /** The request's details. */
  readonly details: StructShape;
  /** What the response's details hold beyond the request's. Secret members become outputs of their own. */
  readonly response: StructShape["members"];
  /** Present when a body has to be put to a signed URL between CreateJob and StartJob. */
  readonly upload?: Upload;
  /** Present when the job makes assets: how they are recognized in the revision. */
  readonly createsAssets?: CreatedAssets;
  /** How many jobs of the type may be in progress at once in an account and region. */
  readonly concurrency: Quota;
  /** Asset type of the data sets that the job works on. */
  readonly assetTypes: readonly AssetType[];
  /** What the caller must be allowed, beyond what every job needs. */
  readonly permissions: readonly Permission[];
}

/**
 * Sentences as data. `{member}` or `{list.member}` stands for the details' values there, `{member|text}` for the text
 * where there is none, and `[…]` for a part that is omitted without them. `{items}`, `{revision}` and `{dataSet}` stand
 * for the job's own.
 */
export interface JobSentence {
  /** Predicate of a sentence whose subject is the job, for example "imports {items} into {revision}". */
  readonly predicate: string;
  /** The same of many jobs, where the predicate names one thing: `{member}` stands for all of them. */
  readonly predicateOfMany?: string;
  /** What the job works on one by one, where the details list it. */
  readonly items?: JobItems;
}

export interface JobItems {
  /** Member of the details that lists them. */
  readonly member: string;
  readonly singular: string;
  readonly plural: string;
  /** Templates over one item: its name for people, and what identifies it when something else about it changes. */
  readonly name: string;
  readonly identity?: string;
  /** Where the job writes it, over whatever is there; for exports. */
  readonly destination?: string;
}

export interface Upload {
  /** Members of the response's details that say where the body goes and until when. */
  readonly url: string;
  readonly expiresAt: string;
  /** Member of the request's details that holds the body's MD5. */
  readonly md5: string;
  /** What the body is, for people who left it out. */
  readonly body: string;
  /** Largest body, in bytes. */
  readonly maxBytes: number;
}

/** Where an asset says what it is, and where the request's details say that. */
interface AssetKey {
  /** Where a made asset carries the mark, as a path in the asset; for example `["name"]`. */
  readonly assetKey: readonly string[];
  /** Where the request's details say that mark, once for each asset; a path that runs through lists. */
  readonly requestKey: readonly string[];
}

/** The API does not say which assets a job created, so they are found by their key. */
export interface CreatedAssets extends AssetKey {
  /** One mark may stand for several assets. */
  readonly oneToMany?: boolean;
  /**
   * What tells one asset from another where the mark does not: all that stands at the end of a path, whatever the order
   * of its lists. A job makes one asset for each that its details have.
   */
  readonly distinctBy?: readonly AssetKey[];
}

export interface Quota {
  /** The service's name of the limit, as in `LimitName`. */
  readonly limitName: string;
  readonly value: number;
  /** Where the value stands, or that it is unverified. */
  readonly source: string;
}

/** Service Quotas marks every quota of concurrent jobs as not adjustable. */
export const quotaSource = "Service Quotas, AWS Data Exchange; not adjustable";
