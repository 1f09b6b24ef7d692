/**
 * Names of members of nested settings as programs in Python spell them. The SDK that Pulumi generates sends the settings of a
 * provider as JSON by `pulumi.runtime.to_json`, which keeps the keys of a dict, although its type names them `role_arn`.
 */
import { snake } from "../../lib/snake-case";
import type { StructShape } from "../../service-model/shape";
import type { Path } from "../../service-model/validate";
import { isRecord } from "../../service-model/validate";

/** The name that the shape has for a key. A key beside the shape's own name for it stays, and is refused as unknown. */
export function memberName({ members }: StructShape, value: object, key: string): string {
  if (Object.hasOwn(members, key)) return key;
  const name = Object.keys(members).find((member) => snake(member) === key);
  return name === undefined || Object.hasOwn(value, name) ? key : name;
}

/** The path to a value with the names that the program has written. */
export function writtenPath(value: unknown, [step, ...rest]: Path): Path {
  if (step === undefined) return [];
  // One object may stand for a list.
  if (typeof step === "number")
    return [step, ...writtenPath(Array.isArray(value) ? value[step] : value, rest)];
  if (!isRecord(value)) return [step, ...rest];
  const isSnake = !Object.hasOwn(value, step) && Object.hasOwn(value, snake(step));
  const name = isSnake ? snake(step) : step;
  return [name, ...writtenPath(value[name], rest)];
}
