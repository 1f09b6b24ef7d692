/** A review for a terminal or a log. Names are cleaned by `code`, because a terminal obeys control characters. */
import { describeEffect } from "../describe-job";
import { describeReason } from "../describe-reason";
import { describeWarning } from "../describe-warning";
import type { NamedJob, Review, RunningJob } from "../review";
import type { RichText } from "../rich-text";
import { code, count, join, text, toPlainText } from "../rich-text";
import { describeQueue, errorLines, headlineOf, othersLine, stackName } from "../summary";

export function toText(review: Review): string {
  const { queues, rows, deferred } = review;
  const stack = stackName(review);
  const others = othersLine(review);
  const lines: RichText[] = [
    text`${stack}${stack && ": "}${headlineOf(review)}`,
    ...errorLines(review).map((line) => text`  error: ${line}`),
    ...queues.map((queue) => text`  ${describeQueue(queue)}`),
    ...rows.running.flatMap(linesOf),
    ...deferred.map(({ urn, message }) => text`\n${code(urn.name)} (${code(urn.type)}): ${code(message)}`),
    ...rows.idle.map((job) => text`\n${subjectOf(job)} ${describeEffect(job.effect)}`),
    ...(others === undefined ? [] : [text`\n${others}`]),
  ];
  return lines.map((line) => `${toPlainText(line)}\n`).join("");
}

const linesOf = (job: RunningJob): RichText[] => [
  text`\n${subjectOf(job)} ${job.does}`,
  text`  why: ${join(job.reasons.map(describeReason), "; ")}`,
  ...job.warnings.map((warning) => text`  warning: ${describeWarning(warning)}`),
];

const subjectOf = ({ urn, component, jobs }: NamedJob): RichText =>
  text`${code(urn.name)}${jobs && ` (${count(jobs, "job")})`}${component && text` of ${code(component.name)} (${code(component.type)})`}`;
