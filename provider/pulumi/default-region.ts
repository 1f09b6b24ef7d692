import type { dynamic } from "@pulumi/pulumi";

import { UNKNOWN } from "../model/validate";
import type { Sessions } from "./sessions";

type Inputs = Readonly<Record<string, unknown>>;
type Checked = dynamic.CheckResult<Record<string, unknown>> & { failures: dynamic.CheckFailure[] };

/** The result of a check, with the region that a resource without one gets, or what stands in the way of that. */
export async function withRegion(
  sessions: Sessions,
  read: Inputs,
  { inputs, failures }: Checked,
): Promise<dynamic.CheckResult<Record<string, unknown>>> {
  if ((read.region ?? undefined) !== undefined || failures.length > 0) return { inputs, failures };
  const region = await defaultRegion(sessions, read);
  if ("name" in region) return { inputs: { ...inputs, region: region.name } };
  return { inputs, failures: [region] };
}

async function defaultRegion(
  sessions: Sessions,
  inputs: Inputs,
): Promise<{ name: string } | { property: string; reason: string }> {
  try {
    const name = await sessions.region(inputs.profile === UNKNOWN ? {} : inputs);
    if (name) return { name };
    return {
      property: "region",
      reason:
        "is set nowhere: give it here, or set aws:region in the stack's config, AWS_REGION, or the profile's region",
    };
  } catch (error) {
    return { property: "region", reason: `cannot be found out: ${(error as Error).message}` };
  }
}
