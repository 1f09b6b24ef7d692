/** A preview of an inline program on the real engine as JSON, and the review of it. */
import type { PreviewOptions, PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { Review } from "../../review";
import { readPreview, reviewOf, toJson, toMarkdown, toText } from "../../review";
import type { TestStack } from "./stack";

export interface ReviewResult {
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

/** Ids differ between runs. */
const withoutIds = (text: string): string => text.replace(/\b[a-zA-Z0-9]{8}…/g, "ID");

export function reviewPreview(json: string): ReviewResult {
  const review: Review = reviewOf(readPreview(json));
  const result = JSON.parse(withoutIds(toJson(review))) as ReviewResult;
  return { ...result, markdown: toMarkdown(review), text: toText(review) };
}

export const reasonsOf = (result: ReviewResult, name?: string): string[] =>
  findJob(result, name).reasons.map(({ text }) => text);

export const warningsOf = (result: ReviewResult, name?: string): string[] =>
  findJob(result, name).cautions.map(({ text }) => text);

/** The job with the name, or the only job. */
export function findJob({ jobs }: ReviewResult, name?: string): ReviewResult["jobs"][number] {
  const found = name === undefined ? jobs : jobs.filter((job) => job.name === name);
  expect(found, `jobs that run: ${jobs.map((job) => job.name).join()}`).to.have.length(1);
  return found[0]!;
}

/** A member of the Automation API's `PulumiCommand` that its types leave out. */
interface Command {
  run(args: string[], cwd: string, env: object, onOutput?: (text: string) => void): Promise<unknown>;
}

/**
 * Runs `pulumi preview --json` and returns the document, also if the preview fails. `--show-sames` and
 * `--show-replacement-steps` are on unless `sames` is false; `replace` holds URNs.
 */
export async function previewAsJson(
  { stack }: TestStack,
  program: PulumiFn,
  options: Pick<PreviewOptions, "replace"> & { sames?: boolean } = {},
): Promise<string> {
  const { sames = true, ...rest } = options;
  const command = stack.workspace.pulumiCommand as unknown as Command;
  const run = command.run.bind(command);
  const written: string[] = [];
  // The Automation API has no option for `--json`, and discards the output of a failed preview.
  command.run = (args, cwd, env) => {
    const own =
      args[0] === "preview" ? ["--json", ...(sames ? ["--show-sames", "--show-replacement-steps"] : [])] : [];
    return run([...args, ...own], cwd, env, (text) => written.push(text));
  };
  let failure: unknown;
  try {
    await stack.preview({ program, ...rest });
  } catch (error) {
    failure = error;
  } finally {
    Reflect.deleteProperty(command, "run");
  }
  const json = written.join("");
  if (!json.trimStart().startsWith("{"))
    throw new Error(`pulumi preview did not write JSON: ${json}`, { cause: failure });
  return json;
}
