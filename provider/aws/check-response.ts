/**
 * Checks that a successful answer has the members that the API describes. An answer of a proxy or a captive portal, or one
 * that was cut off, is a failed call, which the service may have accepted.
 */
import type { DataExchangeClient, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-dataexchange";
import type { DeserializeMiddleware } from "@smithy/types";

import { isRecord } from "../../service-model/validate";

/** Status of each operation, 200 if absent. Source: `responseCode` of the API model. */
const statusOf: Record<string, number> = {
  CreateJob: 201,
  StartJob: 202,
  CancelJob: 204,
  DeleteAsset: 204,
};

interface Answer {
  statusCode: number;
  headers: Record<string, string | undefined>;
  body?: { destroy?(): unknown };
}

/** The answer is incomplete or not from the service. */
export class UnexpectedAnswerError extends Error {
  override readonly name = "UnexpectedAnswerError";
  readonly $metadata: { httpStatusCode: number };

  constructor(message: string, status: number) {
    super(message);
    this.$metadata = { httpStatusCode: status };
  }
}

/** Checks each answer before the client parses it, because the client accepts any 2xx status and any text. */
export function rejectForeignResponses(client: DataExchangeClient): void {
  const middleware: DeserializeMiddleware<ServiceInputTypes, ServiceOutputTypes> =
    (next, { commandName }) =>
    async (args) => {
      const result = await next(args);
      const response = result.response as Answer;
      const fault = findResponseFault(commandName!.replace(/Command$/, ""), response);
      if (fault === undefined) return result;
      response.body?.destroy?.();
      throw new UnexpectedAnswerError(fault, response.statusCode);
    };
  client.middlewareStack.addRelativeTo(middleware, {
    name: "rejectForeignResponses",
    // Runs before the deserializer.
    relation: "after",
    toMiddleware: "deserializerMiddleware",
  });
}

function findResponseFault(operation: string, { statusCode, headers }: Answer): string | undefined {
  const type = headers["content-type"];
  if (type !== undefined && !/json/i.test(type)) {
    return `${statusCode} with ${type.split(";")[0]} is not an answer of the service, but of a proxy or a captive portal on the way`;
  }
  const status = statusOf[operation] ?? 200;
  if (statusCode >= 200 && statusCode < 300 && statusCode !== status) {
    return `${statusCode} is not an answer of the service, whose status of success is ${status}`;
  }
  return undefined;
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isFlag = (value: unknown): boolean => typeof value === "boolean";

type Required = Record<string, (value: unknown) => boolean>;

/** Source: the API model requires these in a JobEntry. It requires none of CreateJob and GetJob, but both answer them. */
const job: Required = {
  arn: isText,
  createdAt: isText,
  details: isRecord,
  id: isText,
  state: isText,
  type: isText,
  updatedAt: isText,
};

/** The members of an AssetEntry that the provider reads. The API model requires them. */
const asset: Required = {
  arn: isText,
  assetType: isText,
  createdAt: isText,
  id: isText,
  name: isText,
};

/** The API model requires these in a DataSetEntry. A description may be empty. */
const dataSet: Required = {
  arn: isText,
  assetType: isText,
  createdAt: isText,
  description: (value) => typeof value === "string",
  id: isText,
  name: isText,
  origin: isText,
};

/** The API model requires these in a RevisionEntry, except `finalized`, without which no answer is of use. */
const revision: Required = {
  arn: isText,
  createdAt: isText,
  finalized: isFlag,
  id: isText,
};

const required: Record<string, { members?: Required; list?: string; items?: Required }> = {
  CreateJob: { members: job },
  GetJob: { members: job },
  ListJobs: { list: "jobs", items: job },
  ListRevisionAssets: { list: "assets", items: asset },
  GetRevision: { members: revision },
  ListDataSets: { list: "dataSets", items: dataSet },
  ListDataSetRevisions: { list: "revisions", items: revision },
  UpdateRevision: { members: { finalized: isFlag } },
};

/** Returns the answer of an operation if it has all members that the provider relies on. */
export function checkResponse(operation: string, value: unknown): unknown {
  const answer = value as Record<string, unknown>;
  const { members = {}, list, items = {} } = required[operation] ?? {};
  demand(members, answer, "the answer");
  if (list === undefined) return answer;
  const found = answer[list];
  if (!Array.isArray(found)) throw incomplete("the answer", list);
  found.forEach((item: unknown, i) => demand(items, item as object, `${apiName(list)}[${i}]`));
  return answer;
}

function demand(members: Required, held: object, where: string): void {
  for (const [name, fits] of Object.entries(members)) {
    if (!fits((held as Record<string, unknown> | null)?.[name])) throw incomplete(where, name);
  }
}

const apiName = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const incomplete = (where: string, name: string): UnexpectedAnswerError =>
  new UnexpectedAnswerError(
    `${where} lacks ${apiName(name)}, which the service always sends; it was cut off or replaced on the way`,
    200,
  );
