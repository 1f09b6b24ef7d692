/** What to look out for when a job runs. */
import type { JobType } from "../service-model/job-type";
import { cautionsOfImports } from "./duplicate-assets";
import type { Known } from "./preview-index";
import type { Phrase } from "./rich-text";
import { name, names, say } from "./rich-text";
import type { State, Step } from "./parse-preview";
import type { Values } from "./preview-values";
import { detailsOf, itemsOf, nameItem } from "./describe-job";

export interface Caution {
  readonly kind: "doubles" | "leftovers" | "deletes" | "overwrites" | "revision" | "credential";
  readonly phrase: Phrase;
  /** All assets that it is about, of which the phrase names ten; missing where they cannot be known. */
  readonly assets?: readonly string[];
}

export function cautionsOf(step: Step, jobType: JobType, known: Known): Caution[] {
  return [
    ...cautionsOfImports(step, jobType, known),
    ...secondExport(step, jobType),
    ...known.around(step).flatMap((other) => changedPlace(other, jobType, known)),
    ...credential(jobType),
  ];
}

/** Objects that both runs write: S3 keeps the last, unless the bucket has versions. */
function secondExport({ op, old, new: declared }: Step, jobType: JobType): Caution[] {
  const { items } = jobType.sentence;
  // A job of another type has done something else before.
  if (op !== "replace" || !old || !declared || old.outputs.type !== jobType.type) return [];
  if (items?.destination === undefined || old.outputs.state !== "COMPLETED") return [];
  const to = (values: Values) =>
    itemsOf(jobType, detailsOf(jobType, values)).map((item) => writtenTo(item, jobType));
  const before = new Set(to(old.outputs).map(({ key }) => key));
  const after = to(declared.inputs);
  const again = after.filter(({ key }) => before.has(key));
  if (again.length === 0) {
    // A preview tells of what it hides no more than that it may be the same.
    const isShown =
      after.length > 0 && !after.some(({ shown }) => /\(not known yet\)|\[secret\]/.test(shown));
    const phrase = say`it may overwrite what its last run wrote: the preview does not show where it writes to`;
    return isShown ? [] : [{ kind: "overwrites", phrase }];
  }
  return [
    {
      kind: "overwrites",
      phrase: say`it overwrites what its last run wrote: ${names([...new Set(again.map(({ shown }) => shown))])}`,
    },
  ];
}

function writtenTo(item: unknown, jobType: JobType): { key: string; shown: string } {
  const items = jobType.sentence.items!;
  const call = (template: string) => nameItem(template, items, jobType, item);
  const shown = call(items.destination!) || call(items.name);
  // A key made of what is another for each revision or asset meets only itself.
  const own = /\$\{(Revision\.|Asset\.Id)/.test(shown) ? call(items.identity ?? items.name) : "";
  return { key: `${shown} ${own}`, shown };
}

/** What becomes of the data set and the revision that a job works on. */
function changedPlace(step: Step, { createsAssets }: JobType, known: Known): Caution[] {
  const told = (phrase: Phrase): Caution[] => [{ kind: "revision", phrase }];
  const { op, urn, old, new: declared } = step;
  const kind = /:(DataSet|Revision)(?:Assets)?$/.exec(urn.type)?.[1];
  const what = kind === "DataSet" ? "data set" : "revision";
  if (kind && op === "delete") return told(say`${what} ${name(urn.name)} is deleted`);
  if (kind && op === "replace") {
    const rest = old?.retainOnDelete ? "the old one stays as it is" : "what is in the old one goes with it";
    return told(say`${what} ${name(urn.name)} is replaced, and ${rest}`);
  }
  const isFinalization = urn.type.endsWith(":RevisionFinalization");
  const revision = name(known.sourcesOf(declared, "revisionId")[0]?.name ?? urn.name);
  if (isFinalization && op === "delete")
    return told(say`revision ${revision} is opened again, unless it is published`);
  // A finalization says of the revision what other resources say of themselves.
  const wasFinal = isFinalization ? ["same", "update"].includes(op) : finalized(old) === true;
  const isFinal = isFinalization || finalized(declared) === true;
  if (!isFinal) return [];
  if (!wasFinal) {
    return told(
      say`revision ${revision} is finalized in this run: its assets go to subscribers and can no longer be changed`,
    );
  }
  return createsAssets ? told(say`revision ${revision} is finalized: nothing can be imported into it`) : [];
}

/** An input where it can be one, and what was seen of it otherwise. */
const finalized = (state: State | undefined): unknown => state?.inputs.finalized ?? state?.outputs.finalized;

/** What the service answers, where no body goes to it, opens something for whoever has it. */
function credential({ response, upload }: JobType): Caution[] {
  const secrets = Object.entries(response).filter(([, member]) => member.secret);
  if (upload || secrets.length === 0) return [];
  return [
    {
      kind: "credential",
      phrase: say`its result is a credential: the output ${names(secrets.map(([output]) => output))} opens the asset to whoever has it`,
    },
  ];
}
