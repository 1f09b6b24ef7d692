/** Describes the functions of the package from the lookups for programs in Node.js. */
import { Interfaces } from "./interfaces";
import { token } from "./names";
import { jobDetails } from "./resources";
import type { Source } from "./source";
import type { Described, ObjectSpec, Types } from "./types";
import { members } from "./types";
import { forEveryLanguage } from "./wording";

export interface FunctionSpec {
  description: string;
  inputs: ObjectSpec;
  outputs: ObjectSpec;
}

export function describeFunctions(types: Types, source: Source): Record<string, FunctionSpec> {
  const interfaces = new Interfaces(source.checker, types, { "GetJobResult.details": jobDetails(types) });
  return Object.fromEntries(
    source.lookups("components/lookups.ts").map(({ name, doc, args, result }): [string, FunctionSpec] => [
      token(name),
      {
        description: forEveryLanguage(doc),
        inputs: object(interfaces.describe(args, "argument")),
        outputs: object(interfaces.describe(result, "output")),
      },
    ]),
  );
}

function object(described: Readonly<Record<string, Described>>): ObjectSpec {
  const { properties, required } = members(described);
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}
