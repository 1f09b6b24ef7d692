/** A preview of an inline program on the real engine as JSON, and the review of it. */
import type { PreviewOptions, PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { parsePreview } from "../../review/parse-preview";
import { toJson, toMarkdown, toText } from "../../review/render";
import type { Review, RunningJob } from "../../review/review";
import { reviewOf } from "../../review/review";
import type { Reason } from "../../review/reason";
import { headlineOf } from "../../review/summary";
import type { Warning } from "../../review/warning";
import type { TestStack } from "./stack";

export interface ReviewResult {
  readonly review: Review;
  readonly headline: string;
  readonly json: { readonly [member: string]: unknown };
  readonly markdown: string;
  readonly text: string;
}

export function reviewPreview(json: string): ReviewResult {
  const review = reviewOf(parsePreview(json));
  return {
    review,
    headline: headlineOf(review),
    json: JSON.parse(toJson(review)) as ReviewResult["json"],
    markdown: toMarkdown(review),
    text: toText(review),
  };
}

/** The job with the name, or the only job. */
export function findJob({ review: { running } }: ReviewResult, name?: string): RunningJob {
  const found = name === undefined ? running : running.filter(({ urn }) => urn.name === name);
  expect(found, `jobs that run: ${running.map(({ urn }) => urn.name).join()}`).to.have.length(1);
  return found[0]!;
}

export const reasonsOf = (result: ReviewResult, name?: string): readonly Reason[] =>
  findJob(result, name).reasons;

export const warningsOf = (result: ReviewResult, name?: string): readonly Warning[] =>
  findJob(result, name).warnings;

/** The codes of reasons or warnings, with those of causes. */
export const kindsOf = (all: readonly (Reason | Warning)[]): string[] =>
  all.map((each) => ("cause" in each ? `${each.kind} ${each.cause}` : each.kind));

export const reasonKinds = (result: ReviewResult, name?: string): string[] =>
  kindsOf(reasonsOf(result, name));

export const warningKinds = (result: ReviewResult, name?: string): string[] =>
  kindsOf(warningsOf(result, name));

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
