/** The interrupted programs: an import, an upload, an export and a set of two imports. */
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { JobArgs } from "../../../index";
import { JobSet } from "../../../index";
import { declareJob, importArgs, uploadArgs } from "../../harness/programs";
import type { RevisionIds, TestService } from "../../harness/service";
import { seededSecrets } from "../../harness/secrets";

export interface CrashScenario {
  readonly name: string;
  readonly type: JobArgs["type"];
  /** Jobs that the program declares. */
  readonly jobCount: number;
  program(service: TestService, revision: RevisionIds, endpoint: string): PulumiFn | Promise<PulumiFn>;
  /** A problem with the result; undefined if it is that of one run. */
  findProblem(this: void, service: TestService, revision: RevisionIds): Promise<string | undefined>;
  /** Whether a completed job may run again: an export writes the same bytes. */
  readonly mayRepeat: boolean;
}

const holdsOnce =
  (...expected: string[]): CrashScenario["findProblem"] =>
  async (service, revision) => {
    const names = (await service.listAssetNames(revision)).join(", ");
    return names === expected.join(", ") ? undefined : `the revision holds ${names || "nothing"}`;
  };

export const crashScenarios: readonly CrashScenario[] = [
  {
    name: "import",
    type: "IMPORT_ASSETS_FROM_S3",
    jobCount: 1,
    program: (_, revision, endpoint) => declareJob(importArgs(revision, ["a.csv"], { endpoint })),
    findProblem: holdsOnce("a.csv"),
    mayRepeat: false,
  },
  {
    name: "upload",
    type: "IMPORT_ASSET_FROM_SIGNED_URL",
    jobCount: 1,
    program: (_, revision, endpoint) =>
      declareJob(uploadArgs(revision, "upload.txt", seededSecrets.body, { endpoint })),
    findProblem: holdsOnce("upload.txt"),
    mayRepeat: false,
  },
  {
    name: "export",
    type: "EXPORT_ASSETS_TO_S3",
    jobCount: 1,
    async program(service, revision, endpoint) {
      const { assetId } = await service.importAsset(revision, "source", "a.csv");
      const assetDestinations = [{ assetId, bucket: "target", key: "exported.csv" }];
      const details = { exportAssetsToS3: { ...revision, assetDestinations } };
      return declareJob({ type: "EXPORT_ASSETS_TO_S3", details, endpoint });
    },
    async findProblem(service) {
      const objects = JSON.stringify(await service.readObjects("target"));
      return objects === '{"exported.csv":"1"}' ? undefined : `the bucket holds ${objects}`;
    },
    mayRepeat: true,
  },
  {
    name: "set",
    type: "IMPORT_ASSETS_FROM_S3",
    jobCount: 2,
    program: (_, revision, endpoint) => () => {
      const jobs = { one: importArgs(revision, ["a.csv"]), two: importArgs(revision, ["b.csv"]) };
      return Promise.resolve(void new JobSet("prices", { jobs, endpoint }));
    },
    findProblem: holdsOnce("a.csv", "b.csv"),
    mayRepeat: false,
  },
];
