/** The scenario of each error of each operation: one that is written down, or one that the description gives. */
import type { OperationName } from "../../../service-model/operations/index";
import { operationOf } from "../../../service-model/operations/index";
import type { ServiceErrorName } from "../../../service-model/errors";
import { absencesOf, namesResources } from "./missing-resources";
import { casesOf, replaced, valueAt } from "./cases";
import type { Scenario } from "./scenarios";
import { scenarios } from "./scenarios";
import { valid } from "./valid-requests";
import type { Answer, Json } from "./wire";

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
