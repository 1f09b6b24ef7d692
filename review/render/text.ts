/** A review for a terminal or a log. */
import { errorLines, headlineOf, othersLine, stackName } from "../summary";
import { count, name, say, sentence } from "../rich-text";
import type { NamedJob, Review, RunningJob } from "../review";

export function toText(review: Review): string {
  const { queues, rows, later } = review;
  const stack = stackName(review);
  const others = othersLine(review);
  return [
    sentence(say`${stack}${stack && ": "}${headlineOf(review)}`),
    ...errorLines(review).map((line) => `  error: ${sentence(line)}`),
    ...queues.map(({ phrase }) => `  ${sentence(phrase)}`),
    ...rows.running.flatMap(lines),
    ...later.map(
      ({ urn, message }) => `\n${sentence(say`${name(urn.name)} (${name(urn.type)}): ${name(message)}`)}`,
    ),
    ...rows.still.map((job) => `\n${subject(job)} ${sentence(job.phrase)}`),
    ...(others === undefined ? [] : [`\n${others}`]),
    "",
  ].join("\n");
}

const lines = (job: RunningJob): string[] => [
  `\n${subject(job)} ${sentence(job.does)}`,
  `  why: ${job.reasons.map(({ phrase }) => sentence(phrase)).join("; ")}`,
  ...job.cautions.map(({ phrase }) => `  look out: ${sentence(phrase)}`),
];

/** Names as they are told everywhere else: a terminal obeys what somebody may have put into one. */
const subject = ({ urn, component, jobs }: NamedJob): string =>
  sentence(
    say`${name(urn.name)}${jobs && ` (${count(jobs, "job")})`}${component && say` of ${name(component.name)} (${name(component.type)})`}`,
  );
