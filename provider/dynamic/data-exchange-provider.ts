import type { dynamic } from "@pulumi/pulumi";

import { withCode } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import type { Problem } from "../../service-model/validate";
import { UNKNOWN, formatPath } from "../../service-model/validate";
import { encodeProperties } from "./property-values";
import type { Sessions } from "./sessions";

/**
 * A refusal as Pulumi's engine prints it. The path is a part of the sentence, and no property is named: for a property
 * that it finds among the inputs, the engine prints the whole value, even that of a secret.
 */
export const toCheckFailure = ({ path, code, message }: Problem): dynamic.CheckFailure =>
  checkFailure(code, `${formatPath(path)} ${message}`);

/** A refusal that concerns no property. */
export const checkFailure = (code: string, reason: string): dynamic.CheckFailure => ({
  property: "",
  reason: withCode(redact(reason), code),
});

/**
 * A failure that leaves the resource in state with what is known of it, the way the engine takes one. The host adds the
 * provider's code to what it returns, but not to what it throws.
 */
export function toInitError(
  { message }: Error,
  id: string,
  outputs: object,
  { __provider }: Readonly<Record<string, unknown>>,
  reasons: readonly string[] = [message],
): Error {
  return Object.assign(new Error(message), {
    id,
    properties: { ...encodeProperties(outputs), __provider },
    reasons,
  });
}

/**
 * Pulumi's host prints what `read`, `delete`, `check` and `diff` throw, with its stack, and the engine shows the message
 * once more. A failure of the service is a sentence, and a stack says nothing to who reads it; so the sentence is left
 * to the engine, and what the host prints points to it.
 */
class PlainFailure extends Error {
  constructor(
    private readonly what: string,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
    this.stack = "the resource's own error says why";
  }

  override toString(): string {
    return `${this.what} failed`;
  }
}

/** Runs what fails with a sentence; `command` takes the place of the command that the sentence tells to run again. */
export async function withPlainErrors<T>(what: string, command: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const message = (error as Error).message.replaceAll("`pulumi up`", command);
    throw new PlainFailure(what, message, error);
  }
}

type Inputs = Readonly<Record<string, unknown>>;
type Checked = dynamic.CheckResult<Record<string, unknown>> & { failures: dynamic.CheckFailure[] };

/** The result of a check, with the region that a resource without one gets, or what stands in the way of that. */
export async function withRegion(
  sessions: Sessions,
  read: Inputs,
  { inputs, failures }: Checked,
): Promise<dynamic.CheckResult<Record<string, unknown>>> {
  const wrongConfig = sessions.configProblem();
  if (wrongConfig !== undefined)
    return { inputs, failures: [...failures, checkFailure("invalid-config", wrongConfig)] };
  if ((read.region ?? undefined) !== undefined || failures.length > 0) return { inputs, failures };
  const region = await defaultRegion(sessions, read);
  return "name" in region ? { inputs: { ...inputs, region: region.name } } : { inputs, failures: [region] };
}

async function defaultRegion(
  sessions: Sessions,
  inputs: Inputs,
): Promise<{ name: string } | dynamic.CheckFailure> {
  const path = ["region"];
  try {
    const name = await sessions.region(inputs.profile === UNKNOWN ? {} : inputs);
    if (name) return { name };
    const ways = "give it here, or set aws:region in the stack's config, AWS_REGION, or the profile's region";
    return toCheckFailure({ path, code: "missing-region", message: `is set nowhere: ${ways}` });
  } catch (error) {
    return toCheckFailure({
      path,
      code: "unknown-region",
      message: `cannot be found out: ${(error as Error).message}`,
    });
  }
}
