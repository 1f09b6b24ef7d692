/** Inputs of components held against the shapes that their jobs are held against. */
import type { Shape } from "../provider/model/shape";
import { formatPath, validate } from "../provider/model/validate";
import { Refusal } from "./refusal";

/** Refuses what a job would refuse, with the path of the component's own property. */
export function refuseUnlessFits(shape: Shape, value: unknown, property: string): void {
  const [problem] = validate(shape, value, [property]);
  if (problem) throw new Refusal(`${formatPath(problem.path)} ${problem.message}.`);
}
