/** Programs that tests declare again and again. */
import type { JobArgs } from "../../index";
import { Job } from "../../index";

/** A program of one Job, whose outputs are the stack's. */
export const declareJob =
  (args: JobArgs, name = "prices") =>
  () => {
    const { id, state, assets, errors, signedUrl } = new Job(name, args);
    return Promise.resolve({ id, state, assets, errors, signedUrl });
  };

interface Place {
  dataSetId: string;
  revisionId: string;
}

export const importOf = (place: Place, keys: string[], rest: Partial<JobArgs> = {}): JobArgs =>
  ({
    type: "IMPORT_ASSETS_FROM_S3",
    details: {
      importAssetsFromS3: { ...place, assetSources: keys.map((key) => ({ bucket: "source", key })) },
    },
    ...rest,
  }) as JobArgs;
