/**
 * A success is one if it holds what the API describes. What a proxy or a captive portal answers in the service's place,
 * or an answer that was cut off, is a failed call, which may have been taken.
 */
import type { DataExchangeClient, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-dataexchange";
import type { DeserializeMiddleware } from "@smithy/types";

/** Each operation's own status. Source: `responseCode` of the API model; 200 where it says none. */
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

/** An answer that the service did not give, or gave in part. */
class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
  readonly $metadata: { httpStatusCode: number };

  constructor(message: string, status: number) {
    super(message);
    this.$metadata = { httpStatusCode: status };
  }
}

/** Looks at each answer before the client parses it, which takes any 2xx for a success and any text for an object. */
export function rejectForeignResponses(client: DataExchangeClient): void {
  const middleware: DeserializeMiddleware<ServiceInputTypes, ServiceOutputTypes> =
    (next, { commandName }) =>
    async (args) => {
      const result = await next(args);
      const response = result.response as Answer;
      const wrong = whatIsWrong(commandName!.replace(/Command$/, ""), response);
      if (wrong === undefined) return result;
      response.body?.destroy?.();
      throw new UnexpectedAnswer(wrong, response.statusCode);
    };
  client.middlewareStack.addRelativeTo(middleware, {
    name: "refuseOtherAnswers",
    // Within what parses the answer, so that it comes first.
    relation: "after",
    toMiddleware: "deserializerMiddleware",
  });
}

function whatIsWrong(operation: string, { statusCode, headers }: Answer): string | undefined {
  const type = headers["content-type"];
  if (type !== undefined && !/json/i.test(type)) {
    return `${statusCode} with ${type.split(";")[0]} is not an answer of the service, but of a proxy or a captive portal on the way`;
  }
  const status = statusOf[operation] ?? 200;
  if (statusCode >= 200 && statusCode < 300 && statusCode !== status) {
    return `${statusCode} is not an answer of the service, which says ${status} when it succeeds`;
  }
  return undefined;
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Required = Record<string, (value: unknown) => boolean>;

/** Source: the API model requires these of a JobEntry; of CreateJob and GetJob it requires none, yet both give them. */
const job: Required = {
  arn: isText,
  createdAt: isText,
  details: isObject,
  id: isText,
  state: isText,
  type: isText,
  updatedAt: isText,
};

/** What is read of an AssetEntry, of which the API model requires all but the source. */
const asset: Required = {
  arn: isText,
  assetType: isText,
  createdAt: isText,
  id: isText,
  name: isText,
};

const revision: Required = { finalized: isFlag };

const required: Record<string, { members?: Required; list?: string; items?: Required }> = {
  CreateJob: { members: job },
  GetJob: { members: job },
  ListJobs: { list: "jobs", items: job },
  ListRevisionAssets: { list: "assets", items: asset },
  GetRevision: { members: revision },
  UpdateRevision: { members: revision },
};

/** The answer of an operation, in which nothing is missing that is relied on. */
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

const incomplete = (where: string, name: string): UnexpectedAnswer =>
  new UnexpectedAnswer(
    `${where} lacks ${apiName(name)}, which the service always gives; it was cut off or replaced on the way`,
    200,
  );
