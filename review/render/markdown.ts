/** A review as a comment on a pull request. */
import { describeEffect } from "../describe-job";
import { describeReason } from "../describe-reason";
import { describeWarning } from "../describe-warning";
import type { Action, DeferredDecision, IdleJob, NamedJob, Review, RunningJob } from "../review";
import { actions } from "../review";
import type { RichText } from "../rich-text";
import { code, count, join, text, toPlainText } from "../rich-text";
import { describeQueue, errorLines, headlineOf, othersLine, stackName } from "../summary";

const headings: Readonly<Record<Action, string>> = {
  rerun: "Runs again",
  possibleRerun: "May run again",
  resume: "Is resumed",
  new: "New",
};

/**
 * The first line is a marker by which a pipeline finds the comment. A comment that would have more than `limit`
 * characters is cut between two jobs, and its end has the number of missing jobs.
 */
export function toMarkdown(review: Review, limit = Infinity): string {
  const name = stackName(review);
  const stack = name && toPlainText([name]);
  const head = [
    `<!-- pulumi-dataexchange review${stack === undefined ? "" : ` of ${stack.replace(/[^\w./-]/g, "_")}`} -->`,
    `### AWS Data Exchange${stack === undefined ? "" : `, ${codeSpan(stack)}`}: ${headlineOf(review)}`,
    ...(review.errors.length > 0
      ? ["**The preview failed**, so jobs may be missing here.", bullets(errorLines(review))]
      : []),
    ...(review.queues.length > 0 ? [bullets(review.queues.map(describeQueue))] : []),
  ];
  const blocks = actions.flatMap((action) =>
    section(
      headings[action],
      review.rows.running.filter((job) => job.action === action),
      describeRunning,
    ),
  );
  const deferred = section<DeferredDecision & { jobs?: number }>(
    "Decided later",
    review.deferred,
    describeDeferred,
  );
  const idle = section("Does not run", review.rows.idle, describeIdle);
  const others = othersLine(review);
  return cut(head, [...blocks, ...deferred, ...idle], others === undefined ? [] : [others], limit);
}

interface Block {
  readonly text: string;
  /** The number of jobs in the block; 0 for a heading. */
  readonly jobs: number;
}

function section<Job extends { readonly jobs?: number }>(
  heading: string,
  jobs: readonly Job[],
  describe: (job: Job) => string,
): Block[] {
  if (jobs.length === 0) return [];
  return [
    { text: `#### ${heading}`, jobs: 0 },
    ...jobs.map((job) => ({ text: describe(job), jobs: job.jobs ?? 1 })),
  ];
}

const describeRunning = (job: RunningJob): string =>
  [
    `- ${subjectOf(job)} ${toMarkup(job.does)}`,
    `  - Why: ${toMarkup(join(job.reasons.map(describeReason), "; "))}`,
    ...job.warnings.map((warning) => `  - **Warning:** ${toMarkup(describeWarning(warning))}`),
  ].join("\n");

const describeIdle = (job: IdleJob): string => `- ${subjectOf(job)} ${toMarkup(describeEffect(job.effect))}`;

const describeDeferred = ({ urn, message }: DeferredDecision): string =>
  `- **${toMarkup([code(urn.name)])}** ${toMarkup(text`(${code(urn.type)}): ${code(message)}`)}`;

const subjectOf = ({ urn, component, jobs }: NamedJob): string =>
  `**${toMarkup([code(urn.name)])}**${toMarkup(text`${jobs && ` (${count(jobs, "job")})`}${component && text` of ${code(component.name)} (${code(component.type)})`}`)}`;

/** Leaves out the last blocks that do not fit. */
function cut(
  head: readonly string[],
  blocks: readonly Block[],
  foot: readonly string[],
  limit: number,
): string {
  const notShown = (number: number) =>
    `*${count(number, "more job")}: not shown here, because the length of a comment is limited.*`;
  const all = countJobs(blocks);
  const whole = write(head, blocks, foot);
  if (whole.length <= limit) return whole;
  const reserved = write([], [], [notShown(all), ...foot]).length + write(head, [], []).length;
  let [room, shown] = [limit - reserved, 0];
  while (shown < blocks.length && (room -= blocks[shown]!.text.length + 2) >= 0) shown++;
  const kept = blocks.slice(0, shown);
  if (kept.at(-1)?.jobs === 0) kept.pop();
  return write(head, kept, [notShown(all - countJobs(kept)), ...foot]).slice(0, limit);
}

const countJobs = (blocks: readonly Block[]): number => blocks.reduce((sum, { jobs }) => sum + jobs, 0);

/** The jobs of a section are one list. */
function write(head: readonly string[], blocks: readonly Block[], foot: readonly string[]): string {
  const body = blocks
    .map(({ text, jobs }, index) => `${jobs > 0 && blocks[index - 1]?.jobs ? "\n" : "\n\n"}${text}`)
    .join("");
  return `${head.join("\n\n")}${body}${foot.map((line) => `\n\n${line}`).join("")}\n`;
}

const bullets = (texts: readonly RichText[]): string => texts.map((each) => `- ${toMarkup(each)}`).join("\n");

const toMarkup = (richText: RichText): string =>
  richText.map((span) => (typeof span === "string" ? span : codeSpan(span.code))).join("");

/** Within a code span, a name cannot be markup, a mention or a reference. */
function codeSpan(name: string): string {
  const fence = "`".repeat(1 + Math.max(0, ...(name.match(/`+/g) ?? []).map(({ length }) => length)));
  const padding = /^`|`$|^ .* $/.test(name) || name === "" ? " " : "";
  return `${fence}${padding}${name}${padding}${fence}`;
}
