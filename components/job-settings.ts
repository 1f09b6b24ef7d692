/** What every component says to each job that it declares. */
import type { Input, Inputs } from "@pulumi/pulumi";
import type { CommonJobArgs } from "../provider/pulumi/types";

/** Settings that a component hands on to its jobs as they are; see `CommonJobArgs` for each. */
export interface JobSettings extends Omit<CommonJobArgs, "assetConfiguration"> {
  /** Tags for everything that is made and can be tagged, at most 50. A change replaces the jobs that make assets. */
  tags?: Input<Record<string, Input<string>>>;
}

const handedOn = [
  "triggers",
  "region",
  "profile",
  "assumeRole",
  "endpoint",
  "timeouts",
  "adopt",
  "onDelete",
] as const satisfies readonly (keyof JobSettings)[];

/** The part of a component's args that each of its jobs gets. */
export function jobSettings(args: JobSettings): Pick<CommonJobArgs, (typeof handedOn)[number]> {
  return Object.fromEntries(
    handedOn.filter((name) => args[name] !== undefined).map((name) => [name, args[name]]),
  );
}

/** How to reach AWS, of everything that can be handed on. */
export const connectionOf = ({ region, profile, assumeRole, endpoint }: JobSettings): Inputs => ({
  region,
  profile,
  assumeRole,
  endpoint,
});
