/** What the other resources of a preview tell about a job: who makes what it needs, and what becomes of that. */
import { isFailed, isUnfinished } from "../service-model/job";
import { jobSetToken, jobToken } from "../provider/state-contract";
import { Made } from "./made-assets";
import { mergedAlike, partsOf } from "./merge";
import type { Preview, State, Step } from "./parse-preview";
import { formerSteps, stepsOfSet } from "./sets";
import type { Urn } from "./urn";
import { readUrn, stackType } from "./urn";

/** What the program comes to; the steps of a refresh and the parts of a replacement are not among these. */
const operations = ["replace", "create", "update", "delete", "import", "same"];

export class Known {
  private readonly steps = new Map<string, Step>();
  private readonly byId = new Map<string, Step[]>();

  /** The resources that are jobs or sets of jobs. */
  readonly resources: readonly Step[];
  /** All jobs, those of sets included. */
  readonly jobs: readonly Step[];
  /** Whether the preview was made with `--show-replacement-steps`; only then it shows what waits for its deletion. */
  readonly showsReplaced: boolean;
  /** Jobs that an earlier replacement left in state for their deletion. */
  readonly leftovers: readonly Step[];

  constructor({ steps }: Preview) {
    // A refresh comes before the program, and shows what it found as an update.
    for (const step of steps) if (operations.includes(step.op)) this.steps.set(step.urn.text, step);
    for (const step of this.steps.values()) for (const id of idsOf(step)) push(this.byId, id, step);
    this.showsReplaced = steps.some(({ op }) => ["create-replacement", "delete-replaced"].includes(op));
    this.resources = [...this.steps.values()].filter(({ urn }) => isJob(urn) || isSet(urn));
    this.jobs = this.resources.flatMap(jobsOf);
    for (const job of this.jobs) this.jobsByUrn.set(job.urn.text, job);
    const replaced = steps.filter(
      ({ op, urn, old }) => op === "delete-replaced" && old && (isJob(urn) || isSet(urn)),
    );
    // By their ids, because the state has a renamed job by its old name.
    const now = new Set(this.resources.filter(({ op }) => op === "replace").map(({ old }) => old?.id));
    const sets = this.resources.filter(({ urn }) => isSet(urn));
    const earlier = replaced.filter(({ old }) => !now.has(old?.id));
    this.leftovers = [
      ...earlier.flatMap(jobsOf),
      ...[...sets, ...earlier.filter(({ urn }) => isSet(urn))].flatMap(formerSteps),
    ];
    this.deletedNow = new Set(replaced.flatMap(jobsOf).map(({ old }) => old?.id));
    for (const step of this.leftovers) push(this.leftoversByUrn, step.urn.text, step);
  }

  private readonly jobsByUrn = new Map<string, Step>();
  private readonly leftoversByUrn = new Map<string, Step[]>();
  private readonly deletedNow: ReadonlySet<string | undefined>;

  leftoversOf(job: Step): readonly Step[] {
    return mergedAlike(partsOf(job).flatMap(({ urn }) => this.leftoversByUrn.get(urn.text) ?? []));
  }

  /** A job that is deleted before its replacement is made is gone already when that one was refused. */
  isDeletedAlready({ op, old }: Step): boolean {
    return (
      op === "replace" &&
      old?.pendingReplacement === true &&
      this.showsReplaced &&
      !this.deletedNow.has(old.id)
    );
  }

  /** A retry takes away what the run that failed left, whatever `onDelete` says. */
  isCleanedUp({ op, old }: Step): boolean {
    return op === "replace" && isFailed(old?.outputs.state);
  }

  /** What makes the values of `property`, among the resources that have a step in this preview or have none. */
  sourcesOf(job: State | undefined, property: string): Urn[] {
    return (job?.propertyDependencies[property] ?? []).flatMap((urn) => readUrn(urn) ?? []);
  }

  stepOf({ text }: Urn): Step | undefined {
    return this.jobsByUrn.get(text) ?? this.steps.get(text);
  }

  /** The resources of AWS Data Exchange around a job: those it takes values from, has the ids of, or is needed by. */
  around(job: Step): Step[] {
    const found = [
      ...this.sourcesOf(job.new, "details").map((urn) => this.stepOf(urn)),
      ...idsIn(job.new?.inputs.details).flatMap((id) => this.byId.get(id) ?? []),
      ...(this.needers().get((job.set ?? job).urn.text) ?? []),
    ];
    return [...new Set(found)].filter((step) => step !== undefined && isOfDataExchange(step.urn)) as Step[];
  }

  /** The name of the resource of this kind that makes what the id stands for, or that alone can be what is meant. */
  nameOf(kind: "DataSet" | "Revision", id: unknown, job: State | undefined): string | undefined {
    const having = typeof id === "string" ? (this.byId.get(id) ?? []) : [];
    const found = having.map(({ urn }) => urn).filter((urn) => isKind(urn, kind));
    const used = this.sourcesOf(job, "details").filter((urn) => isKind(urn, kind));
    return found.length === 1 ? found[0]!.name : used.length === 1 ? used[0]!.name : undefined;
  }

  /** Whether the one resource of this kind that a job takes values from becomes another. */
  isMadeAnew(kind: "DataSet" | "Revision", job: State): boolean {
    const used = this.sourcesOf(job, "details").filter((urn) => isKind(urn, kind));
    return used.length === 1 && ["create", "replace"].includes(this.stepOf(used[0]!)?.op ?? "");
  }

  /** The revision of these details, or else the data set, that goes in this run with all that is in it. */
  goingPlace(details: unknown): Urn | undefined {
    const going = idsIn(details)
      .flatMap((id) => this.byId.get(id) ?? [])
      .filter(({ op, old }) => ["delete", "replace"].includes(op) && !old?.retainOnDelete)
      .map(({ urn }) => urn);
    return ["Revision", "RevisionAssets", "DataSet"].flatMap((kind) =>
      going.filter((urn) => isKind(urn, kind)),
    )[0];
  }

  /** The component that declares a job. */
  componentOf(state: State | undefined): Urn | undefined {
    const parent = readUrn(state?.parent);
    return parent && parent.type !== stackType ? parent : undefined;
  }

  private madeByJobs?: Made;
  get made(): Made {
    return (this.madeByJobs ??= new Made(this));
  }

  private needed?: Map<string, Step[]>;
  private needers(): Map<string, Step[]> {
    if (this.needed) return this.needed;
    this.needed = new Map();
    for (const step of this.steps.values()) {
      for (const urn of step.new?.dependencies ?? []) {
        push(this.needed, urn, step);
      }
    }
    return this.needed;
  }
}

function push(to: Map<string, Step[]>, key: string, step: Step): void {
  const steps = to.get(key);
  if (steps) steps.push(step);
  else to.set(key, [step]);
}

/** The provider goes on with a job that was left before its end. */
export const isLeft = (old: State | undefined): boolean =>
  isUnfinished(old?.outputs.state) || old?.outputs.__pending === true;

export const isJob = ({ type }: Urn): boolean => type === jobToken;
export const isSet = ({ type }: Urn): boolean => type === jobSetToken;
const jobsOf = (step: Step): Step[] => (isSet(step.urn) ? stepsOfSet(step) : [step]);
/** One of this package's own. */
export const isComponent = ({ type }: Urn): boolean => type.startsWith("dataexchange:index:");
export const isStack = ({ type }: Urn): boolean => type === stackType;

/** Of whatever provider: `aws:dataexchange/revision:Revision`, `aws-native:dataexchange:…`. */
const isOfDataExchange = (urn: Urn): boolean => /dataexchange/i.test(urn.type) && !isJob(urn) && !isSet(urn);

const isKind = (urn: Urn, kind: string): boolean => isOfDataExchange(urn) && urn.type.endsWith(`:${kind}`);

/** A resource's id may be put together from several; what the service calls it is an output then. */
const idsOf = ({ old, urn }: Step): string[] =>
  old && isOfDataExchange(urn)
    ? [...new Set([old.id, old.outputs.id, old.outputs.revisionId])].filter((id) => typeof id === "string")
    : [];

const idsIn = (details: unknown): string[] => {
  const ids: string[] = [];
  const collect = (value: unknown, name = ""): void => {
    if (typeof value === "string" && /^(dataSetId|revisionId)$/.test(name)) ids.push(value);
    if (typeof value === "object" && value !== null) {
      for (const [member, held] of Object.entries(value)) collect(held, member);
    }
  };
  collect(details);
  return ids;
};
