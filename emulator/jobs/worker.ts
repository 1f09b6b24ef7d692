/** What a type of job does, as far as the runner knows. */
import type { JobError } from "../../service-model/job";
import type { ServiceStorage } from "../storage/service-storage";
import type { SignedUrls } from "../storage/signed-urls";
import type { Place } from "../state/arns-and-keys";
import type { Asset, Job } from "../state/records";
import type { RegionState } from "../state/region-state";

export interface Work<D> {
  readonly job: Job;
  /** The details that go with the job's type, as they were requested. */
  readonly details: D;
  readonly state: RegionState;
  readonly place: Place;
  readonly objects: ServiceStorage;
  readonly urls: SignedUrls;
  /** Whether a bucket whose objects are shared in place must have the policy that this needs. */
  readonly requireBucketPolicy?: boolean;
  /** Fires when the local service stops. */
  readonly signal: AbortSignal;
}

/** An asset whose bytes, if it has any, are in place under its id. */
export type NewAsset = Pick<Asset, "id" | "name" | "assetDetails">;

/** What came of the work; none of it shows before the job ends. */
export interface Outcome {
  /** Added to the job's revision, even beside errors. That the service keeps what could be imported is unverified. */
  readonly assets?: readonly NewAsset[];
  /** With any, the job ends in ERROR. */
  readonly errors?: readonly JobError[];
  /** Joined to the details that GetJob shows. */
  readonly response?: Readonly<Record<string, unknown>>;
}

export type Worker<D> = (work: Work<D>) => Promise<Outcome>;
