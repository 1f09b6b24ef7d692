/** A review as a comment on a pull request. */
import { errorLines, headlineOf, othersLine, stackName } from "../summary";
import type { Part, Phrase } from "../rich-text";
import { count, name, say, sentence } from "../rich-text";
import type { Action, Later, NamedJob, Review, RunningJob, StillJob } from "../review";
import { actions } from "../review";

const headings: Readonly<Record<Action, string>> = {
  rerun: "Runs again",
  mayRerun: "May run again",
  continue: "Goes on",
  new: "New",
};

/**
 * The first line is a marker, by which the comment is found again. What would be longer than `limit` characters is
 * cut between two jobs, and says so.
 */
export function toMarkdown(review: Review, limit = Infinity): string {
  const stack = stackOf(review);
  const head = [
    `<!-- pulumi-dataexchange review${stack === undefined ? "" : ` of ${stack.replace(/[^\w./-]/g, "_")}`} -->`,
    `### AWS Data Exchange${stack === undefined ? "" : `, ${code(stack)}`}: ${headlineOf(review)}`,
    ...errorsOf(review),
    ...(review.queues.length > 0 ? [bullets(review.queues.map(({ phrase }) => phrase))] : []),
  ];
  const blocks = actions.flatMap((action) =>
    section(
      headings[action],
      review.rows.running.filter((job) => job.action === action),
      running,
    ),
  );
  const still = section("Runs nothing", review.rows.still, quiet);
  const later = section<Later & { jobs?: number }>("Decided later", review.later, decidedLater);
  const others = othersLine(review);
  return cut(head, [...blocks, ...later, ...still], others === undefined ? [] : [others], limit);
}

/** A name of any length and of any characters, as one line. */
const stackOf = (review: Review): string | undefined => {
  const told = stackName(review);
  return told === undefined ? undefined : sentence([told]);
};

const errorsOf = (review: Review): string[] =>
  review.errors.length > 0
    ? ["**The preview failed**, so jobs may be missing here.", bullets(errorLines(review))]
    : [];

interface Block {
  readonly text: string;
  /** How many jobs it tells of; none in a heading. */
  readonly jobs: number;
}

function section<Job extends { readonly jobs?: number }>(
  heading: string,
  jobs: readonly Job[],
  tell: (job: Job) => string,
): Block[] {
  if (jobs.length === 0) return [];
  return [
    { text: `#### ${heading}`, jobs: 0 },
    ...jobs.map((job) => ({ text: tell(job), jobs: job.jobs ?? 1 })),
  ];
}

function running(job: RunningJob): string {
  const causes = job.reasons.map(({ phrase }) => markdown(phrase)).join("; ");
  return [
    `- ${subject(job)} ${markdown(job.does)}`,
    `  - Why: ${causes}`,
    ...job.cautions.map(({ phrase }) => `  - **Look out:** ${markdown(phrase)}`),
  ].join("\n");
}

const quiet = (job: StillJob): string => `- ${subject(job)} ${markdown(job.phrase)}`;

const decidedLater = ({ urn, message }: Later): string =>
  `- **${markdown([name(urn.name)])}** (${markdown([name(urn.type)])}): ${markdown([name(message)])}`;

const subject = ({ urn, component, jobs }: NamedJob): string =>
  `**${markdown([name(urn.name)])}**${jobs === undefined ? "" : ` (${count(jobs, "job")})`}${component ? ` of ${markdown(say`${name(component.name)} (${name(component.type)})`)}` : ""}`;

/** Blocks while there is room for them and for what comes at the end. */
function cut(
  head: readonly string[],
  blocks: readonly Block[],
  foot: readonly string[],
  limit: number,
): string {
  const left = (number: number) =>
    `*${count(number, "more job")}: not shown here, because a comment may not be longer.*`;
  const all = jobsIn(blocks);
  const whole = write(head, blocks, foot);
  if (whole.length <= limit) return whole;
  const reserve = write([], [], [left(all), ...foot]).length + write(head, [], []).length;
  let [room, shown] = [limit - reserve, 0];
  while (shown < blocks.length && (room -= blocks[shown]!.text.length + 2) >= 0) shown++;
  const kept = blocks.slice(0, shown);
  if (kept.at(-1)?.jobs === 0) kept.pop();
  const missing = all - jobsIn(kept);
  return write(head, kept, [left(missing), ...foot]).slice(0, limit);
}

const jobsIn = (blocks: readonly Block[]): number => blocks.reduce((sum, { jobs }) => sum + jobs, 0);

/** Jobs of a section are one list. */
function write(head: readonly string[], blocks: readonly Block[], foot: readonly string[]): string {
  const body = blocks
    .map(({ text, jobs }, index) => `${jobs > 0 && blocks[index - 1]?.jobs ? "\n" : "\n\n"}${text}`)
    .join("");
  return `${head.join("\n\n")}${body}${foot.map((line) => `\n\n${line}`).join("")}\n`;
}

const bullets = (phrases: readonly Phrase[]): string =>
  phrases.map((phrase) => `- ${markdown(phrase)}`).join("\n");

const markdown = (phrase: Phrase): string => phrase.map(part).join("");

const part = (told: Part): string => (typeof told === "string" ? told : code(told.name));

/**
 * In a code span nothing is markup, a mention or a reference, whoever has thought up the name. It is a line of not too many
 * characters, as `name` makes it.
 */
function code(text: string): string {
  const fence = "`".repeat(1 + Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length)));
  const padding = /^`|`$|^ .* $/.test(text) || text === "" ? " " : "";
  return `${fence}${padding}${text}${padding}${fence}`;
}
