/**
 * IAM roles, KMS keys, REST APIs, Lake Formation permissions and datashare authorizations. They have no effect on access
 * or encryption, hold no data and serve no requests.
 */
import type { Region } from "../region";
import type { Properties } from "../properties";
import type { ResourceTypes } from "../resource-type";
import type { StoredType } from "../stored-resource";
import { readResource, storedType } from "../stored-resource";

const types: Readonly<Record<string, StoredType>> = {
  "aws:iam/role:Role": {
    replaces: ["name"],
    updates: ["assumeRolePolicy", "description", "tags"],
    document: "assumeRolePolicy",
    named: "name",
    computed: ["arn"],
    global: true,
    id: ({ name }) => name!,
    outputs: (_, { accountId }, id) => ({ arn: `arn:aws:iam::${accountId}:role/${id}` }),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    replaces: ["name", "role"],
    updates: ["policy"],
    document: "policy",
    named: "name",
    global: true,
    id: ({ role, name }) => `${role}:${name}`,
  },
  "aws:kms/key:Key": {
    replaces: [],
    updates: ["description", "enableKeyRotation"],
    computed: ["arn", "keyId"],
    id: (_, unique) => unique(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
    outputs: (_, region, id) => ({ keyId: id, arn: region.arn("kms", `key/${id}`) }),
  },
  "aws:apigateway/restApi:RestApi": {
    replaces: [],
    updates: ["name", "body", "policy"],
    document: "policy",
    named: "name",
    id: (_, unique) => unique(10),
  },
  "aws:apigateway/deployment:Deployment": {
    replaces: ["restApi", "triggers"],
    id: (_, unique) => unique(6),
  },
  "aws:apigateway/stage:Stage": {
    replaces: ["restApi", "stageName"],
    updates: ["deployment"],
    computed: ["invokeUrl"],
    id: ({ restApi, stageName }) => `ags-${restApi}-${stageName}`,
    outputs: ({ restApi, stageName }, { name }) => ({
      invokeUrl: `https://${restApi}.execute-api.${name}.amazonaws.com/${stageName}`,
    }),
  },
  "aws:lakeformation/permissions:Permissions": {
    replaces: [
      ...["principal", "permissions", "permissionsWithGrantOptions", "catalogId", "lfTag", "lfTagPolicy"],
    ],
    id: (_, unique) => String(parseInt(unique(8), 16)),
  },
  "aws:redshift/dataShareAuthorization:DataShareAuthorization": {
    replaces: ["dataShareArn", "consumerIdentifier"],
    id: ({ dataShareArn, consumerIdentifier }) => `${dataShareArn},${consumerIdentifier}`,
  },
};

export const stored: ResourceTypes = Object.fromEntries(
  Object.entries(types).map(([type, description]) => [type, storedType(type, description)]),
);

/** The function `aws.apigateway.getExport`: the OpenAPI document of the API. */
export async function getExport(args: Properties, region: Region): Promise<Properties> {
  const { restApiId, stageName } = args as Record<string, string>;
  const api = await readResource(region, "aws:apigateway/restApi:RestApi", restApiId!);
  const id = `ags-${restApiId}-${stageName}`;
  if (!api || !(await readResource(region, "aws:apigateway/stage:Stage", id)))
    throw new Error(`NotFoundException: There is no stage ${stageName} of an API ${restApiId}.`);
  return { ...args, id, region: region.name, body: api.body };
}
