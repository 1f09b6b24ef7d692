/** The work that is interrupted: an import, an upload, an export and a set of two imports. */
import { asset } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { JobArgs } from "../../../index";
import { JobSet } from "../../../index";
import { declareJob, importArgs } from "../../harness/programs";
import type { TestService } from "../../harness/service";
import type { Place } from "../faults/fixture";
import { planted } from "../secrets/seeded-secrets";

export interface Work {
  readonly name: string;
  readonly type: JobArgs["type"];
  /** Jobs that the program declares. */
  readonly jobs: number;
  program(service: TestService, place: Place, endpoint: string): Promise<PulumiFn>;
  /** What is wrong with what it left; nothing when it is what one run leaves. */
  wrong(service: TestService, place: Place): Promise<string | undefined>;
  /** An export that had already completed may run again: it writes the same bytes. */
  readonly mayRepeat: boolean;
}

const holdsOnce =
  (...expected: string[]) =>
  async (service: TestService, place: Place): Promise<string | undefined> => {
    const names = await service.listAssetNames(place);
    return names.join() === expected.join()
      ? undefined
      : `the revision holds ${names.join(", ") || "nothing"}`;
  };

export const works: readonly Work[] = [
  {
    name: "import",
    type: "IMPORT_ASSETS_FROM_S3",
    jobs: 1,
    program: (_, place, endpoint) => Promise.resolve(declareJob(importArgs(place, ["a.csv"], { endpoint }))),
    wrong: holdsOnce("a.csv"),
    mayRepeat: false,
  },
  {
    name: "upload",
    type: "IMPORT_ASSET_FROM_SIGNED_URL",
    jobs: 1,
    program: (_, place, endpoint) =>
      Promise.resolve(
        declareJob({
          type: "IMPORT_ASSET_FROM_SIGNED_URL",
          details: { importAssetFromSignedUrl: { ...place, assetName: "upload.txt" } },
          upload: new asset.StringAsset(planted.body),
          endpoint,
        }),
      ),
    wrong: holdsOnce("upload.txt"),
    mayRepeat: false,
  },
  {
    name: "export",
    type: "EXPORT_ASSETS_TO_S3",
    jobs: 1,
    async program(service, place, endpoint) {
      const { assetId } = await service.importAsset(place, "source", "a.csv");
      return declareJob({
        type: "EXPORT_ASSETS_TO_S3",
        details: {
          exportAssetsToS3: {
            ...place,
            assetDestinations: [{ assetId, bucket: "target", key: "exported.csv" }],
          },
        },
        endpoint,
      });
    },
    async wrong(service) {
      const objects = JSON.stringify(await service.readObjects("target"));
      return objects === '{"exported.csv":"1"}' ? undefined : `the bucket holds ${objects}`;
    },
    mayRepeat: true,
  },
  {
    name: "set",
    type: "IMPORT_ASSETS_FROM_S3",
    jobs: 2,
    program: (_, place, endpoint) =>
      Promise.resolve(() => {
        const jobs = { one: importArgs(place, ["a.csv"]), two: importArgs(place, ["b.csv"]) };
        return Promise.resolve(void new JobSet("prices", { jobs, endpoint }));
      }),
    wrong: holdsOnce("a.csv", "b.csv"),
    mayRepeat: false,
  },
];
