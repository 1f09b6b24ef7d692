/** What the service is sent for inputs, right or wrong, and what the emulator says to it. */
import type { BodySource } from "../../../provider/core/ports";
import { findJobType } from "../../../service-model/job-types";
import { operationOf } from "../../../service-model/operations/index";
import { readInput } from "../../../emulator/http/request-input";
import { ServiceError } from "../../../emulator/http/service-error";
import { md5Of } from "../../provider/support/host";
import type { Json } from "./values";
import { isRecord, withAt } from "./values";

/** The request as the inputs word it, with the MD5 that the provider would compute. */
export function requestOf(inputs: Json): Json {
  const filled = withMd5(inputs);
  const given = Object.entries(filled).filter(([name]) =>
    ["type", "details", "assetConfiguration"].includes(name),
  );
  return toApi(Object.fromEntries(given)) as Json;
}

function withMd5(inputs: Json): Json {
  const jobType = findJobType(inputs.type);
  if (!jobType?.upload || !isRecord(inputs.details)) return inputs;
  const { detailsKey, upload } = jobType;
  const own = Object.hasOwn(inputs.details, detailsKey) ? inputs.details[detailsKey] : undefined;
  if (!isRecord(own) || (own[upload.md5] ?? undefined) !== undefined) return inputs;
  const { text } = (inputs.upload ?? {}) as Partial<BodySource>;
  const md5 = md5Of(typeof text === "string" ? text : "");
  return withAt(inputs, ["details", detailsKey, upload.md5], md5) as Json;
}

function toApi(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toApi);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name.charAt(0).toUpperCase() + name.slice(1), toApi(held)]),
  );
}

/** What the emulator has against a request; nothing when it takes it for valid. */
export function refusalOf(text: string): string | undefined {
  try {
    const body = Buffer.from(text);
    readInput(operationOf("CreateJob"), { params: {}, query: new URLSearchParams(), headers: {}, body });
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError && error.status === 400) return error.message;
    throw error;
  }
}
