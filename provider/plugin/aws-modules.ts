/**
 * What components use of `@pulumi/aws`, by its tokens alone. The plugin does not contain that package; the engine starts the
 * AWS provider that the program uses. Only outputs that components read are listed.
 */
import type { CustomResourceOptions, Inputs, InvokeOptions } from "@pulumi/pulumi";
import { CustomResource, runtime } from "@pulumi/pulumi";

type ResourceClass = new (name: string, args: Inputs, opts?: CustomResourceOptions) => CustomResource;

const resource = (token: string, ...outputs: string[]): ResourceClass =>
  class extends CustomResource {
    constructor(name: string, args: Inputs, opts?: CustomResourceOptions) {
      super(
        token,
        name,
        { ...Object.fromEntries(outputs.map((output) => [output, undefined])), ...args },
        opts,
      );
    }
  };

const call = (token: string) => (args: Inputs, opts?: InvokeOptions) =>
  runtime.invokeOutput(token, args, opts);

/** By the path of the module in the package. */
export const awsModules = {
  apigateway: { getExportOutput: call("aws:apigateway/getExport:getExport") },
  dataexchange: {
    EventAction: resource("aws:dataexchange/eventAction:EventAction", "arn"),
    Revision: resource("aws:dataexchange/revision:Revision", "arn", "revisionId"),
  },
  getCallerIdentity: { getCallerIdentityOutput: call("aws:index/getCallerIdentity:getCallerIdentity") },
  iam: {
    Role: resource("aws:iam/role:Role", "arn"),
    RolePolicy: resource("aws:iam/rolePolicy:RolePolicy"),
  },
  lakeformation: { Permissions: resource("aws:lakeformation/permissions:Permissions") },
  redshift: {
    DataShareAuthorization: resource("aws:redshift/dataShareAuthorization:DataShareAuthorization"),
  },
  s3: { BucketPolicy: resource("aws:s3/bucketPolicy:BucketPolicy") },
} as const;
