/** A review for programs. Members are added and not renamed; `version` is raised if a member changes its meaning. */
import { describeEffect } from "../describe-job";
import { describeReason } from "../describe-reason";
import { describeWarning } from "../describe-warning";
import type { NamedJob, Review } from "../review";
import { toPlainText } from "../rich-text";
import { describeQueue, headlineOf } from "../summary";

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
      does: toPlainText(job.does),
      reasons: job.reasons.map((reason) => ({
        kind: reason.kind,
        property: reason.property,
        text: toPlainText(describeReason(reason)),
      })),
      warnings: job.warnings.map((warning) => ({
        kind: warning.kind,
        ...("cause" in warning && { cause: warning.cause }),
        ...("assets" in warning && { assets: warning.assets }),
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
