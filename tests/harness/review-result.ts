/** What a review says of a preview that the real engine has written. */
import { expect } from "chai";

import type { Review } from "../../review/index";
import { readPreview, reviewOf, toJson, toMarkdown, toText } from "../../review/index";

export interface Told {
  headline: string;
  errors: { resource?: string; message: string }[];
  jobs: {
    name: string;
    action: string;
    type: string;
    component?: { type: string; name: string };
    does: string;
    reasons: { kind: string; text: string }[];
    cautions: { kind: string; text: string }[];
  }[];
  later: { urn: string; name: string; type: string; text: string }[];
  changed: { name: string; action: string; text: string }[];
  queues: { text: string; waves: number }[];
  otherResources: Record<string, number>;
  markdown: string;
  text: string;
}

/** Ids are others in each run. */
const withoutIds = (text: string): string => text.replace(/\b[a-zA-Z0-9]{8}…/g, "ID");

export function tell(json: string): Told {
  const review: Review = reviewOf(readPreview(json));
  const told = JSON.parse(withoutIds(toJson(review))) as Told;
  return { ...told, markdown: toMarkdown(review), text: toText(review) };
}

export const reasonsOf = (told: Told, name?: string): string[] =>
  find(told, name).reasons.map(({ text }) => text);

export const cautionsOf = (told: Told, name?: string): string[] =>
  find(told, name).cautions.map(({ text }) => text);

/** The job of the name, or the only one there is. */
export function find({ jobs }: Told, name?: string): Told["jobs"][number] {
  const found = name === undefined ? jobs : jobs.filter((job) => job.name === name);
  expect(found, `jobs that run: ${jobs.map((job) => job.name).join()}`).to.have.length(1);
  return found[0]!;
}
