/** Scenarios of a job's lifecycle and their calls; together they make every call of the provider. */
import { setTimeout as sleep } from "node:timers/promises";

import type { JobSnapshot } from "../../../emulator";
import type { JobArgs } from "../../../index";
import { codesIn } from "../../../lib/message-code";
import { apiArgs, downloadArgs, importArgs } from "../../harness/programs";
import type { RevisionIds, TestService } from "../../harness/service";
import type { InterceptingProxy } from "../proxy";
import { seededSecrets } from "../../harness/secrets";
import type { AppliedFault } from "./faults";

export interface Scenario {
  readonly name: string;
  readonly assetType?: "S3_SNAPSHOT" | "API_GATEWAY_API";
  /** The calls that faults are applied to. */
  readonly calls: readonly string[];
  /** Called once for each case, so it may put what the job needs into the service. The endpoint is added. */
  args(fixture: Fixture, timeouts: JobArgs["timeouts"]): JobArgs | Promise<JobArgs>;
  /** Brings the stack into the state before the fault. */
  prepare?(fixture: Fixture, args: JobArgs): Promise<void>;
  /** The run during which the fault is applied. Default: adds the fault, then an `up`. */
  runWithFault?(fixture: Fixture, args: JobArgs, addFault: AddFault): Promise<StackRun>;
  /** The run after the fault. Default: an `up` of the same program. */
  runAfterFault?(fixture: Fixture, args: JobArgs): Promise<StackRun>;
  /** The required end. */
  readonly end: "done" | "deleted" | "cancelled";
}

const importFile = (
  { revision }: Fixture,
  timeouts: JobArgs["timeouts"],
  rest: Partial<JobArgs> = {},
): JobArgs => importArgs(revision, ["a.csv"], { timeouts, ...rest });

/** A preparation that ends otherwise than expected throws, because its case would show nothing. */
function requirePrepared(isPrepared: boolean | undefined, { error }: StackRun): void {
  if (!isPrepared) throw new Error(`The preparation failed: ${error}`);
}

async function upSuccessfully({ stack }: Fixture, args: JobArgs): Promise<void> {
  const run = await stack.up(args);
  requirePrepared(run.error === undefined, run);
}

const deletion: Pick<Scenario, "runWithFault" | "runAfterFault"> = {
  runWithFault({ stack }, _, addFault) {
    addFault();
    return stack.up(undefined);
  },
  runAfterFault: ({ stack }) => stack.up(undefined),
};

export const scenarios: readonly Scenario[] = [
  {
    name: "import",
    calls: ["ListJobs", "CreateJob", "StartJob", "ListRevisionAssets"],
    args: importFile,
    end: "done",
  },
  {
    name: "upload",
    assetType: "API_GATEWAY_API",
    calls: ["UploadBody"],
    args: ({ revision }, timeouts) =>
      apiArgs(
        revision,
        { apiName: "a.csv", apiKey: seededSecrets.apiKey, title: seededSecrets.body },
        { timeouts },
      ),
    end: "done",
  },
  {
    name: "export",
    calls: ["GetJob", "GetAsset"],
    args: async ({ service, revision }, timeouts) =>
      downloadArgs(await service.importAsset(revision, "source", "a.csv"), { timeouts }),
    end: "done",
  },
  {
    name: "wait",
    calls: ["ListJobs"],
    args: importFile,
    async runWithFault(fixture, args, addFault) {
      const { service, stack } = fixture;
      const release = service.local.pauseJobs();
      let ended = false;
      const run = stack.up(args).finally(() => (ended = true));
      try {
        while (!jobsOf(fixture, args.type).some(({ state }) => state === "IN_PROGRESS") && !ended)
          await sleep(20);
        const fault = addFault();
        const { times } = fault.rule;
        const appliedCount = () => Number(times) - Number(fault.left);
        // If listing fails, the provider polls the job with GetJob.
        const usesGetJob = () => service.countCalls().GetJob !== undefined;
        while (appliedCount() < Math.min(3, Number(times)) && !usesGetJob() && !ended) await sleep(50);
      } finally {
        release();
      }
      return run;
    },
    end: "done",
  },
  {
    // An import that an earlier run left in progress.
    name: "resume",
    calls: ["GetJob"],
    args: importFile,
    end: "done",
    async prepare({ service, stack }, args) {
      const release = service.local.pauseJobs();
      const run = await stack.up({ ...args, timeouts: { run: "1s" } });
      release();
      requirePrepared(codesIn(run.error ?? "").includes("run-timeout"), run);
    },
  },
  {
    name: "refresh",
    calls: ["GetJob", "ListRevisionAssets"],
    args: importFile,
    prepare: upSuccessfully,
    runWithFault: ({ stack }, _, addFault) => {
      addFault();
      return stack.refresh();
    },
    end: "done",
  },
  {
    // A crash kept the import from the state, so its record names it.
    name: "takeover",
    calls: ["GetJob", "ListRevisionAssets"],
    args: importFile,
    end: "done",
    async prepare(fixture, args) {
      await upSuccessfully(fixture, args);
      await fixture.stack.loseState();
    },
  },
  {
    name: "delete",
    calls: ["GetRevision", "DeleteAsset"],
    args: (fixture, timeouts) => importFile(fixture, timeouts, { onDelete: "deleteAssets" }),
    prepare: upSuccessfully,
    ...deletion,
    end: "deleted",
  },
  {
    // An import that was never started is deleted.
    name: "cancel",
    calls: ["CancelJob"],
    args: importFile,
    async prepare({ service, stack }, args) {
      const fault = service.local.faults.add({ operation: "StartJob", error: 403, times: "always" });
      const run = await stack.up(args);
      fault.remove();
      requirePrepared(run.error?.includes("StartJob"), run);
    },
    ...deletion,
    end: "cancelled",
  },
];

/** Result of an `up` or a `refresh`. */
export interface StackRun {
  readonly error?: string;
}

/** A stack of at most one Job; on the real engine or on its host alone. */
export interface SingleJobStack {
  up(args: JobArgs | undefined): Promise<StackRun>;
  refresh(): Promise<StackRun>;
  job(): Promise<{ id: string; outputs: Record<string, unknown> } | undefined>;
  isEmpty(): Promise<boolean>;
  /** Whether another `up` would do anything. */
  changes(args: JobArgs): Promise<boolean>;
  /** Empties the state, as a crash does before the engine stores anything. */
  loseState(): Promise<void>;
}

export interface Fixture {
  readonly service: TestService;
  readonly stack: SingleJobStack;
  readonly revision: RevisionIds;
  /** Jobs name it, because the stack outlives the service. */
  readonly endpoint: string;
  /** Set if the case changes answers. */
  readonly proxy?: InterceptingProxy;
}

/** Starts applying the fault. */
export type AddFault = () => AppliedFault;

/** The jobs of the stack in any state; jobs of the test itself have other types. */
export const jobsOf = ({ service, revision }: Pick<Fixture, "service" | "revision">, type: string) =>
  service.local
    .jobs()
    .filter(
      (job) =>
        job.type === type &&
        Object.values(job.details).some(({ dataSetId }) => dataSetId === revision.dataSetId),
    );

/** How often the service started jobs. */
export const startsOf = (jobs: readonly JobSnapshot[]): number =>
  jobs.reduce((sum, job) => sum + job.startCount, 0);
