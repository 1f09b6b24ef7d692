/** Inputs of components held against the shapes that their jobs are held against. */
import type { Input } from "@pulumi/pulumi";

import type { Shape } from "../../service-model/shape";
import { formatPath, validate } from "../../service-model/validate";
import { InputError } from "./input-error";
import { resolveInput } from "./resolve-input";

/** Refuses what a job would refuse, with the path of the component's own property. */
export function validateInput(shape: Shape, value: unknown, property: string): void {
  const [problem] = validate(shape, value, [property]);
  if (problem) throw new InputError(`${formatPath(problem.path)} ${problem.message}.`);
}

/** The same for inputs by their names, before anything is made of them; one that is absent or not known yet fits. */
export async function validateInputs(inputs: Record<string, [Shape, Input<unknown>]>): Promise<void> {
  for (const [property, [shape, input]] of Object.entries(inputs)) {
    const found = await resolveInput(input);
    if (found.known && found.value !== undefined) validateInput(shape, found.value, property);
  }
}
