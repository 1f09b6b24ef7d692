/** What every component says to each job that it declares. */
import type { Input, Inputs, Resource } from "@pulumi/pulumi";
import type { AssumeRoleArgs, CommonJobArgs } from "../../provider/dynamic/types";
import { awsProviderSettings } from "./pulumi-aws";

/** Settings that a component hands on to its jobs as they are; see `CommonJobArgs` for each. */
export interface JobSettings extends Omit<
  CommonJobArgs,
  "assetConfiguration" | "region" | "profile" | "assumeRole"
> {
  /**
   * Tags for everything that is made and can be tagged, at most 50. A change replaces the jobs that make assets. The
   * stack's `aws:defaultTags` reach what `@pulumi/aws` makes, and no assets.
   */
  tags?: Input<Record<string, Input<string>>>;
  /**
   * AWS region of the jobs. Default: that of the component's `@pulumi/aws` provider, then as for a Job. A change
   * replaces every job.
   */
  region?: Input<string>;
  /**
   * Profile of the shared AWS files to take credentials from. Default: that of the component's `@pulumi/aws` provider
   * unless `assumeRole` is given, then as for a Job.
   */
  profile?: Input<string>;
  /**
   * Role to assume for the jobs' calls. Default: that of the component's `@pulumi/aws` provider, if it assumes one
   * and `profile` is not given, then as for a Job.
   */
  assumeRole?: Input<AssumeRoleArgs>;
}

const forwardedSettings = [
  "triggers",
  "region",
  "profile",
  "assumeRole",
  "endpoint",
  "timeouts",
  "adopt",
  "onDelete",
] as const satisfies readonly (keyof JobSettings)[];

type ForwardedSettings = Pick<CommonJobArgs, (typeof forwardedSettings)[number]>;

/** The part of a component's args that each of its jobs gets. */
export const jobSettings = (component: Resource, args: JobSettings): ForwardedSettings => ({
  ...awsProviderSettings(component, args),
  ...givenSettings(args),
});

/** The same as far as the args themselves say it, for components that find the rest with their own parent. */
export const givenSettings = (args: JobSettings): ForwardedSettings =>
  Object.fromEntries(
    forwardedSettings.filter((name) => args[name] !== undefined).map((name) => [name, args[name]]),
  );

/** How to reach AWS, of everything that can be handed on. */
export function componentConnection(component: Resource, args: JobSettings): Inputs {
  const { region, profile, assumeRole, endpoint } = jobSettings(component, args);
  return { region, profile, assumeRole, endpoint };
}
