/** A program of several imports and uploads, as data, and the objects that they read. */
import type { JobArgs } from "../../../index";
import { importArgs, uploadArgs } from "../../harness/programs";
import type { RevisionIds } from "../../harness/service";
import type { Random } from "../suite";

export interface JobSpec {
  readonly name: string;
  readonly kind: "import" | "upload";
  readonly revision: number;
  /** The imported keys, or the name of the uploaded asset. */
  readonly keys: readonly string[];
  /** Version of the uploaded text. */
  readonly body: number;
  readonly deleteBeforeReplace: boolean;
}

/** Version of each object's bytes; undefined if the object is missing. */
export type Objects = Readonly<Record<string, number | undefined>>;

export interface Program {
  readonly specs: readonly JobSpec[];
  readonly objects: Objects;
}

export const revisionCount = 2;
export const allKeys = ["a.csv", "b.csv", "c.csv", "d.csv"];
const maxJobs = 4;

export const bytesOf = (key: string, version: number | undefined): string => `${key} ${version ?? "missing"}`;
const bodyOf = ({ keys, body }: JobSpec): string => `upload of ${keys[0]} ${body}`;

/** The bytes that the program declares for an asset of the job. */
export const expectedBytes = (spec: JobSpec, key: string, objects: Objects): string =>
  spec.kind === "upload" ? bodyOf(spec) : bytesOf(key, objects[key]);

export function argsOf(spec: JobSpec, objects: Objects, revisions: readonly RevisionIds[]): JobArgs {
  const revision = revisions[spec.revision]!;
  const common = { onDelete: "deleteAssets", timeouts: { request: "20s", queue: "20s" } } as const;
  if (spec.kind === "upload") return uploadArgs(revision, spec.keys[0]!, bodyOf(spec), common);
  // A program would declare the objects' ETags.
  const triggers = spec.keys.map((key) => `${key} ${objects[key] ?? 0}`);
  return importArgs(revision, [...spec.keys], { triggers, ...common });
}

export const firstProgram = (random: Random): Program => {
  const objects = Object.fromEntries(allKeys.map((key) => [key, 1]));
  const specs: JobSpec[] = [];
  while (specs.length < 2) specs.push(...added(specs, random));
  return { specs, objects };
};

/** Keys of a revision that no job has: two jobs of one program never make the same asset in one revision. */
const freeKeys = (specs: readonly JobSpec[], revision: number): string[] =>
  allKeys.filter((key) => !specs.some((spec) => spec.revision === revision && spec.keys.includes(key)));

function added(specs: readonly JobSpec[], random: Random): JobSpec[] {
  const revision = random.below(revisionCount);
  const free = freeKeys(specs, revision);
  if (free.length === 0 || specs.length >= maxJobs) return [];
  const kind = random.isOneIn(3) ? "upload" : "import";
  const keys = kind === "upload" ? [random.of(free)] : random.someOf(free);
  return [{ name: newName(random), kind, revision, keys, body: 1, deleteBeforeReplace: random.isOneIn(5) }];
}

const newName = (random: Random): string => `job-${random.next()}`;

type Change = (declared: Program, random: Random) => Program;

const withOne =
  (change: (spec: JobSpec, others: readonly JobSpec[], random: Random) => readonly JobSpec[]): Change =>
  ({ specs, objects }, random) => {
    if (specs.length === 0) return { specs, objects };
    const one = random.of(specs);
    const others = specs.filter((spec) => spec !== one);
    const changed = change(one, others, random);
    return { specs: specs.flatMap((spec) => (spec === one ? changed : [spec])), objects };
  };

const withObject =
  (change: (version: number | undefined) => number | undefined): Change =>
  ({ specs, objects }, random) => {
    const key = random.of(allKeys);
    return { specs, objects: { ...objects, [key]: change(objects[key]) } };
  };

/** Changes of a program and of the objects that it imports. */
export const programChanges: Readonly<Record<string, Change>> = {
  "an object is rewritten": withObject((version) => (version ?? 0) + 1),
  "an object is reverted": withObject(() => 1),
  "an object is missing": withObject(() => undefined),
  "a body changes": withOne((spec) => [{ ...spec, body: spec.body + 1 }]),
  "a body is reverted": withOne((spec) => [{ ...spec, body: 1 }]),
  "keys change": withOne((spec, others, random) =>
    spec.kind === "upload" ? [spec] : [{ ...spec, keys: random.someOf(freeKeys(others, spec.revision)) }],
  ),
  "a job is renamed": withOne((spec, _, random) => [{ ...spec, name: newName(random) }]),
  "a job is removed": withOne(() => []),
  "a job is added": ({ specs, objects }, random) => ({ specs: [...specs, ...added(specs, random)], objects }),
  "deleteBeforeReplace changes": withOne((spec) => [
    { ...spec, deleteBeforeReplace: !spec.deleteBeforeReplace },
  ]),
  "nothing changes": (declared) => declared,
};
