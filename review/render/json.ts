/** A review for programs. Members are added and never renamed; `version` is raised when one changes its meaning. */
import { headlineOf } from "../summary";
import type { Phrase } from "../rich-text";
import { sentence } from "../rich-text";
import type { NamedJob, Review } from "../review";

export function toJson(review: Review): string {
  const { project, stack, errors, running, later, still, staying, queues, others } = review;
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
      does: sentence(job.does),
      reasons: job.reasons.map(({ kind, property, phrase }) => ({ kind, property, text: sentence(phrase) })),
      cautions: job.cautions.map(withText),
    })),
    later: later.map(({ urn, message }) => ({
      urn: urn.text,
      name: urn.name,
      type: urn.type,
      text: message,
    })),
    unaffected: staying,
    changed: still.map((job) => ({ ...identity(job), action: job.action, text: sentence(job.phrase) })),
    queues: queues.map(({ phrase, ...queue }) => ({ ...queue, text: sentence(phrase) })),
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

const withText = ({ kind, phrase }: { kind: string; phrase: Phrase }) => ({ kind, text: sentence(phrase) });
