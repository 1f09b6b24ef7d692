import type { dynamic } from "@pulumi/pulumi";

import { redact } from "../../lib/redact";
import type { Problem } from "../../service-model/validate";
import { formatPath } from "../../service-model/validate";
import { toWire } from "./property-values";

/**
 * A refusal as Pulumi's engine prints it. The path is a part of the sentence, and no property is named: for a property
 * that it finds among the inputs, the engine prints the whole value, even that of a secret.
 */
export const failureOf = ({ path, message }: Problem): dynamic.CheckFailure =>
  failure(`${formatPath(path)} ${message}`);

/** A refusal that concerns no property. */
export const failure = (reason: string): dynamic.CheckFailure => ({ property: "", reason: redact(reason) });

/**
 * A failure that leaves the resource in state with what is known of it, the way the engine takes one. The host adds the
 * provider's code to what it returns, but not to what it throws.
 */
export function leftInState(
  { message }: Error,
  id: string,
  outputs: object,
  { __provider }: Readonly<Record<string, unknown>>,
  reasons: readonly string[] = [message],
): Error {
  return Object.assign(new Error(message), { id, properties: { ...toWire(outputs), __provider }, reasons });
}
