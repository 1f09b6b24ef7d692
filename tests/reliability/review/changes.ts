/** Random changes of a program, as people make them. */
import type { FaultRule } from "../../../emulator";
import type { Random } from "./random";
import type { Spec } from "./program";
import { inSet, isInSet, kinds } from "./program";

/** The last of them is not in the bucket: a job that imports it fails in part. */
export const keys = ["a.csv", "b.csv", "c.csv", "missing.csv"];
export const revisions = 3;
const mostJobs = 7;

function newName(random: Random): string {
  const name = `job-${random.next()}`;
  return random.oneIn(3) ? inSet(name) : name;
}

function newSpec(random: Random): Spec {
  const kind = random.of(kinds);
  return {
    name: newName(random),
    kind,
    revision: random.below(revisions),
    keys: someKeys(random),
    trigger: 0,
    onDelete: random.of([undefined, "retain", "deleteAssets", "deleteAssets"] as const),
    options: {
      ...(random.oneIn(6) && { deleteBeforeReplace: true }),
      ...(random.oneIn(8) && { retainOnDelete: true }),
      ...(random.oneIn(6) && { replacementTrigger: 0 }),
    },
  };
}

function someKeys(random: Random): string[] {
  const some = keys.slice(0, 3).filter(() => random.oneIn(2));
  if (random.oneIn(40)) some.push("missing.csv");
  if (random.oneIn(15)) some.push("a.csv");
  return some.length > 0 ? some : [random.of(keys.slice(0, 3))];
}

export const firstProgram = (random: Random): Spec[] =>
  Array.from({ length: 3 + random.below(3) }, () => newSpec(random));

type Change = (spec: Spec, random: Random) => Spec | undefined;

const changes: readonly Change[] = [
  (spec, random) => ({ ...spec, keys: someKeys(random) }),
  (spec) => ({ ...spec, trigger: spec.trigger + 1 }),
  // Changed and changed back: the same work is asked for anew.
  (spec) => ({ ...spec, trigger: 0 }),
  (spec, random) => ({ ...spec, name: newName(random), alias: undefined }),
  (spec, random) => renamed(spec, newName(random)),
  (spec, random) => ({ ...spec, revision: random.below(revisions) }),
  (spec, random) => ({ ...spec, onDelete: random.of(["retain", "deleteAssets"] as const) }),
  (spec, random) => ({ ...spec, kind: random.of(kinds) }),
  ({ options, ...spec }) => ({
    ...spec,
    options: { ...options, replacementTrigger: Number(options.replacementTrigger ?? 0) + 1 },
  }),
  ({ options, ...spec }) => ({
    ...spec,
    options: { ...options, deleteBeforeReplace: options.deleteBeforeReplace !== true },
  }),
  () => undefined,
];

/** A job of a set is known by its name alone. */
const renamed = (spec: Spec, name: string): Spec => ({
  ...spec,
  name,
  alias: isInSet(spec.name) || isInSet(name) ? undefined : spec.name,
});

/** Some of the jobs change, now and then one comes, and a job may wait for another. */
export function changed(specs: readonly Spec[], random: Random): Spec[] {
  const after = specs.flatMap((spec) => {
    // What a name was before has been said once.
    const settled = { ...spec, alias: undefined };
    if (!random.oneIn(2)) return [settled];
    return random.of(changes)(settled, random) ?? [];
  });
  if (after.length < mostJobs && random.oneIn(2)) after.push(newSpec(random));
  const names = new Set<string>();
  return after.map((spec) => {
    const others = [...names];
    // What a set waits for must not wait for the set.
    if (!isInSet(spec.name)) names.add(spec.name);
    const isBound = others.length > 0 && random.oneIn(5);
    const kept = spec.after !== undefined && others.includes(spec.after) ? spec.after : undefined;
    return { ...spec, after: isBound ? random.of(others) : kept };
  });
}

/** What goes wrong in the next run: mostly nothing. */
export function trouble(random: Random): FaultRule | undefined {
  const rules: readonly (FaultRule | undefined)[] = [
    { operation: "RunJob", error: "INTERNAL_SERVER_EXCEPTION" },
    { operation: "ListRevisionAssets", error: 403 },
    { operation: "CreateJob", error: 403 },
    { operation: "DeleteAsset", error: 403 },
  ];
  return random.oneIn(3) ? random.of(rules) : undefined;
}
