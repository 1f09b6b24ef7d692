/** An index of the resources of a preview: its jobs, and their relations to other resources. */
import { isFailed } from "../service-model/job";
import { mergeAlike, partsOf } from "./merge-jobs";
import type { Preview, State, Step } from "./parse-preview";
import type { Urn } from "./preview-values";
import { parseUrn, stackType } from "./preview-values";
import { identityOf, isJob, isProvider, isSet } from "./resource-types";
import { formerSteps, stepsOfSet } from "./set-steps";
import { withUnknownSettings } from "./unknown-settings";

/** Operations of the program's own steps, without those of a refresh and the parts of a replacement. */
const operations = ["replace", "create", "update", "delete", "import", "same"];

export class PreviewIndex {
  private readonly steps = new Map<string, Step>();
  private readonly byId = new Map<string, Step[]>();
  private readonly dependents = new Map<string, Step[]>();
  private readonly jobsByUrn = new Map<string, Step>();
  private readonly declaredJobs = new Map<string, Step>();
  private readonly leftoversByUrn = new Map<string, Step[]>();
  private readonly deletedIds: ReadonlySet<string | undefined>;

  /** The resources that are jobs or sets of jobs. */
  readonly resources: readonly Step[];
  /** All jobs, also those of sets. */
  readonly jobs: readonly Step[];
  /** Jobs that were replaced earlier, and that are still in state because their deletion is pending. */
  readonly leftovers: readonly Step[];
  /** Whether the preview was written with `--show-replacement-steps`, without which it shows no pending deletions. */
  readonly showsReplaced: boolean;

  constructor({ steps }: Preview) {
    // A refresh comes before the program, and its steps are updates; the program's step replaces them here.
    for (const step of withReasons(withImports(steps)))
      if (operations.includes(step.op)) this.steps.set(step.urn.text, step);
    for (const step of this.steps.values()) {
      for (const id of idsOf(step)) push(this.byId, id, step);
      for (const urn of step.new?.dependencies ?? []) push(this.dependents, urn, step);
    }
    this.showsReplaced = steps.some(({ op }) => ["create-replacement", "delete-replaced"].includes(op));
    this.resources = [...this.steps.values()]
      .filter(({ urn }) => isJob(urn) || isSet(urn))
      .map((step) => withUnknownSettings(step, this.providerOf(step)));
    this.jobs = this.resources.flatMap(jobSteps);
    for (const job of this.jobs) {
      this.jobsByUrn.set(job.urn.text, job);
      if (job.new) this.declaredJobs.set(identityOf(job.urn), job);
    }

    const deleted = steps.filter(
      ({ op, urn, old }) => op === "delete-replaced" && old && (isJob(urn) || isSet(urn)),
    );
    this.deletedIds = new Set(deleted.flatMap(jobSteps).map(({ old }) => old?.id));
    // Compared by id, because the state has a renamed job under its old name.
    const replacedIds = new Set(
      this.resources.filter(({ op }) => ["replace", "import"].includes(op)).map(({ old }) => old?.id),
    );
    const earlier = deleted.filter(({ old }) => !replacedIds.has(old?.id));
    const sets = [...this.resources, ...earlier].filter(({ urn }) => isSet(urn));
    this.leftovers = [...earlier.flatMap(jobSteps), ...sets.flatMap(formerSteps)];
    for (const step of this.leftovers) push(this.leftoversByUrn, identityOf(step.urn), step);
  }

  /** The explicit provider of a resource. A preview does not show default providers. */
  providerOf(step: Step): Step | undefined {
    return this.steps.get((step.new ?? step.old)?.provider ?? "");
  }

  /** The job in the program whose earlier job the step deletes. */
  currentOf({ urn }: Step): Step | undefined {
    return this.declaredJobs.get(identityOf(urn));
  }

  leftoversOf(job: Step): readonly Step[] {
    return mergeAlike(partsOf(job).flatMap(({ urn }) => this.leftoversByUrn.get(identityOf(urn)) ?? []));
  }

  /** Whether the job was deleted before its replacement, and creating the replacement failed. */
  isAlreadyDeleted({ op, old }: Step): boolean {
    const isPending = op === "replace" && old?.pendingReplacement === true;
    return isPending && this.showsReplaced && !this.deletedIds.has(old.id);
  }

  /** Whether the provider deletes the assets of the last run, which failed, before it runs the job again. */
  isCleanedUp({ op, old }: Step): boolean {
    return op === "replace" && isFailed(old?.outputs.state);
  }

  /** The resources that a property takes its value from. */
  sourcesOf(job: State | undefined, property: string): Urn[] {
    return (job?.propertyDependencies[property] ?? []).flatMap((urn) => parseUrn(urn) ?? []);
  }

  stepOf({ text }: Urn): Step | undefined {
    return this.jobsByUrn.get(text) ?? this.steps.get(text);
  }

  /** Resources of AWS Data Exchange that the job depends on or names by id, and those that depend on it. */
  relatedSteps(job: Step): Step[] {
    const found = [
      ...this.sourcesOf(job.new, "details").flatMap((urn) => this.stepOf(urn) ?? []),
      ...idsIn(job.new?.inputs.details).flatMap((id) => this.byId.get(id) ?? []),
      ...(this.dependents.get((job.set ?? job).urn.text) ?? []),
    ];
    return [...new Set(found)].filter(({ urn }) => isOfDataExchange(urn));
  }

  /** The name of the data set or revision with this id; if the id is unknown, of the only one the job depends on. */
  nameOf(kind: ContainerKind, id: unknown, job: State | undefined): string | undefined {
    const withId = typeof id === "string" ? (this.byId.get(id) ?? []) : [];
    const found = withId.map(({ urn }) => urn).filter((urn) => isContainer(urn, kind));
    const sources = this.containersOf(job, kind);
    return found.length === 1 ? found[0]!.name : sources.length === 1 ? sources[0]!.name : undefined;
  }

  /** Whether the only data set or revision that the job depends on is created or replaced. */
  isNewContainer(kind: ContainerKind, job: State): boolean {
    const sources = this.containersOf(job, kind);
    return sources.length === 1 && ["create", "replace"].includes(this.stepOf(sources[0]!)?.op ?? "");
  }

  private containersOf(job: State | undefined, kind: ContainerKind): Urn[] {
    return this.sourcesOf(job, "details").filter((urn) => isContainer(urn, kind));
  }

  /** The revision or data set of these details, if this run deletes it with all its assets. */
  removedContainer(details: unknown): Urn | undefined {
    const removed = idsIn(details)
      .flatMap((id) => this.byId.get(id) ?? [])
      .filter(({ op, old }) => ["delete", "replace"].includes(op) && !old?.retainOnDelete)
      .map(({ urn }) => urn);
    return (["Revision", "RevisionAssets", "DataSet"] as const).flatMap((kind) =>
      removed.filter((urn) => isContainer(urn, kind)),
    )[0];
  }

  /** The component that declares a job. */
  componentOf(state: State | undefined): Urn | undefined {
    const parent = parseUrn(state?.parent);
    return parent && parent.type !== stackType ? parent : undefined;
  }
}

/** A job that is imported takes the place of the former one without a run. An update of it follows in some previews. */
function withImports(steps: readonly Step[]): Step[] {
  const [replacing, imported] = [new Set<string>(), new Set<string>()];
  return steps.flatMap((step) => {
    const { op, urn } = step;
    if (op === "import-replacement") replacing.add(urn.text);
    if (op === "import" || (op === "replace" && replacing.delete(urn.text))) {
      imported.add(urn.text);
      return [{ ...step, op: "import" }];
    }
    return ["same", "update"].includes(op) && imported.has(urn.text) ? [] : [step];
  });
}

/**
 * The engine replaces a resource together with one that it deletes first. It then names the reasons in the step that creates
 * the replacement only.
 */
function withReasons(steps: readonly Step[]): Step[] {
  const creations = steps.filter(({ op }) => op === "create-replacement");
  const reasons = new Map(creations.map(({ urn, replaceReasons }) => [urn.text, replaceReasons]));
  return steps.map((step) => {
    const isSilent = step.op === "replace" && step.replaceReasons.length === 0;
    return isSilent ? { ...step, replaceReasons: reasons.get(step.urn.text) ?? [] } : step;
  });
}

function push(to: Map<string, Step[]>, key: string, step: Step): void {
  const steps = to.get(key);
  if (steps) steps.push(step);
  else to.set(key, [step]);
}

const jobSteps = (step: Step): Step[] => (isSet(step.urn) ? stepsOfSet(step) : [step]);

/** Of any provider, such as `aws:dataexchange/revision:Revision`, `aws-native:dataexchange:…`. */
const isOfDataExchange = (urn: Urn): boolean =>
  /dataexchange/i.test(urn.type) && ![isJob, isSet, isProvider].some((is) => is(urn));

type ContainerKind = "DataSet" | "Revision" | "RevisionAssets";

const isContainer = (urn: Urn, kind: ContainerKind): boolean =>
  isOfDataExchange(urn) && urn.type.endsWith(`:${kind}`);

/** The id in state may combine several ids. Then an output has the service's id. */
const idsOf = ({ old, urn }: Step): string[] =>
  old && isOfDataExchange(urn)
    ? [...new Set([old.id, old.outputs.id, old.outputs.revisionId])].filter((id) => typeof id === "string")
    : [];

function idsIn(details: unknown, name = ""): string[] {
  if (typeof details === "string") return /^(dataSetId|revisionId)$/.test(name) ? [details] : [];
  if (typeof details !== "object" || details === null) return [];
  return Object.entries(details).flatMap(([member, value]) => idsIn(value, member));
}
