import type { dynamic } from "@pulumi/pulumi";

import { UNKNOWN } from "../../service-model/validate";
import { failure, failureOf } from "./failure";
import type { Sessions } from "./sessions";

type Inputs = Readonly<Record<string, unknown>>;
type Checked = dynamic.CheckResult<Record<string, unknown>> & { failures: dynamic.CheckFailure[] };

/** The result of a check, with the region that a resource without one gets, or what stands in the way of that. */
export async function withRegion(
  sessions: Sessions,
  read: Inputs,
  { inputs, failures }: Checked,
): Promise<dynamic.CheckResult<Record<string, unknown>>> {
  const wrongConfig = sessions.configProblem();
  if (wrongConfig !== undefined) return { inputs, failures: [...failures, failure(wrongConfig)] };
  if ((read.region ?? undefined) !== undefined || failures.length > 0) return { inputs, failures };
  const region = await defaultRegion(sessions, read);
  return "name" in region ? { inputs: { ...inputs, region: region.name } } : { inputs, failures: [region] };
}

async function defaultRegion(
  sessions: Sessions,
  inputs: Inputs,
): Promise<{ name: string } | dynamic.CheckFailure> {
  const path = ["region"];
  try {
    const name = await sessions.region(inputs.profile === UNKNOWN ? {} : inputs);
    if (name) return { name };
    const ways = "give it here, or set aws:region in the stack's config, AWS_REGION, or the profile's region";
    return failureOf({ path, message: `is set nowhere: ${ways}` });
  } catch (error) {
    return failureOf({ path, message: `cannot be found out: ${(error as Error).message}` });
  }
}
