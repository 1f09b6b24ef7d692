import { now, storedType } from "../stored-resource";
import type { Invocation, Service } from "../resource-type";

/** REST APIs, Lake Formation tags and Redshift datashares. They hold no data and serve no requests. */

const restApi = storedType("aws:apigateway/restApi:RestApi", {
  inputs: {
    ...{ name: "update", body: "update", description: "update", parameters: "update", policy: "update" },
    ...{ endpointConfiguration: "update", disableExecuteApiEndpoint: "update", apiKeySource: "update" },
    ...{ binaryMediaTypes: "update", putRestApiMode: "update", failOnWarnings: "update" },
  },
  documents: ["policy"],
  named: { input: "name" },
  computed: ["arn", "createdDate", "executionArn", "rootResourceId"],
  tagged: true,
  made(_, region, unique) {
    const id = unique(10);
    const arn = `arn:aws:apigateway:${region.name}::/restapis/${id}`;
    const rootResourceId = unique(20).slice(10);
    return {
      id,
      outputs: { arn, createdDate: now(), executionArn: region.arn("execute-api", id), rootResourceId },
    };
  },
});

const deployment = storedType("aws:apigateway/deployment:Deployment", {
  inputs: { restApi: "replace", triggers: "replace", variables: "replace", description: "update" },
  computed: ["createdDate"],
  made: (_, __, unique) => ({ id: unique(6), outputs: { createdDate: now() } }),
});

const stage = storedType("aws:apigateway/stage:Stage", {
  inputs: {
    ...{ restApi: "replace", stageName: "replace", deployment: "update", description: "update" },
    ...{ variables: "update", accessLogSettings: "update", xrayTracingEnabled: "update" },
  },
  computed: ["arn", "executionArn", "invokeUrl", "webAclArn"],
  tagged: true,
  made(inputs, region) {
    const { restApi, stageName } = inputs as { restApi: string; stageName: string };
    return {
      id: `ags-${restApi}-${stageName}`,
      outputs: {
        arn: `arn:aws:apigateway:${region.name}::/restapis/${restApi}/stages/${stageName}`,
        executionArn: region.arn("execute-api", `${restApi}/${stageName}`),
        invokeUrl: `https://${restApi}.execute-api.${region.name}.amazonaws.com/${stageName}`,
        webAclArn: "",
      },
    };
  },
});

/** The OpenAPI document of the API. */
const getExport: Invocation = async (args, region) => {
  const { restApiId, stageName, exportType } = args as Record<
    "restApiId" | "stageName" | "exportType",
    string
  >;
  const api = await region.store.get("aws:apigateway/restApi:RestApi", restApiId);
  const id = `ags-${restApiId}-${stageName}`;
  if (!api || !(await region.store.get("aws:apigateway/stage:Stage", id))) {
    throw new Error(`NotFoundException: There is no stage ${stageName} of an API ${restApiId}.`);
  }
  const {
    name,
    body = JSON.stringify({ openapi: "3.0.1", info: { title: name, version: "1" }, paths: {} }),
  } = api;
  const contentDisposition = `attachment; filename="${exportType}_${restApiId}.json"`;
  return {
    ...args,
    id,
    region: region.name,
    body,
    contentType: "application/octet-stream",
    contentDisposition,
  };
};

export const apigateway: Service = {
  resources: {
    "aws:apigateway/restApi:RestApi": restApi,
    "aws:apigateway/deployment:Deployment": deployment,
    "aws:apigateway/stage:Stage": stage,
  },
  functions: { "aws:apigateway/getExport:getExport": getExport },
};

const resource = storedType("aws:lakeformation/resource:Resource", {
  inputs: {
    ...{ arn: "replace", roleArn: "update", useServiceLinkedRole: "replace" },
    ...{ hybridAccessEnabled: "update", withFederation: "update" },
  },
  computed: ["lastModified"],
  volatile: ["lastModified"],
  made: ({ arn }) => ({ id: arn as string, outputs: { lastModified: now() } }),
  changed: () => ({ lastModified: now() }),
});

const lfTag = storedType("aws:lakeformation/lfTag:LfTag", {
  inputs: { catalogId: "replace", key: "replace", values: "update" },
  computed: ["catalogId"],
  made: ({ catalogId, key }, { accountId }) => ({
    id: `${(catalogId as string | undefined) ?? accountId}:${key as string}`,
    outputs: { catalogId: catalogId ?? accountId },
  }),
});

const permissions = storedType("aws:lakeformation/permissions:Permissions", {
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

/** The consumer of Data Exchange is `ADX`. */
const authorization = storedType("aws:redshift/dataShareAuthorization:DataShareAuthorization", {
  inputs: { dataShareArn: "replace", consumerIdentifier: "replace", allowWrites: "replace" },
  computed: ["managedBy", "producerArn"],
  made(inputs) {
    const { dataShareArn, consumerIdentifier } = inputs as Record<string, string>;
    return {
      id: `${dataShareArn},${consumerIdentifier}`,
      outputs: {
        managedBy: consumerIdentifier === "ADX" ? "ADX" : "",
        producerArn: producerOf(dataShareArn!),
      },
    };
  },
});

const association = storedType("aws:redshift/dataShareConsumerAssociation:DataShareConsumerAssociation", {
  inputs: {
    ...{ dataShareArn: "replace", consumerArn: "replace", consumerRegion: "replace" },
    ...{ associateEntireAccount: "replace", allowWrites: "replace" },
  },
  computed: ["managedBy", "producerArn"],
  made(inputs, { accountId }) {
    const { dataShareArn, consumerArn, consumerRegion } = inputs as Record<string, string>;
    return {
      id: [dataShareArn, consumerArn ?? consumerRegion ?? accountId].join(","),
      outputs: { managedBy: "ADX", producerArn: producerOf(dataShareArn!) },
    };
  },
});

export const redshift: Service = {
  resources: {
    "aws:redshift/dataShareAuthorization:DataShareAuthorization": authorization,
    "aws:redshift/dataShareConsumerAssociation:DataShareConsumerAssociation": association,
  },
};

/** A datashare's ARN names its producer's namespace: `…:datashare:<namespace>/<name>`. */
const producerOf = (dataShareArn: string): string =>
  dataShareArn.replace(/:datashare:([^/]+)\/.*$/, ":namespace:$1");
