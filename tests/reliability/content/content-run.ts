/**
 * One stack through random steps. After each `up` that goes well, the bytes of every asset that the state names are those
 * that the program declares, and the revisions hold each exactly once, and nothing else.
 *
 * One thing may be left, because nothing says whose it is: the assets of a job that a crash kept from the state, when the
 * program that is brought up next does not declare its resource any more. The record of the job belongs to the resource's
 * name; when that is declared again, they go. What else a crash leaves is found by the next `up`.
 */
import type { JobSnapshot } from "../../../emulator";
import type { RevisionIds, TestService } from "../../harness/service";
import { Random } from "../suite";
import type { Program, JobSpec } from "./program";
import { allKeys, bytesOf, programChanges, expectedBytes, firstProgram, revisionCount } from "./program";

export interface Crash {
  /** The call of the run at which its host is killed, before or after its effect. */
  readonly call?: { readonly nth: number; readonly side: "before" | "after" };
  /** How many resources the engine has made when it is killed before it has written the last one down. */
  readonly made?: number;
}

export interface ContentStackRun {
  readonly error?: string;
}

export interface JobInState {
  readonly id: string;
  readonly assets: readonly { readonly id: string; readonly name: string }[];
}

/** The stack under test: on host processes or on the real engine. */
export interface ContentStack {
  up(declared: Program, options: { replace?: string; crash?: Crash }): Promise<ContentStackRun>;
  refresh(): Promise<ContentStackRun>;
  /** The resources in state by their names; those that wait for their deletion are not among them. */
  jobsInState(): Promise<ReadonlyMap<string, JobInState>>;
}

export interface ContentResult {
  readonly seed: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
  readonly log: readonly string[];
}

/** More failed runs in a row than this break a promise. */
const maxFailures = 3;

export async function createRevisions(service: TestService): Promise<RevisionIds[]> {
  const dataSetId = await service.createDataSet();
  const places: RevisionIds[] = [];
  while (places.length < revisionCount)
    places.push({ dataSetId, revisionId: await service.createRevision(dataSetId) });
  await service.createBucket("source", Object.fromEntries(allKeys.map((key) => [key, bytesOf(key, 1)])));
  return places;
}

export class ContentRun {
  private readonly random: Random;
  private readonly log: string[] = [];
  private readonly broken: string[] = [];
  private readonly counts: Record<string, number> = {};
  private declared: Program;
  /** Names of assets that may be left, by revision: each as often as it may. */
  private left: string[] = [];
  /** Jobs that a crash has kept from the state, by the name of their resource. */
  private readonly cutOff = new Map<string, JobSnapshot[]>();

  constructor(
    private readonly seed: string,
    private readonly service: TestService,
    private readonly places: readonly RevisionIds[],
    private readonly stack: ContentStack,
  ) {
    this.random = new Random(seed);
    this.declared = firstProgram(this.random);
  }

  async live(steps: number): Promise<ContentResult> {
    await this.bringUp({});
    for (let step = 1; step <= steps && this.broken.length === 0; step++) await this.step();
    const { seed, counts, broken, log } = this;
    return { seed, counts, broken, log };
  }

  private note(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    this.log.push(what);
  }

  private async step(): Promise<void> {
    const { random } = this;
    if (random.oneIn(6)) {
      this.note("refresh");
      const { error } = await this.stack.refresh();
      if (error !== undefined) this.broken.push(`a refresh failed: ${error}`);
    }
    if (random.oneIn(12)) {
      this.note("destroy");
      const kept = this.declared;
      await this.change({ ...kept, specs: [] });
      await this.bringUp({});
      await this.change(kept);
    }
    for (let times = 1 + random.below(2); times > 0; times--) {
      const name = random.of(Object.keys(programChanges));
      this.note(name);
      await this.change(programChanges[name]!(this.declared, random));
    }
    const { specs } = this.declared;
    const replace = specs.length > 0 && random.oneIn(6) ? random.of(specs).name : undefined;
    const crash = random.oneIn(2) ? this.someCrash() : undefined;
    await this.bringUp({ replace, crash });
  }

  private someCrash(): Crash {
    const { random } = this;
    if (random.oneIn(4)) return { made: 1 + random.below(2) };
    return { call: { nth: 1 + random.below(30), side: random.of(["before", "after"] as const) } };
  }

  /** Another program from now on, and the objects that it reads. */
  private async change(to: Program): Promise<void> {
    for (const key of allKeys) {
      const version = to.objects[key];
      if (version === this.declared.objects[key]) continue;
      if (version === undefined) await this.service.deleteObject("source", key);
      else await this.service.putObject("source", key, bytesOf(key, version));
    }
    this.declared = to;
    this.log.push(JSON.stringify(to));
  }

  private get lacksObject(): boolean {
    const { specs, objects } = this.declared;
    return specs.some(
      ({ kind, keys }) => kind === "import" && keys.some((key) => objects[key] === undefined),
    );
  }

  /** Repeats `up` until it succeeds; adds missing objects after a failure. */
  private async bringUp({ replace, crash }: { replace?: string; crash?: Crash }): Promise<void> {
    if (replace !== undefined) this.note("--replace");
    if (crash) {
      this.note(crash.call ? "host killed" : "engine killed");
      await this.crash(crash, replace);
      // Now and then the program is another one by the time of the next run.
      if (this.random.oneIn(3)) {
        const name = this.random.of(Object.keys(programChanges));
        this.note(`then: ${name}`);
        await this.change(programChanges[name]!(this.declared, this.random));
      }
      this.forgetUndeclared();
    }
    for (let failures = 0; ; failures++) {
      const { error } = await this.stack.up(this.declared, crash ? {} : { replace });
      this.log.push(`up: ${error ?? "ok"}`);
      if (error === undefined) break;
      if (this.lacksObject) {
        this.note("an object is missing in a run");
        const objects = Object.fromEntries(allKeys.map((key) => [key, this.declared.objects[key] ?? 1]));
        await this.change({ ...this.declared, objects });
        continue;
      }
      if (failures === maxFailures) return void this.broken.push(`${failures + 1} runs failed: ${error}`);
    }
    this.note("up that went well");
    this.cutOff.clear();
    await this.check();
  }

  private async crash(crash: Crash, replace: string | undefined): Promise<void> {
    const before = new Set(this.service.local.jobs().map(({ id }) => id));
    const { specs } = this.declared;
    const { error } = await this.stack.up(this.declared, { replace, crash });
    this.log.push(`crash ${JSON.stringify(crash)}: ${error ?? "came too late"}`);
    const inState = new Set([...(await this.stack.jobsInState()).values()].map(({ id }) => id));
    for (const job of this.service.local.jobs()) {
      if (before.has(job.id) || inState.has(job.id)) continue;
      const spec = specs.find((one) => isOf(job, one, this.places));
      if (spec) this.cutOff.set(spec.name, [...(this.cutOff.get(spec.name) ?? []), job]);
    }
  }

  /** The record of an interrupted job belongs to its resource, and is not read without the resource. */
  private forgetUndeclared(): void {
    const names = new Set(this.declared.specs.map(({ name }) => name));
    for (const [name, jobs] of this.cutOff) {
      if (names.has(name)) continue;
      this.note("left behind by a crash and a rename");
      for (const job of jobs) this.left.push(...namesOf(job));
    }
  }

  private async check(): Promise<void> {
    const { specs, objects } = this.declared;
    const state = await this.stack.jobsInState();
    for (const [revision, place] of this.places.entries()) {
      const wanted = new Map<string, string>();
      for (const spec of specs.filter((one) => one.revision === revision)) {
        const declared = expectedBytes(spec, objects);
        const named = state.get(spec.name)?.assets ?? [];
        const names = named.map(({ name }) => name).sort();
        const expected = [...declared.keys()].sort();
        if (names.join() !== expected.join())
          this.broken.push(`${spec.name} names the assets ${names.join()}, not ${expected.join()}`);
        for (const { id, name } of named) {
          wanted.set(id, name);
          const bytes = await this.service.readAsset(place, id).catch((error: Error) => error.message);
          if (bytes !== declared.get(name))
            this.broken.push(`${name} of ${spec.name} is “${bytes}”, not “${declared.get(name)}”`);
        }
      }
      const extra = minus(await this.service.listAssetNames(place), [...wanted.values()]);
      for (const name of minus(extra, this.left))
        this.broken.push(`revision ${revision} holds ${name} once more`);
    }
  }
}

/** `all` without one occurrence of each of `others`. */
function minus(all: readonly string[], others: readonly string[]): string[] {
  const rest = [...all];
  for (const other of others) {
    const index = rest.indexOf(other);
    if (index >= 0) rest.splice(index, 1);
  }
  return rest;
}

const detailsOf = ({ details }: JobSnapshot): Readonly<Record<string, unknown>> => Object.values(details)[0]!;

const namesOf = (job: JobSnapshot): string[] => {
  const { assetName, assetSources } = detailsOf(job) as {
    assetName?: string;
    assetSources?: { key: string }[];
  };
  return assetName === undefined ? (assetSources ?? []).map(({ key }) => key) : [assetName];
};

const isOf = (job: JobSnapshot, { revision, keys, kind }: JobSpec, places: readonly RevisionIds[]): boolean =>
  detailsOf(job).revisionId === places[revision]!.revisionId &&
  job.type === (kind === "import" ? "IMPORT_ASSETS_FROM_S3" : "IMPORT_ASSET_FROM_SIGNED_URL") &&
  [...keys].sort().join() === namesOf(job).sort().join();
