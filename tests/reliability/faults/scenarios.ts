/** Scenarios of a job's lifecycle and their calls; together they make every call of the provider. */
import { setTimeout as sleep } from "node:timers/promises";

import type { JobSnapshot } from "../../../emulator";
import type { JobArgs } from "../../../index";
import { apiArgs, downloadArgs, importArgs } from "../../harness/programs";
import type { RevisionIds, TestService } from "../../harness/service";
import type { InterceptingProxy } from "../proxy";
import { seededSecrets } from "../secrets/secrets";
import type { AppliedFault } from "./faults";

export interface Scenario {
  readonly name: string;
  /** What happens while the fault is applied. */
  readonly summary: string;
  readonly assetType?: "S3_SNAPSHOT" | "API_GATEWAY_API";
  /** The calls that faults are applied to. */
  readonly calls: readonly string[];
  args(fixture: Fixture, timeouts: JobArgs["timeouts"]): JobArgs;
  /** Puts what the job needs into the service. */
  arrange?(fixture: Fixture): Promise<void>;
  /** Brings the stack into the state before the fault. */
  prepare?(fixture: Fixture, args: JobArgs): Promise<void>;
  /** The run during which the fault is applied. */
  runWithFault(fixture: Fixture, args: JobArgs, plant: PlantFault): Promise<StackRun>;
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

const up = ({ stack }: Fixture, args: JobArgs, plant: PlantFault): Promise<StackRun> => {
  plant();
  return stack.up(args);
};

/** Throws if a preparation fails, because the case would show nothing. */
async function requireSuccess(run: Promise<StackRun>): Promise<void> {
  const { error } = await run;
  if (error !== undefined) throw new Error(`The preparation failed: ${error}`);
}

const upSuccessfully = async ({ stack }: Fixture, args: JobArgs): Promise<void> =>
  requireSuccess(stack.up(args));

const remove = (fixture: Fixture): Promise<StackRun> => fixture.stack.up(undefined);

export const scenarios: readonly Scenario[] = [
  {
    name: "import",
    summary: "an import from S3 is made",
    calls: ["ListJobs", "CreateJob", "StartJob", "ListRevisionAssets"],
    args: importFile,
    runWithFault: up,
    end: "done",
  },
  {
    name: "upload",
    summary: "an API is licensed, its document uploaded",
    assetType: "API_GATEWAY_API",
    calls: ["UploadBody"],
    args: ({ revision }, timeouts) =>
      apiArgs(
        revision,
        { apiName: "a.csv", apiKey: seededSecrets.apiKey, title: seededSecrets.body },
        { timeouts },
      ),
    runWithFault: up,
    end: "done",
  },
  {
    name: "export",
    summary: "an asset is exported to a signed URL",
    calls: ["GetJob", "GetAsset"],
    args: ({ revision, notes }, timeouts) =>
      downloadArgs({ ...revision, assetId: notes.assetId! }, { timeouts }),
    async arrange({ service, revision, notes }) {
      const { assetId } = await service.importAsset(revision, "source", "a.csv");
      notes.assetId = assetId;
    },
    runWithFault: up,
    end: "done",
  },
  {
    name: "wait",
    summary: "an import is under way",
    calls: ["ListJobs"],
    args: importFile,
    async runWithFault(fixture, args, plant) {
      const { service, stack } = fixture;
      const release = service.local.pauseJobs();
      let ended = false;
      const run = stack.up(args).finally(() => (ended = true));
      try {
        while (!jobsOf(fixture, args.type).some(({ state }) => state === "IN_PROGRESS") && !ended)
          await sleep(20);
        const fault = plant();
        const { times } = fault.rule;
        const struck = () => Number(times) - Number(fault.left);
        // If listing fails, the provider polls the job with GetJob.
        const usesGetJob = () => service.countCalls().GetJob !== undefined;
        while (struck() < Math.min(3, Number(times)) && !usesGetJob() && !ended) await sleep(50);
      } finally {
        release();
      }
      return run;
    },
    end: "done",
  },
  {
    name: "resume",
    summary: "an import that an earlier run left in progress is resumed",
    calls: ["GetJob"],
    args: importFile,
    async prepare({ service, stack }, args) {
      const release = service.local.pauseJobs();
      const { error } = await stack.up({ ...args, timeouts: { run: "1s" } });
      release();
      if (!error?.includes("has not ended within 1s")) throw new Error(`The preparation failed: ${error}`);
    },
    runWithFault: up,
    end: "done",
  },
  {
    name: "refresh",
    summary: "a completed import is refreshed",
    calls: ["GetJob", "ListRevisionAssets"],
    args: importFile,
    prepare: upSuccessfully,
    runWithFault: ({ stack }, _, plant) => {
      plant();
      return stack.refresh();
    },
    end: "done",
  },
  {
    name: "takeover",
    summary: "an import that a crash kept from the state is found by its record",
    calls: ["GetJob", "ListRevisionAssets"],
    args: importFile,
    async prepare(fixture, args) {
      await upSuccessfully(fixture, args);
      await fixture.stack.loseState();
    },
    runWithFault: up,
    end: "done",
  },
  {
    name: "delete",
    summary: "an import is deleted together with its assets",
    calls: ["GetRevision", "DeleteAsset"],
    args: (fixture, timeouts) => importFile(fixture, timeouts, { onDelete: "deleteAssets" }),
    prepare: upSuccessfully,
    runWithFault: (fixture, _, plant) => {
      plant();
      return remove(fixture);
    },
    runAfterFault: remove,
    end: "deleted",
  },
  {
    name: "cancel",
    summary: "an import that was never started is deleted",
    calls: ["CancelJob"],
    args: importFile,
    async prepare({ service, stack }, args) {
      const fault = service.local.faults.add({ operation: "StartJob", error: 403, times: "always" });
      const { error } = await stack.up(args);
      fault.remove();
      if (!error?.includes("StartJob")) throw new Error(`The preparation failed: ${error}`);
    },
    runWithFault: (fixture, _, plant) => {
      plant();
      return remove(fixture);
    },
    runAfterFault: remove,
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
  /** Set if the case changes answers. */
  readonly proxy?: InterceptingProxy;
  /** Values that `arrange` leaves for `args`. */
  readonly notes: Record<string, string>;
}

/** Starts applying the fault. */
export type PlantFault = () => AppliedFault;

/** The jobs of the stack in any state; jobs of the test itself have other types. */
export const jobsOf = (
  { service, revision }: Pick<Fixture, "service" | "revision">,
  type: string,
): JobSnapshot[] =>
  service.local
    .jobs()
    .filter(
      (job) =>
        job.type === type &&
        Object.values(job.details).some(({ dataSetId }) => dataSetId === revision.dataSetId),
    );
