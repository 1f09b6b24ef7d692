/** What somebody would write with this package: the programs that rivals are held against. */
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { readFileSync } from "node:fs";

import type { JobOfSetArgs } from "../../../index";
import { Job, JobSet, RevisionPublication, S3Export, S3Import } from "../../../index";
import { asLarge, datashareImport, jobs } from "../support/programs";
import type { Place } from "../support/service";

/** Lines of a file, each of so many words. */
const lines = (file: string): string[][] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" "));

const importOf = (place: Place, bucket: string, key: string) => ({
  type: "IMPORT_ASSETS_FROM_S3" as const,
  details: { importAssetsFromS3: { ...place, assetSources: [{ bucket, key }] } },
});

/** Arguments are those of the rivals' scripts, in their order. */
export const programs = {
  publish: ([dataSetId, bucket, prefix]) => {
    new RevisionPublication("prices", { dataSetId, contents: { prices: { s3: { bucket, prefix } } } });
  },

  /** Into a revision that stays, so that each change is made in it. */
  fill: ([dataSetId, revisionId, bucket, prefix]) => {
    new S3Import("prices", { dataSetId, revisionId, bucket, prefix });
  },

  export: ([dataSetId, revisionId, bucket, file]) => {
    const assets = lines(file).map(([id = "", name = ""]) => ({ id, name }));
    new S3Export("copies", { dataSetId, revisionId, bucket, assets });
  },

  independent: ([dataSetId, bucket, file]) => {
    for (const [key = "", revisionId = ""] of lines(file)) {
      new Job(key, importOf({ dataSetId, revisionId }, bucket, key));
    }
  },

  /** The same as one resource. */
  independentSet: ([dataSetId, bucket, file]) => {
    const jobs = lines(file).map(([key = "", revisionId = ""]) => [
      key,
      importOf({ dataSetId, revisionId }, bucket, key),
    ]);
    new JobSet("all", { jobs: Object.fromEntries(jobs) as Record<string, JobOfSetArgs> });
  },

  upload: ([dataSetId, path]) => {
    new RevisionPublication("prices", { dataSetId, contents: { prices: { files: { path } } } });
  },

  /** Jobs without bytes to move, for what is not held against a rival. */
  jobs: ([dataSetId, revisionId, count]) => void jobs(Number(count), { dataSetId, revisionId })(),

  /** The same as one resource. */
  jobSet: ([dataSetId, revisionId, count]) => {
    const jobs = Array.from({ length: Number(count) }, (_, index) => [
      `job-${index}`,
      datashareImport(index, { dataSetId, revisionId }),
    ]);
    new JobSet("all", { jobs: Object.fromEntries(jobs) as Record<string, JobOfSetArgs> });
  },

  /** What such jobs are held against. */
  asLarge: ([, , count]) => void asLarge(Number(count))(),
} satisfies Record<string, (args: [string, string, string, string]) => void>;

export type ProgramName = keyof typeof programs;

export const programOf =
  (name: ProgramName, args: readonly string[]): PulumiFn =>
  () =>
    Promise.resolve(programs[name](args as [string, string, string, string]));
