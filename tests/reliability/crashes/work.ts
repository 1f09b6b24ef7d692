/** The work that is interrupted: an import, an upload, an export and a set of two imports. */
import { asset } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { JobArgs } from "../../../index";
import { JobSet } from "../../../index";
import { declareJob, importOf } from "../../harness/programs";
import type { World } from "../../harness/world";
import type { Place } from "../faults/fixture";
import { planted } from "../secrets/seeded-secrets";

export interface Work {
  readonly name: string;
  readonly type: JobArgs["type"];
  /** Jobs that the program declares. */
  readonly jobs: number;
  program(world: World, place: Place, endpoint: string): Promise<PulumiFn>;
  /** What is wrong with what it left; nothing when it is what one run leaves. */
  wrong(world: World, place: Place): Promise<string | undefined>;
  /** An export that had already completed may run again: it writes the same bytes. */
  readonly mayRepeat: boolean;
}

const holdsOnce =
  (...expected: string[]) =>
  async (world: World, place: Place): Promise<string | undefined> => {
    const names = await world.assetNames(place);
    return names.join() === expected.join()
      ? undefined
      : `the revision holds ${names.join(", ") || "nothing"}`;
  };

export const works: readonly Work[] = [
  {
    name: "import",
    type: "IMPORT_ASSETS_FROM_S3",
    jobs: 1,
    program: (_, place, endpoint) => Promise.resolve(declareJob(importOf(place, ["a.csv"], { endpoint }))),
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
    async program(world, place, endpoint) {
      const { assetId } = await world.importedAsset(place.revisionId, place.dataSetId, "source", "a.csv");
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
    async wrong(world) {
      const objects = JSON.stringify(await world.objects("target"));
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
        const jobs = { one: importOf(place, ["a.csv"]), two: importOf(place, ["b.csv"]) };
        return Promise.resolve(void new JobSet("prices", { jobs, endpoint }));
      }),
    wrong: holdsOnce("a.csv", "b.csv"),
    mayRepeat: false,
  },
];
