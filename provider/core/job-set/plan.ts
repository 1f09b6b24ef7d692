/** What is to be done with each job of a set, from what its state holds and what the program asks for. Pure. */
import { diffJob } from "../diff";
import type { JobInputs } from "../job-inputs";
import type { JobOfSet } from "./state";

export type Step =
  | { readonly kind: "create"; readonly inputs: JobInputs }
  | { readonly kind: "replace"; readonly inputs: JobInputs; readonly job: JobOfSet }
  /** The job stays; `changes` says whether there is something to take over, to go on with or to clean up. */
  | { readonly kind: "keep"; readonly inputs: JobInputs; readonly job: JobOfSet; readonly changes: boolean }
  | { readonly kind: "delete"; readonly job: JobOfSet };

export function planSteps(
  olds: ReadonlyMap<string, JobOfSet>,
  news: ReadonlyMap<string, JobInputs>,
): Map<string, Step> {
  const steps = new Map<string, Step>();
  for (const [name, inputs] of news) steps.set(name, stepOf(inputs, olds.get(name)));
  for (const [name, job] of olds) if (!news.has(name)) steps.set(name, { kind: "delete", job });
  return steps;
}

function stepOf(inputs: JobInputs, job: JobOfSet | undefined): Step {
  if (!job) return { kind: "create", inputs };
  const { replaces, updates } = diffJob(job.outputs, inputs as unknown as Record<string, unknown>);
  if (replaces.length > 0) return { kind: "replace", inputs, job };
  return { kind: "keep", inputs, job, changes: updates || job.former !== undefined };
}
