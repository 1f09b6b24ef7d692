import type { dynamic } from "@pulumi/pulumi";

import { redact } from "../core";
import type { Problem } from "../model/validate";
import { formatPath } from "../model/validate";

/**
 * A refusal as Pulumi's engine prints it. The path is a part of the sentence, and no property is named: for a property
 * that it finds among the inputs, the engine prints the whole value, even that of a secret.
 */
export const failureOf = ({ path, message }: Problem): dynamic.CheckFailure =>
  failure(`${formatPath(path)} ${message}`);

/** A refusal that concerns no property. */
export const failure = (reason: string): dynamic.CheckFailure => ({ property: "", reason: redact(reason) });
