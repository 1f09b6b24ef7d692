/** What all jobs of a set work on: what leaves one of them may come to another. */
import { findJobType } from "../service-model/job-types";
import type { Values } from "./preview-values";
import { detailsOf, itemsOf, nameItem } from "./describe-job";

export class SetItems {
  private readonly were: ReadonlyMap<string, number>;
  private readonly are: ReadonlyMap<string, number>;

  constructor(before: readonly Values[], after: readonly Values[]) {
    this.were = timesOf(before);
    this.are = timesOf(after);
  }

  /** Whether what comes to a job, or leaves one, was in the set before and stays in it. */
  moves(name: string): boolean {
    return this.were.get(name) === this.are.get(name);
  }
}

function timesOf(jobs: readonly Values[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const name of jobs.flatMap(namesIn)) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}

function namesIn(values: Values): string[] {
  const jobType = findJobType(values.type);
  const { items } = jobType?.sentence ?? {};
  if (!jobType || !items) return [];
  return itemsOf(jobType, detailsOf(jobType, values)).map((item) =>
    nameItem(items.name, items, jobType, item),
  );
}
