/** Merges jobs of one set that share a sentence into one job with the details of all. */
import { findJobType } from "../service-model/job-types";
import { detailsOf } from "./job-details";
import type { State, Step } from "./parse-preview";
import type { Values } from "./preview-values";
import { canonical, isAbsent, isObject } from "./preview-values";

/** The jobs that a step stands for. */
export const partsOf = (step: Step): readonly Step[] => step.parts ?? [step];

/** One sentence describes all jobs with the same key. */
export const mergeKey = ({ op, set, old, new: declared, isPossible }: Step): string => {
  const { type, state, onDelete, __pending, __incomplete, __shared, __lostTriggers } = old?.outputs ?? {};
  const before = [type, state, onDelete, __pending, __incomplete, __shared, __lostTriggers];
  const revisions = [old?.outputs, declared?.inputs].map((values) => {
    const jobType = findJobType(values?.type);
    if (!jobType) return undefined;
    const { dataSetId, revisionId } = detailsOf(jobType, values);
    return [dataSetId, revisionId];
  });
  return canonical([op, set?.urn.text, isPossible, before, declared?.inputs.type, revisions]);
};

export function mergeAlike(steps: readonly Step[]): readonly Step[] {
  if (steps.length < 2) return steps;
  return [...groupBy(steps, mergeKey).values()].map((group) => (group.length > 1 ? merge(group) : group[0]!));
}

export function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

export function merge(steps: readonly Step[]): Step {
  const [first] = steps as [Step];
  const [old, declared] = [mergeStates(steps, "old"), mergeStates(steps, "new")];
  return {
    ...first,
    urn: first.set ? { ...first.urn, text: first.set.urn.text, name: first.set.urn.name } : first.urn,
    ...(old && { old }),
    ...(declared && { new: declared }),
    replaceReasons: [...new Set(steps.flatMap(({ replaceReasons }) => replaceReasons))],
    parts: steps.flatMap(partsOf),
  };
}

function mergeStates(steps: readonly Step[], which: "old" | "new"): State | undefined {
  const states = steps.flatMap((step) => step[which] ?? []);
  const [first] = states;
  if (!first) return undefined;
  const merged = (values: "inputs" | "outputs"): Values =>
    mergeMembers(
      states.map((state) => state[values]),
      (found, member) => mergeValues(found, concatenated.includes(member), nestedLevels[member] ?? 0),
    );
  return { ...first, inputs: merged("inputs"), outputs: merged("outputs") };
}

/** Members whose lists are concatenated even if they are equal, because each job has its own items. */
const concatenated = ["details", "assets", "errors"];
/** The number of levels of a member that are merged by name. */
const nestedLevels: Readonly<Record<string, number>> = { details: 2, triggers: 1 };

function mergeMembers(
  all: readonly Values[],
  mergeMember: (values: readonly unknown[], member: string) => unknown,
): Values {
  const entries = all.flatMap((values) => Object.entries(values));
  return Object.fromEntries(
    [...groupBy(entries, ([member]) => member)].map(([member, found]) => [
      member,
      mergeMember(
        found.map(([, value]) => value).filter((value) => !isAbsent(value)),
        member,
      ),
    ]),
  );
}

function mergeValues(values: readonly unknown[], isConcatenated: boolean, levels: number): unknown {
  const isList = values.length > 0 && values.every(Array.isArray);
  if (isList && isConcatenated) return values.flat();
  const [first, ...others] = new Map(values.map((value) => [canonical(value), value])).values();
  if (others.length === 0) return first;
  if (isList) return values.flat();
  return levels > 0 && values.every(isObject)
    ? mergeMembers(values, (found) => mergeValues(found, isConcatenated, levels - 1))
    : values;
}
