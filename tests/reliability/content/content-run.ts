/**
 * One stack through random steps. After each `up` that succeeds, the bytes of every asset that the state names are those
 * that the program declares, and the revisions hold each exactly once, and nothing else.
 *
 * Only the assets of a job that a crash kept from the state may be left, if the next program does not declare its resource
 * any more: the record of the job belongs to the resource's name. When that is declared again, they are deleted. The next
 * `up` finds everything else that a crash leaves.
 */
import type { JobSnapshot } from "../../../emulator";
import type { RevisionIds, TestService } from "../../harness/service";
import type { StackRun } from "../faults/scenarios";
import { Guarantees, Counter, Random } from "../suite";
import type { Program, JobSpec } from "./program";
import type { ContentStack, Crash, UpOptions } from "./stacks";
import {
  allKeys,
  argsOf,
  bytesOf,
  programChanges,
  expectedBytes,
  firstProgram,
  revisionCount,
} from "./program";

export interface ContentResult {
  readonly seed: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
  readonly log: readonly string[];
}

/** A guarantee is broken if more runs than this fail in a row. */
const maxFailures = 3;

export async function runContent(
  seed: string,
  steps: number,
  service: TestService,
  stack: ContentStack,
): Promise<ContentResult> {
  const dataSetId = await service.createDataSet();
  const revisions: RevisionIds[] = [];
  while (revisions.length < revisionCount)
    revisions.push({ dataSetId, revisionId: await service.createRevision(dataSetId) });
  await service.createBucket("source", Object.fromEntries(allKeys.map((key) => [key, bytesOf(key, 1)])));
  const run = new ContentRun(new Random(seed), service, revisions, stack);
  await run.runSteps(steps);
  return { seed, counts: run.counts.all(), broken: run.guarantees.broken, log: run.log };
}

class ContentRun {
  readonly log: string[] = [];
  readonly guarantees = new Guarantees();
  readonly counts = new Counter();
  private declared: Program;
  /** Names of assets that may be left, each as often as it may. */
  private readonly left: string[] = [];
  /** Jobs that a crash kept from the state: the name of the resource and of the job's assets. */
  private jobsNotInState: (readonly [resource: string, assets: readonly string[]])[] = [];

  constructor(
    private readonly random: Random,
    private readonly service: TestService,
    private readonly revisions: readonly RevisionIds[],
    private readonly stack: ContentStack,
  ) {
    this.declared = firstProgram(random);
  }

  async runSteps(steps: number): Promise<void> {
    await this.repeatUp({});
    for (let step = 1; step <= steps && this.guarantees.broken.length === 0; step++) await this.step();
  }

  private note(what: string): void {
    this.counts.add(what);
    this.log.push(what);
  }

  private async step(): Promise<void> {
    const { random } = this;
    if (random.isOneIn(6)) {
      this.note("refresh");
      const { error } = await this.stack.refresh();
      this.guarantees.verify(error === undefined, `a refresh failed: ${error}`);
    }
    if (random.isOneIn(12)) {
      this.note("destroy");
      const kept = this.declared;
      await this.change({ ...kept, specs: [] });
      await this.repeatUp({});
      await this.change(kept);
    }
    for (let times = 1 + random.below(2); times > 0; times--) await this.changeAtRandom("");
    const { specs } = this.declared;
    const replace = specs.length > 0 && random.isOneIn(6) ? [random.of(specs).name] : [];
    const crash = random.isOneIn(2) ? this.someCrash() : undefined;
    await this.repeatUp({ replace, crash });
  }

  private someCrash(): Crash {
    const { random } = this;
    if (random.isOneIn(4)) return { killEngineAfter: 1 + random.below(2) };
    return { call: { nth: 1 + random.below(30), side: random.of(["before", "after"] as const) } };
  }

  private async changeAtRandom(prefix: string): Promise<void> {
    const name = this.random.of(Object.keys(programChanges));
    this.note(`${prefix}${name}`);
    await this.change(programChanges[name]!(this.declared, this.random));
  }

  /** Declares another program and stores the objects that it reads. */
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

  /** Repeats `up` until it succeeds; adds missing objects after a failure. */
  private async repeatUp({ replace = [], crash }: UpOptions): Promise<void> {
    if (replace.length > 0) this.note("--replace");
    if (crash) {
      this.note(crash.call ? "host killed" : "engine killed");
      await this.crash(crash, replace);
      // The program may change before the next run.
      if (this.random.isOneIn(3)) await this.changeAtRandom("then: ");
      this.forgetUndeclared();
    }
    // The first command after a crash does not know which job the state names.
    const again = !crash || this.random.isOneIn(2) ? replace : [];
    for (let failures = 0; ; failures++) {
      const { error } = await this.up({ replace: again });
      this.log.push(`up: ${error ?? "ok"}`);
      if (error === undefined) break;
      const { specs, objects } = this.declared;
      const imported = specs.flatMap(({ kind, keys }) => (kind === "import" ? keys : []));
      if (imported.some((key) => objects[key] === undefined)) {
        this.note("an object is missing in a run");
        const all = Object.fromEntries(allKeys.map((key) => [key, objects[key] ?? 1]));
        await this.change({ specs, objects: all });
        continue;
      }
      if (failures === maxFailures)
        return this.guarantees.verify(false, `${failures + 1} runs failed: ${error}`);
    }
    this.note("successful up");
    this.jobsNotInState = [];
    await this.check();
  }

  private up(options: UpOptions): Promise<StackRun> {
    const { specs, objects } = this.declared;
    const jobs = specs.map((spec) => ({ ...spec, args: argsOf(spec, objects, this.revisions) }));
    return this.stack.up(jobs, options);
  }

  private async crash(crash: Crash, replace: readonly string[]): Promise<void> {
    const before = new Set(this.service.local.jobs().map(({ id }) => id));
    const { specs } = this.declared;
    const { error } = await this.up({ replace, crash });
    this.log.push(`crash ${JSON.stringify(crash)}: ${error ?? "came too late"}`);
    const inState = new Set([...(await this.stack.jobsInState()).values()].map(({ id }) => id));
    for (const job of this.service.local.jobs()) {
      if (before.has(job.id) || inState.has(job.id)) continue;
      const spec = specs.find((one) => isOf(job, one, this.revisions));
      if (spec) this.jobsNotInState.push([spec.name, namesOf(job)]);
    }
  }

  /** The record of an interrupted job belongs to its resource, and is not read without the resource. */
  private forgetUndeclared(): void {
    const names = this.declared.specs.map(({ name }) => name);
    for (const [, assets] of this.jobsNotInState.filter(([name]) => !names.includes(name))) {
      this.note("assets left by a crash and a rename");
      this.left.push(...assets);
    }
  }

  private async check(): Promise<void> {
    const { specs, objects } = this.declared;
    const state = await this.stack.jobsInState();
    for (const [index, revision] of this.revisions.entries()) {
      const named = new Set<string>();
      for (const spec of specs.filter((one) => one.revision === index)) {
        const assets = state.get(spec.name)?.assets ?? [];
        const actual: string[] = [];
        for (const { id, name } of assets) {
          named.add(id);
          const bytes = await this.service.readAsset(revision, id).catch((error: Error) => error.message);
          actual.push(`${name}: “${bytes}”`);
        }
        const expected = spec.keys.map((key) => `${key}: “${expectedBytes(spec, key, objects)}”`);
        const [is, should] = [actual, expected].map((all) => all.sort().join(", "));
        this.guarantees.verify(is === should, `${spec.name} has the assets ${is}, not ${should}`);
      }
      const extra = (await this.service.assetsIn(revision)).filter(({ id }) => !named.has(id));
      for (const name of minus(
        extra.map((asset) => asset.name),
        this.left,
      ))
        this.guarantees.verify(false, `revision ${index} holds ${name} once more`);
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

interface ImportDetails {
  readonly revisionId: string;
  readonly assetName?: string;
  readonly assetSources?: readonly { readonly key: string }[];
}

const detailsOf = ({ details }: JobSnapshot) => Object.values(details)[0] as unknown as ImportDetails;

function namesOf(job: JobSnapshot): string[] {
  const { assetName, assetSources = [] } = detailsOf(job);
  return assetName === undefined ? assetSources.map(({ key }) => key) : [assetName];
}

const isOf = (job: JobSnapshot, { revision, keys, kind }: JobSpec, ids: readonly RevisionIds[]): boolean =>
  detailsOf(job).revisionId === ids[revision]!.revisionId &&
  job.type === (kind === "import" ? "IMPORT_ASSETS_FROM_S3" : "IMPORT_ASSET_FROM_SIGNED_URL") &&
  [...keys].sort().join() === namesOf(job).sort().join();
