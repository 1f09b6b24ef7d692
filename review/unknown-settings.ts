/**
 * Jobs whose provider has a setting that is not known yet, such as a role that does not exist yet. The engine then neither
 * checks nor compares them: it shows changed inputs as an update in place, and secrets that the plugin would mark in clear.
 */
import { isResumable } from "./job-details";
import type { State, Step } from "./parse-preview";
import { contains, isUnknown } from "./preview-values";
import { isSet } from "./resource-types";

/** A job that may run again is a replacement; the jobs of a set are compared afterwards. */
export function withUnknownSettings(step: Step, provider: Step | undefined): Step {
  const { op, urn, old, new: declared } = step;
  const settings = provider?.new?.inputs ?? {};
  const names = Object.keys(settings).filter((name) => contains(settings[name], isUnknown));
  if (!provider || !old || !declared || names.length === 0 || !["same", "update"].includes(op)) return step;
  if (!isSet(urn) && isResumable(old)) return step;
  return {
    ...step,
    op: isSet(urn) ? "update" : "replace",
    new: { ...declared, inputs: { ...declared.inputs, region: regionOf(declared, provider, old) } },
    unknownSettings: { names, provider },
  };
}

/** The region that the plugin writes into the inputs of a job; an unknown one is taken to be the same as before. */
const regionOf = ({ inputs }: State, provider: Step, { outputs }: State): unknown => {
  const { region } = provider.new!.inputs;
  return inputs.region ?? (region !== undefined && !isUnknown(region) ? region : outputs.region);
};
