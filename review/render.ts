/** The formats of a review: Markdown for a comment on a pull request, text for a terminal or a log, JSON for programs. */
import { describeEffect } from "./describe-job";
import { describeReason } from "./describe-reason";
import { describeWarning } from "./describe-warning";
import type { Urn } from "./preview-values";
import type { Action, NamedJob, Review, RunningJob } from "./review";
import { actions } from "./review";
import type { RichText } from "./rich-text";
import { code, count, join, text, toPlainText } from "./rich-text";
import { describeQueue, errorLines, headlineOf, othersLine, stackName } from "./summary";

const headings: Readonly<Record<Action, string>> = {
  rerun: "Runs again",
  possibleRerun: "May run again",
  resume: "Is resumed",
  new: "New",
};

/**
 * The first line is a marker by which a pipeline finds the comment. A comment that would have more than `limit`
 * characters is cut between two jobs and ends with the number of omitted jobs.
 */
export function toMarkdown(review: Review, limit = Infinity): string {
  const { errors, queues, rows, deferred } = review;
  const stack = stackName(review);
  const marked = stack === undefined ? "" : ` of ${toPlainText([stack]).replace(/[^\w./-]/g, "_")}`;
  const head = [
    `<!-- pulumi-dataexchange review${marked} -->`,
    `### AWS Data Exchange${stack === undefined ? "" : toMarkup(text`, ${stack}`)}: ${headlineOf(review)}`,
    ...(errors.length > 0
      ? ["**The preview failed**, so jobs may be missing here.", bullets(errorLines(review))]
      : []),
    ...(queues.length > 0 ? [bullets(queues.map(describeQueue))] : []),
  ];
  const running = actions.flatMap((action) => {
    const jobs = rows.running.filter((job) => job.action === action);
    return section(headings[action], jobs, (job) => [
      text` ${job.summary}`,
      text`\n  - Why: ${join(job.reasons.map(describeReason), "; ")}`,
      ...job.warnings.map((warning) => text`\n  - **Warning:** ${describeWarning(warning)}`),
    ]);
  });
  const later = section("Decided later", deferred, ({ urn, message }) => [describeDeferred(urn, message)]);
  const idle = section("Does not run", rows.idle, ({ effect }) => [text` ${describeEffect(effect)}`]);
  const others = othersLine(review);
  return cut(head, [...running, ...later, ...idle], others === undefined ? [] : [others], limit);
}

interface Block {
  readonly text: string;
  /** The number of jobs in the block; 0 for a heading. */
  readonly jobs: number;
}

/** A heading, and a block for each job. */
function section<Job extends NamedJob>(
  heading: string,
  jobs: readonly Job[],
  describe: (job: Job) => readonly RichText[],
): Block[] {
  if (jobs.length === 0) return [];
  const blocks = jobs.map((job) => ({
    text: `- **${toMarkup([code(job.urn.name)])}**${toMarkup([...afterName(job), ...describe(job).flat()])}`,
    jobs: job.jobs ?? 1,
  }));
  return [{ text: `#### ${heading}`, jobs: 0 }, ...blocks];
}

/** Omits the last blocks that do not fit. */
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

/** `code` has removed control characters from names, because a terminal executes them. */
export function toText(review: Review): string {
  const { queues, rows, deferred } = review;
  const stack = stackName(review);
  const others = othersLine(review);
  const lines: RichText[] = [
    text`${stack}${stack && ": "}${headlineOf(review)}`,
    ...errorLines(review).map((line) => text`  error: ${line}`),
    ...queues.map((queue) => text`  ${describeQueue(queue)}`),
    ...rows.running.flatMap(reportLines),
    ...deferred.map(({ urn, message }) => text`\n${code(urn.name)}${describeDeferred(urn, message)}`),
    ...rows.idle.map((job) => text`\n${subjectOf(job)} ${describeEffect(job.effect)}`),
    ...(others === undefined ? [] : [text`\n${others}`]),
  ];
  return lines.map((line) => `${toPlainText(line)}\n`).join("");
}

const reportLines = (job: RunningJob): RichText[] => [
  text`\n${subjectOf(job)} ${job.summary}`,
  text`  why: ${join(job.reasons.map(describeReason), "; ")}`,
  ...job.warnings.map((warning) => text`  warning: ${describeWarning(warning)}`),
];

const subjectOf = (job: NamedJob): RichText => text`${code(job.urn.name)}${afterName(job)}`;

const afterName = ({ component, jobs }: NamedJob): RichText =>
  text`${jobs && ` (${count(jobs, "job")})`}${component && text` of ${code(component.name)} (${code(component.type)})`}`;

const describeDeferred = ({ type }: Urn, message: string): RichText =>
  text` (${code(type)}): ${code(message)}`;

/** Members are added and not renamed; `version` is raised if a member changes its meaning. */
export function toJson(review: Review): string {
  const { project, stack, errors, running, deferred, idle, unaffected, queues, others } = review;
  const document = {
    version: 1,
    project,
    stack,
    headline: headlineOf(review),
    errors,
    jobs: running.map((job) => ({
      ...identity(job),
      action: job.action,
      type: job.type,
      region: job.region,
      summary: toPlainText(job.summary),
      reasons: job.reasons.map((reason) => ({
        kind: reason.kind,
        property: reason.property,
        text: toPlainText(describeReason(reason)),
      })),
      warnings: job.warnings.map((warning) => ({
        ...warning,
        text: toPlainText(describeWarning(warning)),
      })),
    })),
    deferred: deferred.map(({ urn, message }) => ({
      urn: urn.text,
      name: urn.name,
      type: urn.type,
      text: message,
    })),
    unaffected,
    changed: idle.map((job) => ({
      ...identity(job),
      action: job.action,
      text: toPlainText(describeEffect(job.effect)),
    })),
    queues: queues.map((queue) => ({ ...queue, text: toPlainText(describeQueue(queue)) })),
    otherResources: others,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

const identity = ({ urn, component, set }: NamedJob) => ({
  urn: urn.text,
  name: urn.name,
  ...(set && { set: { urn: set.urn.text, name: set.urn.name, job: set.job } }),
  component: component && { type: component.type, name: component.name, urn: component.text },
});
