/** What changed between two declarations, and what that does to the object. */
import { wasDefault, withoutDefaults } from "./check";
import type { ResourceType } from "./resource-type";
import type { Properties } from "./values";
import { same } from "./values";

export interface Change {
  property: string;
  kind: "ADD" | "UPDATE" | "DELETE";
  replaces: boolean;
}

export interface Difference {
  changes: Change[];
  /** Two objects of one name cannot be at the same time. */
  deleteBeforeReplace: boolean;
}

export function difference(
  resource: ResourceType,
  oldInputs: Properties,
  newInputs: Properties,
  ignored: readonly string[],
): Difference {
  const [olds, news] = [withoutDefaults(oldInputs), withoutDefaults(newInputs)];
  const changes = [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((property) => !ignored.includes(property) && !same(olds[property], news[property]))
    .map((property): Change => {
      const kind = !(property in olds) ? "ADD" : property in news ? "UPDATE" : "DELETE";
      const replaces = property === "region" || resource.inputs[property] === "replace";
      return { property, kind, replaces };
    });
  const name = resource.named?.input;
  const keepsItsName = name !== undefined && !wasDefault(newInputs, name) && same(olds[name], news[name]);
  return { changes, deleteBeforeReplace: keepsItsName };
}
