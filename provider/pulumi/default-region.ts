import { UNKNOWN } from "../model/validate";
import type { Sessions } from "./sessions";

/** The region of a resource that names none, as `check` writes it into the inputs; or what stands in the way. */
export async function defaultRegion(
  sessions: Sessions,
  inputs: Readonly<Record<string, unknown>>,
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
