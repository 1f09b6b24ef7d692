/** The work that is interrupted: an import, an upload and an export. */
import { asset } from "@pulumi/pulumi";

import type { JobArgs } from "../../index";
import type { World } from "../../tests/support/world";
import type { Place } from "../faults/stage";
import { planted } from "../secrets/planted";

export interface Work {
  readonly name: string;
  args(world: World, place: Place): Promise<JobArgs>;
  /** What is wrong with what it left; nothing when it is what one run leaves. */
  wrong(world: World, place: Place): Promise<string | undefined>;
  /** An export that had already completed may run again: it writes the same bytes. */
  readonly mayRepeat: boolean;
}

const holdsOnce =
  (name: string) =>
  async (world: World, place: Place): Promise<string | undefined> => {
    const names = await world.assetNames(place);
    return names.join() === name ? undefined : `the revision holds ${names.join(", ") || "nothing"}`;
  };

export const works: readonly Work[] = [
  {
    name: "import",
    args: (_, place) =>
      Promise.resolve({
        type: "IMPORT_ASSETS_FROM_S3",
        details: { importAssetsFromS3: { ...place, assetSources: [{ bucket: "source", key: "a.csv" }] } },
      }),
    wrong: holdsOnce("a.csv"),
    mayRepeat: false,
  },
  {
    name: "upload",
    args: (_, place) =>
      Promise.resolve({
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...place, assetName: "upload.txt" } },
        upload: new asset.StringAsset(planted.body),
      }),
    wrong: holdsOnce("upload.txt"),
    mayRepeat: false,
  },
  {
    name: "export",
    async args(world, place) {
      const { assetId } = await world.importedAsset(place.revisionId, place.dataSetId, "source", "a.csv");
      return {
        type: "EXPORT_ASSETS_TO_S3",
        details: {
          exportAssetsToS3: {
            ...place,
            assetDestinations: [{ assetId, bucket: "target", key: "exported.csv" }],
          },
        },
      };
    },
    async wrong(world) {
      const objects = JSON.stringify(await world.objects("target"));
      return objects === '{"exported.csv":"1"}' ? undefined : `the bucket holds ${objects}`;
    },
    mayRepeat: true,
  },
];
