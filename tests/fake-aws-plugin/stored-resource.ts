/** Types whose objects are on the shelf and nowhere else. */
import { createHash } from "node:crypto";

import type { Region } from "./region";
import type { Created, ResourceType } from "./resource-type";
import { pick, type Properties } from "./values";

type Description = Pick<
  ResourceType,
  "inputs" | "computed" | "volatile" | "named" | "documents" | "tagged" | "global"
> & {
  /** The object's id, and what its service would say of it. `unique` is for parts that a service would draw. */
  made: (inputs: Properties, region: Region, unique: (length: number) => string) => Created;
  /** What its service would say anew of a changed object: the `volatile` outputs. */
  changed?: (inputs: Properties, region: Region) => Properties;
};

export function kept(type: string, { made, changed, ...description }: Description): ResourceType {
  const { global } = description;
  return {
    ...description,
    async create(inputs, region, urn) {
      const created = made(inputs, region, (length) => digest(urn, inputs).slice(0, length));
      if (await region.shelf.get(type, created.id, global)) {
        throw new Error(`There is a ${type} ${created.id} already.`);
      }
      await region.shelf.put(type, created.id, { ...inputs, ...created.outputs }, global);
      return created;
    },
    read: (id, region) => region.shelf.get(type, id, global),
    async update(id, inputs, region, state) {
      const outputs = { ...pick(state, description.computed), ...changed?.(inputs, region) };
      await region.shelf.put(type, id, { ...inputs, ...outputs }, global);
      return outputs;
    },
    delete: (id, region) => region.shelf.delete(type, id, global),
  };
}

export const now = (): string => new Date().toISOString();

/** The same resource with the same inputs gets the same id; its replacement gets another. */
const digest = (urn: string, inputs: Properties): string =>
  createHash("sha256")
    .update(urn + JSON.stringify(inputs))
    .digest("hex");
