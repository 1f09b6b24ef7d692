/** The parts of a job's life, with the calls that each makes: between them every call there is. */
import { asset } from "@pulumi/pulumi";
import { setTimeout as sleep } from "node:timers/promises";

import type { JobArgs } from "../../../index";
import { openApi } from "../../harness/one-job-per-type";
import { planted } from "../secrets/seeded-secrets";
import type { Plant, Run, Stage } from "./fixture";
import { jobsOf } from "./fixture";

export interface Life {
  readonly name: string;
  /** What happens while the fault strikes. */
  readonly about: string;
  readonly assetType?: "S3_SNAPSHOT" | "API_GATEWAY_API";
  /** The calls that faults are planted in. */
  readonly calls: readonly string[];
  args(stage: Stage, timeouts: JobArgs["timeouts"]): JobArgs;
  /** Puts what the job needs into the service. */
  arrange?(stage: Stage): Promise<void>;
  /** What the stack has been through before. */
  prepare?(stage: Stage, args: JobArgs): Promise<void>;
  /** The run that the fault strikes. */
  struck(stage: Stage, args: JobArgs, plant: Plant): Promise<Run>;
  /** One run after the fault has gone; by default an `up` of the same program. */
  healed?(stage: Stage, args: JobArgs): Promise<Run>;
  /** How it has to end. */
  readonly end: "done" | "deleted" | "cancelled";
}

const importArgs = ({ place }: Stage, timeouts: JobArgs["timeouts"], more: Partial<JobArgs> = {}): JobArgs =>
  ({
    type: "IMPORT_ASSETS_FROM_S3",
    details: { importAssetsFromS3: { ...place, assetSources: [{ bucket: "source", key: "a.csv" }] } },
    timeouts,
    ...more,
  }) as JobArgs;

const up = ({ stack }: Stage, args: JobArgs, plant: Plant): Promise<Run> => {
  plant();
  return stack.up(args);
};

/** A preparation that fails leaves nothing to prove. */
async function need(run: Promise<Run>): Promise<void> {
  const { error } = await run;
  if (error !== undefined) throw new Error(`The preparation failed: ${error}`);
}

const ups = async ({ stack }: Stage, args: JobArgs): Promise<void> => need(stack.up(args));

const remove = (stage: Stage): Promise<Run> => stage.stack.up(undefined);

export const lives: readonly Life[] = [
  {
    name: "import",
    about: "an import from S3 is made",
    calls: ["ListJobs", "CreateJob", "StartJob", "ListRevisionAssets"],
    args: importArgs,
    struck: up,
    end: "done",
  },
  {
    name: "upload",
    about: "an API is licensed, its document uploaded",
    assetType: "API_GATEWAY_API",
    calls: ["UploadBody"],
    args: ({ place }, timeouts) => ({
      type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
      details: {
        importAssetFromApiGatewayApi: {
          ...place,
          apiId: "abc123",
          apiName: "a.csv",
          protocolType: "REST",
          stage: "prod",
          apiKey: planted.apiKey,
        },
      },
      upload: new asset.StringAsset(openApi(planted.body)),
      timeouts,
    }),
    struck: up,
    end: "done",
  },
  {
    name: "export",
    about: "an asset is exported to a signed URL",
    calls: ["GetJob", "GetAsset"],
    args: ({ place, known }, timeouts) => ({
      type: "EXPORT_ASSET_TO_SIGNED_URL",
      details: { exportAssetToSignedUrl: { ...place, assetId: known.assetId! } },
      timeouts,
    }),
    async arrange({ service, place, known }) {
      const { assetId } = await service.importAsset(place, "source", "a.csv");
      known.assetId = assetId;
    },
    struck: up,
    end: "done",
  },
  {
    name: "wait",
    about: "an import is under way",
    calls: ["ListJobs"],
    args: importArgs,
    async struck(stage, args, plant) {
      const { service, stack } = stage;
      const release = service.local.pauseJobs();
      let ended = false;
      const run = stack.up(args).finally(() => (ended = true));
      try {
        while (!jobsOf(stage, args.type).some(({ state }) => state === "IN_PROGRESS") && !ended)
          await sleep(20);
        const fault = plant();
        const { times } = fault.rule;
        const struck = () => Number(times) - Number(fault.left);
        // Where it may not list, it looks at the job by itself.
        const looksByItself = () => service.countCalls().GetJob !== undefined;
        while (struck() < Math.min(3, Number(times)) && !looksByItself() && !ended) await sleep(50);
      } finally {
        release();
      }
      return run;
    },
    end: "done",
  },
  {
    name: "resume",
    about: "an import that an earlier run left in progress is gone on with",
    calls: ["GetJob"],
    args: importArgs,
    async prepare({ service, stack }, args) {
      const release = service.local.pauseJobs();
      const { error } = await stack.up({ ...args, timeouts: { run: "1s" } });
      release();
      if (!error?.includes("has not ended within 1s")) throw new Error(`The preparation failed: ${error}`);
    },
    struck: up,
    end: "done",
  },
  {
    name: "refresh",
    about: "a completed import is refreshed",
    calls: ["GetJob", "ListRevisionAssets"],
    args: importArgs,
    prepare: ups,
    struck: ({ stack }, _, plant) => {
      plant();
      return stack.refresh();
    },
    end: "done",
  },
  {
    name: "takeover",
    about: "an import that a crash kept from the state is found by its record",
    calls: ["GetJob", "ListRevisionAssets"],
    args: importArgs,
    async prepare(stage, args) {
      await ups(stage, args);
      await stage.stack.loseState();
    },
    struck: up,
    end: "done",
  },
  {
    name: "delete",
    about: "an import is deleted together with its assets",
    calls: ["GetRevision", "DeleteAsset"],
    args: (stage, timeouts) => importArgs(stage, timeouts, { onDelete: "deleteAssets" }),
    prepare: ups,
    struck: (stage, _, plant) => {
      plant();
      return remove(stage);
    },
    healed: remove,
    end: "deleted",
  },
  {
    name: "cancel",
    about: "an import that was never started is deleted",
    calls: ["CancelJob"],
    args: importArgs,
    async prepare({ service, stack }, args) {
      const fault = service.local.faults.add({ operation: "StartJob", error: 403, times: "always" });
      const { error } = await stack.up(args);
      fault.remove();
      if (!error?.includes("StartJob")) throw new Error(`The preparation failed: ${error}`);
    },
    struck: (stage, _, plant) => {
      plant();
      return remove(stage);
    },
    healed: remove,
    end: "cancelled",
  },
];
