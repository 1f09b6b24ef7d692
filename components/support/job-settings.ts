/** Arguments that every component forwards to its jobs. */
import type { Input, Inputs } from "@pulumi/pulumi";

import type { AssumeRoleArgs, CommonJobArgs } from "../../provider/resources/types";
import type { HasProvider } from "./pulumi-aws";
import { awsProviderSettings } from "./pulumi-aws";

/** Settings of the jobs of a component; see `CommonJobArgs` for those without a comment here. */
export interface JobSettings extends Omit<
  CommonJobArgs,
  "assetConfiguration" | "region" | "profile" | "assumeRole"
> {
  /**
   * Tags for every taggable resource that the component creates, at most 50. A change replaces the jobs that create
   * assets. The stack's `aws:defaultTags` apply to resources of `@pulumi/aws` and not to assets.
   */
  tags?: Input<Record<string, Input<string>>>;
  /**
   * AWS region of the jobs. A change replaces every job.
   * @default the region of the component's `@pulumi/aws` provider, then as for a Job
   */
  region?: Input<string>;
  /**
   * Profile of the shared config and credentials files to take credentials from. A change updates the jobs and runs nothing.
   * @default that of the component's `@pulumi/aws` provider unless `assumeRole` is given, then as for a Job
   */
  profile?: Input<string>;
  /**
   * Role to assume for the calls to AWS. A change updates the jobs and runs nothing.
   * @default if `profile` is not given, that of the component's `@pulumi/aws` provider if it assumes one role; then as for
   * a Job
   */
  assumeRole?: Input<AssumeRoleArgs>;
}

/** Arguments of every component that imports. */
export interface ImportArgs extends JobSettings {
  /** The data set that owns the revision. A change replaces every job. */
  dataSetId: Input<string>;
  /** The revision to import into. It must not be finalized. A change replaces every job. */
  revisionId: Input<string>;
  /**
   * Whether the assets of a job that is replaced or deleted are deleted unless their revision is finalized
   * and not revoked (`deleteAssets`), or kept (`retain`).
   * @default "deleteAssets", so that no duplicates are left
   */
  onDelete?: Input<"retain" | "deleteAssets">;
}

/** Settings of a component that exports. It creates no assets, so it has no tags and no `onDelete`. */
export type ExportSettings = Omit<JobSettings, "tags" | "onDelete">;

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

/** The settings that each job of a component gets. */
export const jobSettings = (component: HasProvider, args: JobSettings): ForwardedSettings => ({
  ...awsProviderSettings(component, args),
  ...givenSettings(args),
});

/** The settings without those of a provider, for components whose parent has the same provider. */
export const givenSettings = (args: JobSettings): ForwardedSettings =>
  Object.fromEntries(
    forwardedSettings.filter((name) => args[name] !== undefined).map((name) => [name, args[name]]),
  );

/** The settings of the connection to AWS. */
export function componentConnection(component: HasProvider, args: JobSettings): Inputs {
  const { region, profile, assumeRole, endpoint } = jobSettings(component, args);
  return { region, profile, assumeRole, endpoint };
}
