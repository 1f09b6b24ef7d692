/** Lookups on a simulated service. */
import type { Message } from "../../../../lib/message-code";
import type { Lookup } from "../../../../provider/core/lookups/lookup";
import { lookUp } from "../../../../provider/core/lookups/lookup";
import type { ServiceRevision } from "../../../../service-model/job";
import { dataSetId } from "../../../simulation/samples";
import type { SimulatorOptions } from "../../../simulation/simulator-options";
import { Simulator } from "../../../simulation/simulator";

/** Created at 10:`minute`. */
export const revisionWith = (
  id: string,
  minute: number,
  flags: Partial<ServiceRevision> = {},
): ServiceRevision => ({
  id,
  arn: `arn:aws:dataexchange:us-east-1::data-sets/${dataSetId}/revisions/${id}`,
  finalized: true,
  createdAt: `2026-01-05T10:${minute}:00.000Z`,
  ...flags,
});

export function scene(options?: SimulatorOptions) {
  const service = new Simulator(options);
  const warnings: Message[] = [];
  const context = { service, warn: (message: Message) => void warnings.push(message) };
  return {
    service,
    warnings,
    run: <Args extends object, Result extends object>(lookup: Lookup<Args, Result>, args: Args) =>
      lookUp(lookup, args, context),
  };
}
