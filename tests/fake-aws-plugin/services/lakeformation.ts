/** Lake Formation, as far as a tag policy for Data Exchange needs it; it guards nothing. */
import { kept, now } from "../stored-resource";
import type { Service } from "../resource-type";

const resource = kept("aws:lakeformation/resource:Resource", {
  inputs: {
    ...{ arn: "replace", roleArn: "update", useServiceLinkedRole: "replace" },
    ...{ hybridAccessEnabled: "update", withFederation: "update" },
  },
  computed: ["lastModified"],
  volatile: ["lastModified"],
  made: ({ arn }) => ({ id: arn as string, outputs: { lastModified: now() } }),
  changed: () => ({ lastModified: now() }),
});

const lfTag = kept("aws:lakeformation/lfTag:LfTag", {
  inputs: { catalogId: "replace", key: "replace", values: "update" },
  computed: ["catalogId"],
  made: ({ catalogId, key }, { accountId }) => ({
    id: `${(catalogId as string | undefined) ?? accountId}:${key as string}`,
    outputs: { catalogId: catalogId ?? accountId },
  }),
});

const permissions = kept("aws:lakeformation/permissions:Permissions", {
  inputs: {
    ...{ principal: "replace", permissions: "replace", permissionsWithGrantOptions: "replace" },
    ...{ catalogId: "replace", catalogResource: "replace", dataLocation: "replace", database: "replace" },
    ...{ table: "replace", tableWithColumns: "replace", lfTag: "replace", lfTagPolicy: "replace" },
  },
  computed: [],
  made: (_, __, unique) => ({ id: String(parseInt(unique(8), 16)), outputs: {} }),
});

export const lakeformation: Service = {
  resources: {
    "aws:lakeformation/resource:Resource": resource,
    "aws:lakeformation/lfTag:LfTag": lfTag,
    "aws:lakeformation/permissions:Permissions": permissions,
  },
};
