/** Assets of the same name live side by side in a revision, and what made them is all that tells them apart. */
import { isFailed } from "../service-model/job";
import type { JobType } from "../service-model/job-type";
import { findJobType } from "../service-model/job-types";
import type { Caution } from "./warnings";
import type { Known } from "./preview-index";
import { isLeft } from "./preview-index";
import { isTakenAway, leftBy, namesIn } from "./left";
import type { Making } from "./made-assets";
import { makings } from "./made-assets";
import { marksIn } from "./marks";
import type { Phrase } from "./rich-text";
import { count, name, names, say } from "./rich-text";
import type { State, Step } from "./parse-preview";
import { isHidden, isSecret, shortened } from "./preview-values";
import { detailsOf } from "./describe-job";

export const cautionsOfImports = (step: Step, jobType: JobType, known: Known): Caution[] => [
  ...(step.op === "replace" ? secondImport(step, jobType, known) : []),
  ...earlierImports(step, jobType, known),
  ...(jobType.createsAssets ? doublesOfOthers(step, jobType, known) : []),
];

/** What the run in state made, beside what the new one makes. It may have been of another type. */
function secondImport(step: Step, jobType: JobType, known: Known): Caution[] {
  const { old, new: declared } = step;
  if (!old || !declared) return [];
  const { state } = old.outputs;
  const where = placeOf(old, declared, jobType, known);
  if (state === "IN_PROGRESS" && where) {
    const phrase = say`its last run was left in ${name(state)} and cannot be stopped: what it makes may be there twice`;
    return [{ kind: "doubles", phrase }];
  }
  const left = leftBy(old);
  if (left?.length === 0) return [];
  if (known.isCleanedUp(step) || isTakenAway(old)) {
    if (known.isDeletedAlready(step) && !isFailed(state)) return [];
    return [deletion(left, "its last run", !known.isCleanedUp(step) && step)];
  }
  return where ? besideTheOld(left, "its last run", where, remedyOf(old, declared), declared, jobType) : [];
}

/** What the run in state was to count for: who deletes a job reads its settings there. */
function remedyOf(old: State, declared: State): Phrase {
  if (old.outputs.__shared === true)
    return say`they belong to the job of another process, and are not deleted with this one`;
  if (old.outputs.onDelete === "deleteAssets") return say`${name("retainOnDelete")} keeps the old ones`;
  return declared.inputs.onDelete === "deleteAssets"
    ? say`${name("onDelete")} changes in the same run, where it does not count yet: apply it before this, in a run that does not replace the job`
    : say`${name('onDelete: "deleteAssets"')}, applied before this in a run that does not replace the job, has the old ones deleted`;
}

/** What runs before that one made, whose resources wait in state for their deletion. */
function earlierImports(step: Step, jobType: JobType, known: Known): Caution[] {
  const { old, new: declared } = step;
  if (!declared) return [];
  const shown = known.leftoversOf(step).flatMap((leftover): Caution[] => {
    const earlier = leftover.old!;
    const left = leftBy(earlier);
    if (left?.length === 0) return [];
    if (isTakenAway(earlier)) return [deletion(left, "an earlier run", step)];
    const where = placeOf(earlier, declared, jobType, known);
    const remedy = say`what is there is of an earlier run, whose deletion leaves it: delete it by hand before`;
    return where ? besideTheOld(left, "an earlier run", where, remedy, declared, jobType) : [];
  });
  const hasFailed = old !== undefined && (isFailed(old.outputs.state) || isLeft(old));
  const isRunning = step.op === "replace" && old?.outputs.state === "IN_PROGRESS";
  if (!hasFailed || isRunning || known.showsReplaced || step.set || !placeOf(old, declared, jobType, known))
    return shown;
  const phrase = say`what a run before its last one made may be in the revision twice: only ${name("pulumi preview --show-replacement-steps")} shows whether there is one in state`;
  return [...shown, { kind: "doubles", phrase }];
}

/** `after`: the job that has to complete before, where one has to. */
function deletion(left: readonly string[] | undefined, run: string, after: Step | false): Caution {
  const isSet = after && after.set?.op === "update";
  const phrase = say`${left ? count(left.length, "asset") : "the assets"} of ${run} ${left?.length === 1 ? "is" : "are"} deleted${isSet && " once all jobs of the set have completed"}, unless the revision is finalized`;
  return { kind: "deletes", ...(left && { assets: left }), phrase };
}

/** The revision that both runs import into, as the beginning of a sentence; nothing where it is another one. */
function placeOf(old: State, declared: State, jobType: JobType, known: Known): Phrase | undefined {
  const oldType = findJobType(old.outputs.type);
  if (!oldType?.createsAssets || !jobType.createsAssets) return undefined;
  const [before, after] = [detailsOf(oldType, old.outputs), detailsOf(jobType, declared.inputs)];
  const isOpen = isHidden(after.revisionId) || isSecret(before.revisionId);
  if (isOpen) {
    return known.isMadeAnew("Revision", declared) ? undefined : say`unless the revision is another one, `;
  }
  return before.revisionId === after.revisionId
    ? say`revision ${name(shortened(String(after.revisionId)))} is the same, so `
    : undefined;
}

function besideTheOld(
  left: readonly string[] | undefined,
  run: string,
  where: Phrase,
  remedy: Phrase,
  declared: State,
  jobType: JobType,
): Caution[] {
  const wanted = namesIn(declared.inputs, jobType);
  if (!left || !wanted)
    return [{ kind: "doubles", phrase: say`${where}assets may be in it twice; ${remedy}` }];
  const all = new Set(wanted);
  const [again, rest] = [left.filter((each) => all.has(each)), left.filter((each) => !all.has(each))];
  const found: Caution[] = [];
  if (again.length > 0) {
    const phrase = say`${where}${count(again.length, "asset")} will be in it twice: ${names(again)}; ${remedy}`;
    found.push({ kind: "doubles", phrase, assets: again });
  }
  if (rest.length > 0) {
    const phrase = say`${where}${count(rest.length, "asset")} of ${run} ${rest.length === 1 ? "stays" : "stay"} in it beside the new: ${names(rest)}${again.length === 0 && say`; ${remedy}`}`;
    found.push({ kind: "leftovers", phrase, assets: rest });
  }
  return found;
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
    // Another name in the set is another job, and there are no aliases of it.
    const remedy = [...doubled.values()].some(({ set }) => !set) && "; an alias keeps a renamed job as it is";
    const phrases: Record<Making, Phrase> = {
      going: say`${assets} of ${jobs}, which ${isAlone ? "is" : "are"} deleted, ${isOne ? "stays" : "stay"} in ${revision} and will be in it twice: ${twice}${remedy}`,
      staying: say`${assets} of ${jobs} ${isOne ? "is" : "are"} in ${revision} already and will be in it twice: ${twice}`,
      coming: say`${jobs} ${isAlone ? "makes" : "make"} ${assets} of the same name in ${revision}, too: ${twice}`,
    };
    return [{ kind: "doubles", phrase: phrases[making], assets: [...doubled.keys()] }];
  });
  return [...others, ...namedTwice(marksIn(inputs, jobType))];
}

function namedTwice(marks: readonly unknown[]): Caution[] {
  const shown = marks.filter((mark): mark is string => typeof mark === "string" && !isHidden(mark));
  const seen = new Set<string>();
  const twice = new Set(shown.filter((mark) => seen.has(mark) || !seen.add(mark)));
  if (twice.size === 0) return [];
  return [
    {
      kind: "doubles",
      assets: [...twice],
      phrase: say`it names ${count(twice.size, "asset")} more than once, and makes ${twice.size === 1 ? "it" : "them"} as often: ${names([...twice])}`,
    },
  ];
}
