import type { Output, Resource } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";
import type { AssumeRoleArgs, CommonJobArgs } from "../../provider/dynamic/types";
import { withUnknowns } from "./resolve-input";
import { createRequire } from "node:module";
import { InputError } from "./input-error";

/** What a component's `@pulumi/aws` provider says of how to reach AWS: jobs are no resources of it, yet belong there. */

type Connection = Pick<CommonJobArgs, "region" | "profile" | "assumeRole">;

/** The inputs of a provider are outputs of it, lists as JSON. One of another make may lack some. */
interface AwsProvider {
  readonly region?: Output<string | undefined>;
  readonly profile?: Output<string | undefined>;
  readonly assumeRoles?: Output<string | undefined>;
}

/** Region and identity of the component's own provider or its parent's, where the args say nothing of them. */
export function awsProviderSettings(component: Resource, args: Connection): Connection {
  const provider = component.getProvider("aws:index:Provider") as unknown as AwsProvider | undefined;
  if (!provider) return {};
  // Who is named in part is not made somebody else by the rest.
  const identity = args.profile === undefined && args.assumeRole === undefined;
  return {
    region: saidBy(provider.region),
    ...(identity && {
      profile: saidBy(provider.profile),
      assumeRole: saidBy(provider.assumeRoles).apply(onlyRole),
    }),
  } as Connection;
}

/** A preview takes what a resource does not say for something that is not known yet. */
const saidBy = (value?: Output<string | undefined>): Output<string | undefined> =>
  output(value && withUnknowns(value));

function onlyRole(roles: string | undefined): AssumeRoleArgs | undefined {
  const [role, ...others] = JSON.parse(roles ?? "[]") as AssumeRoleArgs[];
  if (!role || others.length > 0) return undefined;
  const { roleArn, sessionName, externalId, duration } = role;
  return { roleArn, sessionName, externalId, duration };
}

/** `@pulumi/aws` is an optional peer: it is loaded where a component declares something of it, and only that part. */

/** A part of `@pulumi/aws`, such as `s3`; `what` says for which argument it is needed. */
export function requireAws<Module>(part: string, what: string): Module {
  try {
    return createRequire(__filename)(`@pulumi/aws/${part}`) as Module;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new InputError(
      `${what} needs the package @pulumi/aws, which is not installed; \`npm install @pulumi/aws\`..`,
    );
  }
}
