/** Data grants, which share a data set with another account without a product. */
import { list, oneOf, optional, required, string, struct, timestamp } from "../shape";
import { id } from "../shared-shapes";
import { identity, nextToken, paging, tags } from "../shared-shapes";
import type { Operation } from "./operation";
import { changeErrors, writeErrors } from "./operation";

const arn = String.raw`arn:aws:dataexchange:[\-a-z0-9]*:(\d{12}):data-grants\/[a-zA-Z0-9]{30,40}`;
const arnMeaning = "the ARN of a data grant";

const dataGrantArn = required(string({ pattern: arn, meaning: arnMeaning }), "ARN of the data grant.");
const dataGrantId = required(
  string({ pattern: `[a-zA-Z0-9]{30,40}|${arn}`, meaning: `the id or ${arnMeaning}` }),
  "Id or ARN of the data grant.",
);

const account = string({ pattern: String.raw`\d{12}`, meaning: "an account id of 12 digits" });
const acceptance = oneOf("PENDING_RECEIVER_ACCEPTANCE", "ACCEPTED");
const scope = oneOf("AWS_ORGANIZATION", "NONE");
const name = required(string({ minLength: 1, maxLength: 256 }), "Its name, 1 to 256 characters.");
const receiverPrincipal = required(account, "Account that may accept it.");
const endsAt = optional(timestamp(), "When the receiver's access ends. Default: never.");
const grantDistributionScope = required(scope, "Whether the receiver may share it in its organization.");

const received = {
  ...identity,
  name,
  senderPrincipal: required(account, "Account that gave it."),
  receiverPrincipal,
  acceptanceState: required(acceptance, "Whether it was accepted."),
  acceptedAt: optional(timestamp(), "When it was."),
  endsAt,
  dataSetId: required(id, "The data set as its receiver sees it."),
};

const described = {
  ...received,
  description: optional(string({ minLength: 1, maxLength: 16384 }), "Its description."),
  grantDistributionScope,
};

const source = { sourceDataSetId: required(id, "The data set as its owner sees it.") };

export const dataGrantOperations = {
  CreateDataGrant: {
    method: "POST",
    path: "/v1/data-grants",
    status: 201,
    input: struct("CreateDataGrantRequest", {
      name,
      grantDistributionScope,
      receiverPrincipal,
      ...source,
      endsAt,
      description: optional(string(), "Its description."),
      tags,
    }),
    output: struct("CreateDataGrantResponse", { ...described, ...source, tags }),
    errors: ["ServiceLimitExceededException", ...writeErrors],
  },
  GetDataGrant: {
    method: "GET",
    path: "/v1/data-grants/{dataGrantId}",
    status: 200,
    input: struct("GetDataGrantRequest", { dataGrantId }),
    output: struct("GetDataGrantResponse", { ...described, ...source, tags }),
    errors: writeErrors,
  },
  ListDataGrants: {
    method: "GET",
    path: "/v1/data-grants",
    query: ["maxResults", "nextToken"],
    status: 200,
    input: struct("ListDataGrantsRequest", paging),
    output: struct("ListDataGrantsResponse", {
      dataGrantSummaries: optional(
        list(struct("DataGrantSummaryEntry", { ...received, ...source })),
        "Data grants that the account created, newest first.",
      ),
      nextToken,
    }),
    errors: writeErrors,
  },
  DeleteDataGrant: {
    method: "DELETE",
    path: "/v1/data-grants/{dataGrantId}",
    status: 204,
    input: struct("DeleteDataGrantRequest", { dataGrantId }),
    errors: writeErrors,
  },
  AcceptDataGrant: {
    method: "POST",
    path: "/v1/data-grants/{dataGrantArn}/accept",
    status: 200,
    input: struct("AcceptDataGrantRequest", { dataGrantArn }),
    output: struct("AcceptDataGrantResponse", described),
    errors: changeErrors,
  },
  GetReceivedDataGrant: {
    method: "GET",
    path: "/v1/received-data-grants/{dataGrantArn}",
    status: 200,
    input: struct("GetReceivedDataGrantRequest", { dataGrantArn }),
    output: struct("GetReceivedDataGrantResponse", described),
    errors: writeErrors,
  },
  ListReceivedDataGrants: {
    method: "GET",
    path: "/v1/received-data-grants",
    query: ["maxResults", "nextToken", "acceptanceState"],
    status: 200,
    input: struct("ListReceivedDataGrantsRequest", {
      ...paging,
      acceptanceState: optional(list(acceptance), "Only grants in one of these states."),
    }),
    output: struct("ListReceivedDataGrantsResponse", {
      dataGrantSummaries: optional(
        list(struct("ReceivedDataGrantSummariesEntry", received)),
        "Data grants that the account received, newest first.",
      ),
      nextToken,
    }),
    errors: writeErrors,
  },
} as const satisfies Record<string, Operation>;
