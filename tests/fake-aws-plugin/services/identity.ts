/** Who asks, and where: the functions of the package's own index. */
import type { Service } from "../resource-type";

export const identity: Service = {
  resources: {},
  functions: {
    "aws:index/getCallerIdentity:getCallerIdentity": (_, { accountId, settings }) => {
      const role = settings.roleArn?.split("/").at(-1);
      const arn = role
        ? `arn:aws:sts::${accountId}:assumed-role/${role}/pulumi`
        : `arn:aws:iam::${accountId}:root`;
      return { id: accountId, accountId, arn, userId: settings.accessKeyId };
    },
    "aws:index/getRegion:getRegion": (_, { name }) => ({
      id: name,
      name,
      region: name,
      endpoint: `ec2.${name}.amazonaws.com`,
      description: name,
    }),
    "aws:index/getPartition:getPartition": () => ({
      id: "aws",
      partition: "aws",
      dnsSuffix: "amazonaws.com",
      reverseDnsPrefix: "com.amazonaws",
    }),
  },
};
