/** Requests that name a resource that does not exist, derived from the description of an operation. */
import type { OperationName } from "../../../service-model/operations";
import { operationOf } from "../../../service-model/operations";
import { locationOf } from "../../../service-model/operations/operation";
import { elementsOf, replaced, valueAt } from "./cases";
import type { Json, Request } from "./wire";

const absentId = "0".repeat(32);

/** The resource type of each member; that of an ARN depends on the ARN. */
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

/** Members that name resources of other services. */
export const foreignMembers = ["apiId", "catalogId", "kmsKeyArn", "roleArn", "dataShareArn"];

export const namesResource = (member: string): boolean => member in kinds;

export interface Absence {
  readonly request: Request;
  readonly ResourceId: string;
  readonly ResourceType: string;
}

export const absencesOf = (operation: OperationName, requests: readonly Request[]): Absence[] =>
  namingPlaces(operation).flatMap(({ at, name }) =>
    requests.flatMap((request) => {
      const right = valueAt(request.input, at);
      if (typeof right !== "string") return [];
      const ResourceId = right.startsWith("arn:") ? right.replace(/[^/]+$/, absentId) : absentId;
      const input = replaced(request.input, at, () => ResourceId) as Json;
      return [{ request: { ...request, input }, ResourceId, ResourceType: kinds[name] || kindOfArn(right) }];
    }),
  );

/** A member of a query string only filters a list: the list for an absent resource is empty. */
const namingPlaces = (operation: OperationName) =>
  elementsOf(operationOf(operation)).flatMap(({ at }) => {
    const name = String(at.at(-1));
    const isFilter = locationOf(operationOf(operation), String(at[0])) === "query";
    return namesResource(name) && !isFilter ? [{ at, name }] : [];
  });

export const namesResources = (operation: OperationName): boolean => namingPlaces(operation).length > 0;

const kindOfArn = (arn: string): string =>
  (/([a-z-]+)s\/[^/]+$/.exec(arn)?.[1] ?? "").toUpperCase().replace("-", "_");
