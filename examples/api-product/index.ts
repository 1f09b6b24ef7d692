import { readFileSync } from "node:fs";

import { Deployment, RestApi, Stage } from "@pulumi/aws/apigateway";
import { DataSet } from "@pulumi/aws/dataexchange";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { jsonStringify } from "@pulumi/pulumi";
import { RevisionPublication } from "pulumi-dataexchange";

// The resource policy allows Data Exchange to call the API on behalf of subscribers.
const body = readFileSync("openapi.json", "utf8");
const api = new RestApi("quotes", {
  body,
  policy: jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "dataexchange.amazonaws.com" },
        Action: "execute-api:Invoke",
        Resource: "execute-api:/*",
        Condition: { StringEquals: { "aws:SourceAccount": getCallerIdentityOutput().accountId } },
      },
    ],
  }),
});
const deployment = new Deployment("quotes", { restApi: api.id, triggers: { body } });
const stage = new Stage("quotes", { restApi: api.id, deployment: deployment.id, stageName: "v1" });

const dataSet = new DataSet("quotes", {
  assetType: "API_GATEWAY_API",
  name: "Quotes",
  description: "The last price of a symbol",
});

// Subscribers see the document as API Gateway exports it from the stage. Another document creates a new revision.
const publication = new RevisionPublication(
  "quotes",
  {
    dataSetId: dataSet.id,
    contents: {
      quotes: { api: { restApiId: stage.restApi, stageName: stage.stageName, apiName: "quotes" } },
    },
  },
  { dependsOn: stage },
);

export const url = stage.invokeUrl;
export const dataSetId = dataSet.id;
export const revisionId = publication.revisionId;
