/** A preview of an inline program on the real engine as JSON, and its review. */
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

export class ReviewResult {
  readonly review: Review;
  readonly headline: string;

  constructor(json: string) {
    this.review = reviewOf(parsePreview(json));
    this.headline = headlineOf(this.review);
  }

  /** The review in all formats. */
  get printed(): string {
    return [toMarkdown, toText, toJson].map((print) => print(this.review)).join("\n");
  }

  /** The job with the name, or the only job. */
  job(name?: string): RunningJob {
    const { running } = this.review;
    const found = name === undefined ? running : running.filter(({ urn }) => urn.name === name);
    expect(found, `jobs that run: ${running.map(({ urn }) => urn.name).join()}`).to.have.length(1);
    return found[0]!;
  }

  reasons = (name?: string): readonly Reason[] => this.job(name).reasons;
  reasonKinds = (name?: string): string[] => kindsOf(this.reasons(name));
  warnings = (name?: string): readonly Warning[] => this.job(name).warnings;
  warningKinds = (name?: string): string[] => kindsOf(this.warnings(name));
  /** The effect on the job that does not run. */
  effect = (name: string) => this.review.idle.find(({ urn }) => urn.name === name)?.effect;
}

/** The kinds of reasons or warnings, with their causes. */
export const kindsOf = (all: readonly (Reason | Warning)[]): string[] =>
  all.map((each) => ("cause" in each ? `${each.kind} ${each.cause}` : each.kind));

type Options = Pick<PreviewOptions, "replace"> & { sames?: boolean };

export const reviewProgram = async (
  stack: TestStack,
  program: PulumiFn,
  options?: Options,
): Promise<ReviewResult> => new ReviewResult(await previewAsJson(stack, program, options));

/** A method of the Automation API's `PulumiCommand` that its types omit. */
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
  { sames = true, ...rest }: Options = {},
): Promise<string> {
  const workspace = stack.workspace as unknown as { _pulumiCommand: Command };
  const shared = workspace._pulumiCommand;
  const output: string[] = [];
  // A command of its own, because the stacks of a process share theirs and may run at the same time.
  const command = Object.create(shared) as Command;
  // The Automation API has no option for `--json`, and discards the output of a failed preview.
  command.run = (args, cwd, env) => {
    const added =
      args[0] === "preview" ? ["--json", ...(sames ? ["--show-sames", "--show-replacement-steps"] : [])] : [];
    return shared.run([...args, ...added], cwd, env, (text) => output.push(text));
  };
  workspace._pulumiCommand = command;
  let failure: unknown;
  try {
    await stack.preview({ program, ...rest });
  } catch (error) {
    failure = error;
  } finally {
    workspace._pulumiCommand = shared;
  }
  const json = output.join("");
  if (!json.trimStart().startsWith("{"))
    throw new Error(`pulumi preview did not write JSON: ${json}`, { cause: failure });
  return json;
}

/** The warning that assets are deleted, for a job of a set after all jobs of the set have completed. */
export const deletion = (cause: string, assets?: string[], isAfterSet = true): object => ({
  ...{ kind: "deleted-assets", cause, isAfterSet },
  ...(assets && { assets }),
});
