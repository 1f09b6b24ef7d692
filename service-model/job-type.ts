import type { Permission } from "./permissions";
import type { StructShape } from "./shape";
import type { AssetType } from "./shared-shapes";

/** Describes a type of job for the provider, the documentation and the emulator. `job-types/index.ts` lists all of them. */
export interface JobType {
  /** CreateJob's `Type`. */
  readonly type: string;
  /** The member of CreateJob's `Details` that belongs to the type. */
  readonly detailsKey: string;
  /** Predicate of the sentence "A job of this type …". */
  readonly summary: string;
  /** Describes one job of this type to people who review a preview. */
  readonly sentence: JobSentence;
  /** The request's details. */
  readonly details: StructShape;
  /** Members of the response's details that the request's do not have. Each becomes an output, except the upload URL and its expiry. */
  readonly response: StructShape["members"];
  /** Present if a body must be put to a signed URL between CreateJob and StartJob. */
  readonly upload?: Upload;
  /** Present if the job creates assets: how to find them in the revision. */
  readonly createsAssets?: CreatedAssets;
  /** Maximum number of jobs of the type that are in progress in an account and region. */
  readonly concurrency: Quota;
  /** Asset type of the data sets that the job works on. */
  readonly assetTypes: readonly AssetType[];
  /** Permissions of the caller, beyond those that every job needs. */
  readonly permissions: readonly Permission[];
}

/**
 * Templates of sentences. `{member}` or `{list.member}` stands for values of the details, `{member|text}` for the text if
 * there is no value. A part in `[…]` is omitted if it has no values. `{items}`, `{revision}` and `{dataSet}` stand for those
 * of the job.
 */
export interface JobSentence {
  /** Predicate whose subject is the job, for example "imports {items} into {revision}". */
  readonly predicate: string;
  /** The predicate for many jobs, if it differs: `{member}` stands for the values of all of them. */
  readonly predicateOfMany?: string;
  /** The items that the job works on, if the details list them. */
  readonly items?: JobItems;
}

export interface JobItems {
  /** Member of the details that lists the items. */
  readonly member: string;
  readonly singular: string;
  readonly plural: string;
  /** Template of an item's name for people. */
  readonly name: string;
  /** Template of the text that identifies the item when its other members change. */
  readonly identity?: string;
  /** Template of the address that an export writes the item to. */
  readonly destination?: string;
}

export interface Upload {
  /** Members of the response's details that contain the signed URL and its expiry. */
  readonly url: string;
  readonly expiresAt: string;
  /** Member of the request's details that contains the body's MD5. */
  readonly md5: string;
  /** Description of the body for people who left it out. */
  readonly body: string;
  /** Maximum size of the body, in bytes. */
  readonly maxBytes: number;
}

/** A key that an asset and the request for it have in common. */
interface AssetKey {
  /** Path to the key in an asset, for example `["name"]`. */
  readonly assetKey: readonly string[];
  /** Path to the keys in the request's details, through lists; one key for each asset. */
  readonly requestKey: readonly string[];
}

/** The API does not name the assets that a job created, so they are found by their key. */
export interface CreatedAssets extends AssetKey {
  /** Several assets may have the same key. */
  readonly oneToMany?: boolean;
  /**
   * Further keys, which distinguish assets with the same key. Their values are compared without the order of lists. A job
   * creates one asset for each of these keys in its details.
   */
  readonly distinctBy?: readonly AssetKey[];
  /** Path in a job's error to the keys that failed. A failed job with such errors has created the assets of the other keys. */
  readonly failedKey?: readonly string[];
}

/**
 * If AWS documents no limit yet: a name in the form of the others, the value of a similar type, and a source that contains
 * "unverified". The tests then do not require that the API model has the name.
 */
export interface Quota {
  /** The service's name of the limit, as in an error's `LimitName`. */
  readonly limitName: string;
  readonly value: number;
  /** Source of the value, or a note that it is unverified. */
  readonly source: string;
}

/** Service Quotas marks every quota of concurrent jobs as not adjustable. */
export const quotaSource = "Service Quotas, AWS Data Exchange; not adjustable";
