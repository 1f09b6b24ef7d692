/** A review in one line. */
import type { Part, Phrase } from "./rich-text";
import { count, name, say } from "./rich-text";
import type { Action, Review, StillJob } from "./review";

/** What is told of the jobs of an action: the first of them names the noun. */
const told: readonly (readonly [Action | StillJob["action"], one: string, many: string, before?: string])[] =
  [
    ["new", "will run", "will run", "new "],
    ["rerun", "runs again", "run again"],
    ["mayRerun", "may run again", "may run again"],
    ["continue", "goes on", "go on"],
    ["delete", "is deleted", "are deleted"],
    ["cancel", "is cancelled", "are cancelled"],
    ["update", "is updated in place", "are updated in place"],
  ];

export const stackName = ({ project, stack }: Review): Part | undefined =>
  project === undefined ? undefined : name(`${project}/${stack}`);

export function headlineOf(review: Review): string {
  const { running, still, errors, later } = review;
  const actions = [...running, ...still].map(({ action }) => action);
  const parts = told.flatMap(([action, one, many, before = ""]) => {
    const number = actions.filter((own) => own === action).length;
    return number > 0 ? [{ number, before, verb: number === 1 ? one : many }] : [];
  });
  const texts = parts.map(({ number, before, verb }, index) =>
    index === 0 ? `${count(number, `${before}job`)} ${verb}` : `${number.toLocaleString("en-US")} ${verb}`,
  );
  if (errors.length > 0) {
    return texts.length > 0
      ? `the preview failed; as far as it came, ${texts.join(", ")}`
      : "the preview failed before it came to a job";
  }
  const components = new Set(later.map(({ urn }) => urn.text)).size;
  return [
    ...(texts.length > 0 ? texts : [`no Data Exchange jobs are affected${components > 0 ? " so far" : ""}`]),
    ...staying(review, texts.length > 0),
    ...(components > 0
      ? [`${count(components, "component")} ${components === 1 ? "decides" : "decide"} more later`]
      : []),
  ].join(", ");
}

/** Without `--show-sames` a preview does not say which of the resources that stay are jobs. */
function staying({ staying: jobs, others }: Review, isAnyAffected: boolean): string[] {
  const number = jobs ?? (isAnyAffected ? (others.same ?? 0) : 0);
  const what = jobs === undefined ? count(number, "other resource") : number.toLocaleString("en-US");
  return number > 0 ? [`${what} ${number === 1 ? "stays" : "stay"}`] : [];
}

/** So many errors are told; whoever corrects them runs the preview again. */
const mostErrors = 10;

/** What the preview itself reports as wrong. */
export function errorLines({ errors }: Review): Phrase[] {
  const rest = errors.length - mostErrors;
  const lines = errors
    .slice(0, mostErrors)
    .map(
      ({ resource, message }) => say`${resource !== undefined && say`${name(resource)}: `}${name(message)}`,
    );
  return [...lines, ...(rest > 0 ? [say`and ${rest} more`] : [])];
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

/** The other resources, counted. */
export function othersLine({ others, staying }: Review): string | undefined {
  const parts = Object.entries(operations)
    .filter(([operation]) => others[operation] !== undefined)
    .map(([operation, word]) => {
      const jobsToo = operation === "same" && staying === undefined ? ", jobs included" : "";
      return `${others[operation]!.toLocaleString("en-US")} ${word}${jobsToo}`;
    });
  return parts.length > 0 ? `Other resources: ${parts.join(", ")}.` : undefined;
}
