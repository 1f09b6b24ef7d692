/** A review for a terminal or a log. */
import { headlineOf, othersLine } from "../headline";
import { sentence } from "../phrase";
import type { NamedJob, Review, RunningJob } from "../review";

export function toText(review: Review): string {
  const { project, stack, errors, queues, running, still } = review;
  const others = othersLine(review);
  return [
    `${project === undefined ? "" : `${project}/${stack}: `}${headlineOf(review)}`,
    ...errors.map(
      ({ resource, message }) => `  error: ${resource === undefined ? "" : `${resource}: `}${message}`,
    ),
    ...queues.map(({ phrase }) => `  ${sentence(phrase)}`),
    ...running.flatMap(lines),
    ...still.map((job) => `\n${subject(job)} ${sentence(job.phrase)}`),
    ...(others === undefined ? [] : [`\n${others}`]),
    "",
  ].join("\n");
}

const lines = (job: RunningJob): string[] => [
  `\n${subject(job)} ${sentence(job.does)}`,
  `  why: ${job.reasons.map(({ phrase }) => sentence(phrase)).join("; ")}`,
  ...job.cautions.map(({ phrase }) => `  look out: ${sentence(phrase)}`),
];

const subject = ({ urn, component }: NamedJob): string =>
  component ? `${urn.name} of ${component.name} (${component.type})` : urn.name;
