/** What surrounds one cell: a service of its own, a place in it, and a stack. */
import type { JobArgs } from "../../../index";
import type { JobSnapshot } from "../../../emulator";
import type { TestService } from "../../harness/service";
import type { Proxy } from "../frame/proxy";
import type { Planted } from "./empty";

/** One `up` or `refresh`: what stopped it, if anything did. */
export interface Run {
  readonly error?: string;
}

/** A stack of at most one Job; on the real engine or on its host alone. */
export interface Stack {
  up(args: JobArgs | undefined): Promise<Run>;
  refresh(): Promise<Run>;
  job(): Promise<{ id: string; outputs: Record<string, unknown> } | undefined>;
  isEmpty(): Promise<boolean>;
  /** Whether another `up` would do anything. */
  changes(args: JobArgs): Promise<boolean>;
  /** As after a crash that kept the engine from writing anything down. */
  loseState(): Promise<void>;
}

export interface Place {
  readonly dataSetId: string;
  readonly revisionId: string;
}

export interface Stage {
  readonly service: TestService;
  readonly stack: Stack;
  readonly place: Place;
  /** The way to the service, where it can be changed. */
  readonly proxy?: Proxy;
  /** What a life has to know of its own preparations. */
  readonly known: Record<string, string>;
}

/** Plants the fault, and from then on it strikes. */
export type Plant = () => Planted;

/** The jobs that the stack has made, whatever became of them; a test's own are of other types. */
export const jobsOf = ({ service, place }: Pick<Stage, "service" | "place">, type: string): JobSnapshot[] =>
  service.local
    .jobs()
    .filter(
      (job) =>
        job.type === type &&
        Object.values(job.details).some(({ dataSetId }) => dataSetId === place.dataSetId),
    );
