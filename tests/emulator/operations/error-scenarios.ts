/** The scenario of each error of each operation: one that is written down, or one that the description gives. */
import type { OperationName } from "../../../service-model/operations";
import { operationOf } from "../../../service-model/operations";
import type { ServiceErrorName } from "../../../service-model/errors";
import { casesOf, placesOf, replaced, valueAt } from "./cases";
import type { Scenario } from "./scenarios";
import { scenarios } from "./scenarios";
import { valid } from "./valid-requests";
import type { Answer, Json, Request } from "./wire";
import { locationOf } from "../../../service-model/operations/operation";

/** What makes an error without a fault, if anything does. */
export function scenarioOf(operation: OperationName, error: ServiceErrorName): Scenario | undefined {
  const own = scenarios[operation][error];
  if (own) return own;
  if (error === "ThrottlingException") return throttling(operation);
  if (error === "ResourceNotFoundException" && namesResources(operation)) return absence(operation);
  const { missing, outside } = casesOf(operationOf(operation));
  return error === "ValidationException" && missing.length + outside.length > 0
    ? wrong(operation)
    : undefined;
}

const wrong =
  (operation: OperationName): Scenario =>
  async (world) => {
    const { missing, outside } = casesOf(operationOf(operation));
    const [one] = [...outside, ...missing];
    const requests = await valid[operation](world);
    const right = requests.find(({ input }) => valueAt(input, one!.at) !== undefined)!;
    const input = replaced(right.input, one!.at, one!.spoil) as Json;
    return world.wire.send(operation, { ...right, input });
  };

const absence =
  (operation: OperationName): Scenario =>
  async (world) => {
    const [one] = absencesOf(operation, await valid[operation](world));
    return world.wire.send(operation, one!.request);
  };

/** The rate is that of an account, so another account than the world's is held up. */
const throttling =
  (operation: OperationName): Scenario =>
  async (world) => {
    const [{ input }] = (await valid[operation](world)) as [{ input: Json }];
    world.local.settings.change({ requestsPerSecond: { [operation]: 0.001 } });
    try {
      await world.wire.send(operation, { input, as: hasty });
      return await world.wire.send(operation, { input, as: hasty });
    } finally {
      world.local.settings.change({ requestsPerSecond: undefined });
    }
  };
const hasty = "333333333333";

export const faulty =
  (operation: OperationName, error: ServiceErrorName): Scenario =>
  async (world): Promise<Answer> => {
    const [request] = await valid[operation](world);
    world.local.faults.add({ operation, error });
    return world.wire.send(operation, request!);
  };

/** Requests that name a resource that is not there, read off the description: each member that names one, in turn. */

const absent = "0".repeat(32);

/** The kind of resource that each member names; that of an ARN follows from the ARN. */
const kinds: Readonly<Record<string, string>> = {
  dataSetId: "DATA_SET",
  sourceDataSetId: "DATA_SET",
  revisionId: "REVISION",
  assetId: "ASSET",
  jobId: "JOB",
  eventActionId: "EVENT_ACTION",
  dataGrantId: "DATA_GRANT",
  dataGrantArn: "DATA_GRANT",
  resourceArn: "",
};

/** Members that look like names of resources, and are none of the service's. */
export const foreign: readonly string[] = ["apiId", "catalogId", "kmsKeyArn", "roleArn", "dataShareArn"];

export const namesResource = (member: string): boolean => member in kinds;

export interface Absence {
  readonly at: string;
  readonly request: Request;
  readonly ResourceId: string;
  readonly ResourceType: string;
}

export function absencesOf(operation: OperationName, requests: readonly Request[]): Absence[] {
  return namingPlaces(operation).flatMap(({ at, name }) =>
    requests.flatMap((request) => {
      const right = valueAt(request.input, at);
      if (typeof right !== "string") return [];
      const ResourceId = right.startsWith("arn:") ? right.replace(/[^/]+$/, absent) : absent;
      const input = replaced(request.input, at, () => ResourceId) as Json;
      const ResourceType = kinds[name] || kindOfArn(right);
      return [{ at: at.join("."), request: { ...request, input }, ResourceId, ResourceType }];
    }),
  );
}

/** A member of a query string only narrows a list: what is not there has no entries in it. */
const namingPlaces = (operation: OperationName) =>
  placesOf(operationOf(operation)).flatMap(({ at }) => {
    const name = String(at.at(-1));
    const filters = locationOf(operationOf(operation), String(at[0])) === "query";
    return namesResource(name) && !filters ? [{ at, name }] : [];
  });

export const namesResources = (operation: OperationName): boolean => namingPlaces(operation).length > 0;

function kindOfArn(arn: string): string {
  const [, , kind] = /:(\S+\/)?([a-z-]+)s\/[^/]+$/.exec(arn) ?? [];
  return (kind ?? "").toUpperCase().replace("-", "_");
}
