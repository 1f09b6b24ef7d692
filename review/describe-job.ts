/** Sentences about the work of a job, and about the effects on a job that does not run. */
import type { JobItems, JobType } from "../service-model/job-type";
import type { AssetOutcome, Effect } from "./idle-jobs";
import { detailsOf, fillTemplate, hiddenDetails, valuesAt } from "./job-details";
import type { State } from "./parse-preview";
import type { PreviewIndex } from "./preview-index";
import type { Values } from "./preview-values";
import { isHidden, isSecret, isUnknown, shortId, showValue } from "./preview-values";
import type { RichText } from "./rich-text";
import { code, codeList, concat, count, text } from "./rich-text";

const whyHidden = (hidden: unknown): string => (isSecret(hidden) ? "secret" : "not known yet");

/** The predicate of a sentence about the job, such as "imports 2 objects of `source` into revision `november`". */
export function describeJob(jobType: JobType, state: State, index: PreviewIndex, isMany: boolean): RichText {
  const { inputs } = state;
  const hidden = hiddenDetails(jobType, inputs);
  if (hidden !== undefined) return text`${jobType.summary} (details ${whyHidden(hidden)})`;
  const details = detailsOf(jobType, inputs);
  const { predicate, predicateOfMany, items } = jobType.sentence;
  const dataSet = () => describeContainer("data set", "DataSet", details.dataSetId);
  const filled = fillTemplate((isMany && predicateOfMany) || predicate, (placeholder) => {
    if (placeholder === "items") return describeItems(items, details);
    if (placeholder === "dataSet") return dataSet();
    if (placeholder === "revision")
      return text`${describeContainer("revision", "Revision", details.revisionId)} of ${dataSet()}`;
    return describeValues(valuesAt(details, placeholder.split("."), jobType.details));
  });
  return filled.length > 0 ? filled : [jobType.summary];

  function describeContainer(noun: string, kind: "DataSet" | "Revision", id: unknown): RichText {
    const name = index.nameOf(kind, id, state);
    const isShown = typeof id === "string" && !isHidden(id);
    const shown = isShown ? code(shortId(id)) : whyHidden(id);
    if (name !== undefined) return text`${noun} ${code(name)} (${shown})`;
    return isShown ? text`${noun} ${shown}` : text`${noun} (${shown})`;
  }
}

function describeItems(items: JobItems | undefined, details: Values): RichText {
  const listed = items && details[items.member];
  if (!items || !Array.isArray(listed)) return text`${items?.plural ?? "something"} (${whyHidden(listed)})`;
  return [count(listed.length, items.singular, items.plural)];
}

function describeValues(values: readonly unknown[]): RichText | undefined {
  if (values.length === 0) return undefined;
  const known = values.filter((value) => !isUnknown(value)).map((value) => shortId(showValue(value)));
  if (known.length === values.length) return codeList(known);
  return known.length === 0 ? ["(not known yet)"] : text`${codeList(known)} and others (not known yet)`;
}

export function describeEffect(effect: Effect): RichText {
  switch (effect.kind) {
    case "updated":
      return concat(
        "is updated in place",
        effect.properties.length > 0 && text`: ${codeList(effect.properties)}`,
        "; nothing runs",
      );
    case "retained":
      return ["leaves the stack and is not changed (retainOnDelete)"];
    case "imported":
      return concat(
        typeof effect.id === "string" && !isHidden(effect.id)
          ? text`is imported: it becomes job ${code(shortId(effect.id))}, which exists`
          : "is imported",
        "; nothing runs",
        effect.assets && text`. Its former job is deleted${describeOutcome(effect.assets)}`,
      );
    case "cancelled":
      return concat(
        text`is deleted; its job, which is in state ${code(effect.state)}, is cancelled if it has not started`,
        effect.deletesAssets && ", and its assets are deleted if it has completed",
      );
    case "deleted":
      return text`is deleted${effect.assets && describeOutcome(effect.assets)}`;
    case "former-deleted":
      return concat(
        "was replaced earlier, and its former job is deleted",
        effect.assets && describeOutcome(effect.assets),
      );
  }
}

function describeOutcome({ names, outcome, container }: AssetOutcome): RichText {
  const number = names ? count(names.length, "asset") : "the assets";
  const isOne = names?.length === 1;
  switch (outcome) {
    case "deleted":
      return text` with ${number} that it created, unless the revision is finalized`;
    case "kept":
      return text`; ${number} that it created ${isOne ? "stays" : "stay"}`;
    case "deleted-with-container":
      return text`; ${number} that it created ${isOne ? "is" : "are"} deleted with ${container!.noun} ${code(container!.name)}`;
  }
}
