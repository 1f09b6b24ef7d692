/** Jobs of one set that have the same in store, as one job that does what all of them do. */
import { findJobType } from "../service-model/job-types";
import type { State, Step } from "./parse-preview";
import type { Values } from "./preview-values";
import { canonical, isAbsent, isObject } from "./preview-values";
import { detailsOf } from "./describe-job";

/** The jobs that a step stands for. */
export const partsOf = (step: Step): readonly Step[] => step.parts ?? [step];

/** One step for each lot of jobs that can be told of as one. */
export function mergedAlike(steps: readonly Step[]): readonly Step[] {
  if (steps.length < 2) return steps;
  return [...groupedBy(steps, lotOf).values()].map((lot) => (lot.length > 1 ? merged(lot) : lot[0]!));
}

/** What has to be the same, so that one sentence is true of all. */
export const lotOf = ({ op, set, old, new: declared, isUnsure }: Step): string => {
  const { type, state, onDelete, __pending, __incomplete, __shared, __lostTriggers } = old?.outputs ?? {};
  const fate = [type, state, onDelete, __pending, __incomplete, __shared, __lostTriggers];
  const places = [old?.outputs, declared?.inputs].map(placeOf);
  return canonical([op, set?.urn.text, isUnsure, fate, declared?.inputs.type, places]);
};

function placeOf(values: Values | undefined): unknown {
  const jobType = findJobType(values?.type);
  if (!jobType) return undefined;
  const { dataSetId, revisionId } = detailsOf(jobType, values);
  return [dataSetId, revisionId];
}

export function groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

export function merged(steps: readonly Step[]): Step {
  const [first] = steps as [Step];
  const [old, declared] = [statesOf(steps, "old"), statesOf(steps, "new")];
  const urn = first.set ? { ...first.urn, text: first.set.urn.text, name: first.set.urn.name } : first.urn;
  return {
    ...first,
    urn,
    ...(old && { old }),
    ...(declared && { new: declared }),
    replaceReasons: [...new Set(steps.flatMap(({ replaceReasons }) => replaceReasons))],
    parts: steps.flatMap(partsOf),
  };
}

function statesOf(steps: readonly Step[], which: "old" | "new"): State | undefined {
  const states = steps.flatMap((step) => step[which] ?? []);
  const [first] = states;
  if (!first) return undefined;
  const of = (values: "inputs" | "outputs") => mergedValues(states.map((state) => state[values]));
  return { ...first, inputs: of("inputs"), outputs: of("outputs") };
}

/** What each job has of its own, although another may have the same. */
const own = ["details", "assets", "errors"];
/** How many levels of a member hold others by name. */
const levels: Readonly<Record<string, number>> = { details: 2, triggers: 1 };

const mergedValues = (all: readonly Values[]): Values =>
  byMember(all, (values, member) => mergedValue(values, own.includes(member), levels[member] ?? 0));

function byMember(
  all: readonly Values[],
  merge: (values: readonly unknown[], member: string) => unknown,
): Values {
  const held = new Map<string, unknown[]>();
  for (const values of all) {
    for (const [member, value] of Object.entries(values)) {
      const others = held.get(member);
      if (others) others.push(value);
      else held.set(member, [value]);
    }
  }
  return Object.fromEntries(
    [...held].map(([member, values]) => {
      const there = values.filter((value) => !isAbsent(value));
      return [member, merge(there, member)];
    }),
  );
}

function mergedValue(values: readonly unknown[], isOwn: boolean, level: number): unknown {
  const isList = values.length > 0 && values.every(Array.isArray);
  if (isList && isOwn) return values.flat();
  const [first, ...others] = new Map(values.map((value) => [canonical(value), value])).values();
  if (others.length === 0) return first;
  if (isList) return values.flat();
  return level > 0 && values.every(isObject)
    ? byMember(values, (held) => mergedValue(held, isOwn, level - 1))
    : values;
}
