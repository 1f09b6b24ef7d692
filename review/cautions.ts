/** What to look out for when a job runs. */
import type { JobType } from "../provider/model/job-type";
import type { Known } from "./known";
import type { Making } from "./made";
import { makings, marksOf } from "./made";
import type { Phrase } from "./phrase";
import { count, name, names, say } from "./phrase";
import type { State, Step } from "./preview";
import type { Values } from "./values";
import { isHidden, isSecret, listOf, membersOf, shortened } from "./values";
import { detailsOf, itemsOf, nameItem } from "./words";

export interface Caution {
  readonly kind: "doubles" | "leftovers" | "deletes" | "overwrites" | "revision" | "credential";
  readonly phrase: Phrase;
}

interface Rerun {
  readonly old: State;
  readonly declared: State;
  readonly jobType: JobType;
  readonly known: Known;
}

export function cautionsOf(step: Step, jobType: JobType, known: Known): Caution[] {
  const { op, old, new: declared } = step;
  // A job of another type has done something else before.
  const isSecond = op === "replace" && old && declared && old.outputs.type === jobType.type;
  const second = jobType.makes ? secondImport : secondExport;
  return [
    ...(isSecond ? second({ old, declared, jobType, known }) : []),
    ...(jobType.makes ? doublesOfOthers(step, jobType, known) : []),
    ...known.around(step).flatMap((other) => changedPlace(other, jobType, known)),
    ...credential(jobType),
  ];
}

/** Assets of the same name live side by side in a revision, and what made them is all that tells them apart. */
function secondImport({ old, declared, jobType, known }: Rerun): Caution[] {
  const [before, after] = [detailsOf(jobType, old.outputs), detailsOf(jobType, declared.inputs)];
  const { assets, state } = old.outputs;
  const isOpen = isHidden(after.revisionId) || isSecret(before.revisionId);
  const isElsewhere = isOpen
    ? known.isMadeAnew("Revision", declared)
    : before.revisionId !== after.revisionId;
  if (state === "IN_PROGRESS" && !isElsewhere) {
    const phrase = say`its last run was left in ${name(state)} and cannot be stopped: what it makes may be there twice`;
    return [{ kind: "doubles", phrase }];
  }
  const made = isSecret(assets) ? undefined : listOf(assets).map((asset) => String(membersOf(asset).name));
  if (made?.length === 0) return [];
  // What the last run left in state is what the provider reads when it deletes.
  const isDeleted = old.outputs.onDelete === "deleteAssets";
  if (isDeleted && !old.retainOnDelete) {
    const number = made ? count(made.length, "asset") : "the assets";
    const phrase = say`${number} of its last run ${made?.length === 1 ? "is" : "are"} deleted, unless the revision is finalized`;
    return [{ kind: "deletes", phrase }];
  }
  if (isElsewhere) return [];
  const where = isOpen
    ? "unless the revision is another one, "
    : say`revision ${name(shortened(String(after.revisionId)))} is the same, so `;
  const remedy = isDeleted
    ? say`${name("retainOnDelete")} keeps the old ones`
    : declared.inputs.onDelete === "deleteAssets"
      ? say`${name("onDelete")} changes in the same run, where it does not count yet: apply that alone before`
      : say`${name('onDelete: "deleteAssets"')}, applied before this, has the old ones deleted`;
  const again = made && importedAgain(made, declared.inputs, jobType);
  if (!again) return [{ kind: "doubles", phrase: say`${where}assets may be in it twice; ${remedy}` }];
  const left = made.filter((asset) => !again.includes(asset));
  return [
    ...(again.length > 0
      ? [
          {
            kind: "doubles",
            phrase: say`${where}${count(again.length, "asset")} will be in it twice: ${names(again)}; ${remedy}`,
          } as const,
        ]
      : []),
    ...(left.length > 0
      ? [
          {
            kind: "leftovers",
            phrase: say`${where}${count(left.length, "asset")} of its last run ${left.length === 1 ? "stays" : "stay"} in it beside the new: ${names(left)}${again.length === 0 && say`; ${remedy}`}`,
          } as const,
        ]
      : []),
  ];
}

/** Names among the old assets that the new run gives again; nothing where that is not to be told. */
function importedAgain(made: readonly string[], after: Values, jobType: JobType): string[] | undefined {
  const marks = marksOf(jobType, after);
  // Only a mark that is the asset's name can be compared with names.
  if (jobType.makes!.mark.join(".") !== "name" || marks.some((mark) => typeof mark !== "string"))
    return undefined;
  if (marks.some(isHidden)) return undefined;
  const wanted = new Set(marks);
  return made.filter((asset) => wanted.has(asset));
}

/** A job that is renamed without an alias is, to the engine, one that goes and one that is new. */
function doublesOfOthers(step: Step, jobType: JobType, known: Known): Caution[] {
  const inputs = step.new?.inputs ?? {};
  const revision = say`revision ${name(shortened(String(detailsOf(jobType, inputs).revisionId)))}`;
  const others = makings.flatMap((making): Caution[] => {
    const doubled = known.made.besides(step, jobType, making);
    if (doubled.size === 0) return [];
    const makers = [...new Set([...doubled.values()].map(({ urn }) => urn.name))];
    const [isOne, isAlone] = [doubled.size === 1, makers.length === 1];
    const jobs = say`${isAlone ? "job" : "jobs"} ${names(makers)}`;
    const assets = count(doubled.size, "asset");
    const twice = names([...doubled.keys()]);
    const phrases: Record<Making, Phrase> = {
      going: say`${assets} of ${jobs}, which ${isAlone ? "is" : "are"} deleted, ${isOne ? "stays" : "stay"} in ${revision} and will be in it twice, unless taken over: ${twice}; an alias keeps a renamed job as it is`,
      staying: say`${assets} of ${jobs} ${isOne ? "is" : "are"} in ${revision} already and will be in it twice: ${twice}`,
      coming: say`${jobs} ${isAlone ? "makes" : "make"} ${assets} of the same name in ${revision}, too: ${twice}`,
    };
    return [{ kind: "doubles", phrase: phrases[making] }];
  });
  return [...others, ...namedTwice(marksOf(jobType, inputs))];
}

function namedTwice(marks: readonly unknown[]): Caution[] {
  const shown = marks.filter((mark): mark is string => typeof mark === "string" && !isHidden(mark));
  const seen = new Set<string>();
  const twice = new Set(shown.filter((mark) => seen.has(mark) || !seen.add(mark)));
  if (twice.size === 0) return [];
  return [
    {
      kind: "doubles",
      phrase: say`it names ${count(twice.size, "asset")} more than once, and makes ${twice.size === 1 ? "it" : "them"} as often: ${names([...twice])}`,
    },
  ];
}

/** Objects that both runs write: S3 keeps the last, unless the bucket has versions. */
function secondExport({ old, declared, jobType }: Rerun): Caution[] {
  const { items } = jobType.words;
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
  const items = jobType.words.items!;
  const call = (template: string) => nameItem(template, items, jobType, item);
  const shown = call(items.destination!) || call(items.name);
  // A key made of what is another for each revision or asset meets only itself.
  const own = /\$\{(Revision\.|Asset\.Id)/.test(shown) ? call(items.identity ?? items.name) : "";
  return { key: `${shown} ${own}`, shown };
}

/** What becomes of the data set and the revision that a job works on. */
function changedPlace(step: Step, { makes }: JobType, known: Known): Caution[] {
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
  return makes ? told(say`revision ${revision} is finalized: nothing can be imported into it`) : [];
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
