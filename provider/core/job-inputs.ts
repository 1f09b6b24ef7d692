import { jobTypeOf } from "../../service-model/job-types";
import { parseDuration } from "../../lib/duration";
import type { Bodies, BodySource, JobRequest } from "./ports";
import { defaultTimeouts } from "./arguments";

/** A Job's inputs after `checkInputs` found nothing wrong with them and everything is known. */
export interface JobInputs {
  type: string;
  details: Record<string, Record<string, unknown>>;
  assetConfiguration?: { tags?: { key: string; value: string }[] };
  upload?: BodySource;
  region?: string;
  profile?: string;
  assumeRole?: { roleArn: string; sessionName?: string; externalId?: string; duration?: string };
  endpoint?: string;
  triggers?: unknown;
  timeouts?: Partial<Record<keyof typeof defaultTimeouts, string>>;
  adopt?: Adopt;
  onDelete?: "retain" | "deleteAssets";
}

export type Adopt = "own" | "none";

export type Timeouts = Record<keyof typeof defaultTimeouts, number>;

/** In milliseconds, defaults filled in. */
export function timeoutsOf({ timeouts = {} }: Pick<JobInputs, "timeouts">): Timeouts {
  const names = Object.keys(defaultTimeouts) as (keyof Timeouts)[];
  return Object.fromEntries(
    names.map((name) => [name, parseDuration(timeouts[name] ?? defaultTimeouts[name])]),
  ) as Timeouts;
}

/** What CreateJob is sent: the inputs, with what only the body can tell filled in. */
export async function toRequest(inputs: JobInputs, bodies: Bodies): Promise<JobRequest> {
  const { detailsKey, upload } = jobTypeOf(inputs.type);
  const details = { ...inputs.details[detailsKey] };
  if (upload && inputs.upload) {
    // Asked for whether or not the program gives one: it fails when the body is no longer the one that was declared.
    const md5 = await bodies.md5(inputs.upload);
    details[upload.md5] ??= md5;
  }
  return {
    type: inputs.type,
    details: { [detailsKey]: details },
    ...(inputs.assetConfiguration && { assetConfiguration: inputs.assetConfiguration }),
  };
}
