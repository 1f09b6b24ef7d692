/** REST APIs with an OpenAPI document, and their stages; nothing answers there. */
import { kept, now } from "../stored-resource";
import type { Invocation, Service } from "../resource-type";

const restApi = kept("aws:apigateway/restApi:RestApi", {
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

const deployment = kept("aws:apigateway/deployment:Deployment", {
  inputs: { restApi: "replace", triggers: "replace", variables: "replace", description: "update" },
  computed: ["createdDate"],
  made: (_, __, unique) => ({ id: unique(6), outputs: { createdDate: now() } }),
});

const stage = kept("aws:apigateway/stage:Stage", {
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

/** The OpenAPI document that the API was declared with. */
const getExport: Invocation = async (args, region) => {
  const { restApiId, stageName, exportType } = args as Record<
    "restApiId" | "stageName" | "exportType",
    string
  >;
  const api = await region.shelf.get("aws:apigateway/restApi:RestApi", restApiId);
  const id = `ags-${restApiId}-${stageName}`;
  if (!api || !(await region.shelf.get("aws:apigateway/stage:Stage", id))) {
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
