/** Requests that name a resource that is not there, read off the description: each member that names one, in turn. */
import type { OperationName } from "../../../service-model/operations/index";
import { operationOf } from "../../../service-model/operations/index";
import { locationOf } from "../../../service-model/operations/operation";
import { placesOf, replaced, valueAt } from "./cases";
import type { Json, Request } from "./wire";

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
