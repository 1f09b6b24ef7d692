/** Parts of a review that several formats share. */
import type { Queue } from "./queues";
import type { Action, IdleJob, Review } from "./review";
import type { RichText, Span } from "./rich-text";
import { code, concat, count, text } from "./rich-text";

/** The verbs of the headline. Only its first part has a noun. */
const verbs: readonly (readonly [
  Action | IdleJob["action"],
  singular: string,
  plural: string,
  adjective?: string,
])[] = [
  ["new", "will run", "will run", "new "],
  ["rerun", "runs again", "run again"],
  ["possibleRerun", "may run again", "may run again"],
  ["resume", "is resumed", "are resumed"],
  ["delete", "is deleted", "are deleted"],
  ["cancel", "is cancelled", "are cancelled"],
  ["update", "is updated in place", "are updated in place"],
  ["import", "is imported", "are imported"],
];

export const stackName = ({ project, stack }: Review): Span | undefined =>
  project === undefined ? undefined : code(`${project}/${stack}`);

/** The review in one line. */
export function headlineOf(review: Review): string {
  const { running, idle, errors, deferred } = review;
  const actions = [...running, ...idle].map(({ action }) => action);
  const parts = verbs
    .map(([action, singular, plural, adjective = ""]) => {
      const number = actions.filter((each) => each === action).length;
      return { number, adjective, verb: number === 1 ? singular : plural };
    })
    .filter(({ number }) => number > 0)
    .map(({ number, adjective, verb }, index) =>
      index === 0
        ? `${count(number, `${adjective}job`)} ${verb}`
        : `${number.toLocaleString("en-US")} ${verb}`,
    );
  if (errors.length > 0)
    return parts.length > 0
      ? `the preview failed; up to the failure, ${parts.join(", ")}`
      : "the preview failed before the first job";
  const components = new Set(deferred.map(({ urn }) => urn.text)).size;
  return [
    ...(parts.length > 0 ? parts : [`no Data Exchange jobs are affected${components > 0 ? " so far" : ""}`]),
    ...unaffected(review, parts.length > 0),
    ...(components > 0
      ? [`${count(components, "component")} ${components === 1 ? "decides" : "decide"} more later`]
      : []),
  ].join(", ");
}

/** Without `--show-sames` a preview does not show which of the unchanged resources are jobs. */
function unaffected({ unaffected: jobs, others }: Review, isAnyAffected: boolean): string[] {
  const number = jobs ?? (isAnyAffected ? (others.same ?? 0) : 0);
  const subject = jobs === undefined ? count(number, "other resource") : number.toLocaleString("en-US");
  return number > 0 ? [`${subject} ${number === 1 ? "stays" : "stay"}`] : [];
}

/** Further errors are only counted, because a user corrects these first and previews again. */
const maxErrors = 10;

export function errorLines({ errors }: Review): RichText[] {
  const rest = errors.length - maxErrors;
  const lines = errors
    .slice(0, maxErrors)
    .map(({ resource, message }) =>
      concat(resource !== undefined && text`${code(resource)}: `, code(message)),
    );
  return [...lines, ...(rest > 0 ? [text`and ${rest} more`] : [])];
}

export function describeQueue({ jobs, type, region, quota, waves }: Queue): RichText {
  return concat(
    text`${count(jobs, "job")} of type ${code(type)}`,
    region !== undefined && text` in ${code(region)}`,
    text`: ${quota} may be in progress at once, so they run in ${waves} waves`,
  );
}

const operations: Readonly<Record<string, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  import: "imported",
  read: "read",
  same: "unchanged",
};

/** The number of the other resources by operation. */
export function othersLine({ others, unaffected }: Review): string | undefined {
  const parts = Object.entries(operations)
    .filter(([operation]) => others[operation] !== undefined)
    .map(([operation, word]) => {
      const withJobs = operation === "same" && unaffected === undefined ? ", jobs included" : "";
      return `${others[operation]!.toLocaleString("en-US")} ${word}${withJobs}`;
    });
  return parts.length > 0 ? `Other resources: ${parts.join(", ")}.` : undefined;
}
