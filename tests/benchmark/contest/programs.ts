/** Programs of this package, for contests and for benchmarks without alternatives. */
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { readFileSync } from "node:fs";
import type { JobOfSetArgs } from "../../../index";
import { Job, JobSet, RevisionPublication, S3Export, S3Import } from "../../../index";
import type { RevisionIds } from "../../harness/service";
import { instantType } from "../service-process";
import * as pulumi from "@pulumi/pulumi";

/** The words of each line of a file. */
const lines = (file: string): string[][] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" "));

const importOf = (revision: RevisionIds, bucket: string, key: string) => ({
  type: "IMPORT_ASSETS_FROM_S3" as const,
  details: { importAssetsFromS3: { ...revision, assetSources: [{ bucket, key }] } },
});

/** The arguments are those of the alternatives' scripts, in their order. */
export const programs = {
  publish: ([dataSetId, bucket, prefix]) => {
    new RevisionPublication("prices", { dataSetId, contents: { prices: { s3: { bucket, prefix } } } });
  },

  /** Into an existing revision, which each change updates. */
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

  /** Jobs that move no bytes, for benchmarks without alternatives. */
  jobs: ([dataSetId, revisionId, count]) => void jobs(Number(count), { dataSetId, revisionId })(),

  /** The same as one resource. */
  jobSet: ([dataSetId, revisionId, count]) => {
    const jobs = Array.from({ length: Number(count) }, (_, index) => [
      `job-${index}`,
      datashareImport(index, { dataSetId, revisionId }),
    ]);
    new JobSet("all", { jobs: Object.fromEntries(jobs) as Record<string, JobOfSetArgs> });
  },

  /** Resources to compare these jobs with. */
  asLarge: ([, , count]) => void asLarge(Number(count))(),
} satisfies Record<string, (args: [string, string, string, string]) => void>;

export type ProgramName = keyof typeof programs;

export const programOf =
  (name: ProgramName, args: readonly string[]): PulumiFn =>
  () =>
    Promise.resolve(programs[name](args as [string, string, string, string]));

/** The smallest possible dynamic provider. */
const emptyProvider: pulumi.dynamic.ResourceProvider = {
  create: () => Promise.resolve({ id: "empty" }),
};

/** Its code as the SDK puts it into state. */
export async function emptyProviderCode(): Promise<string> {
  const { text } = await pulumi.runtime.serializeFunction(() => emptyProvider);
  return text;
}

/** Returns the outputs of a job of one datashare without a call. */
const answeringProvider: pulumi.dynamic.ResourceProvider = {
  create: (inputs: { details: unknown }) => {
    const id = "0".repeat(32);
    const arn = `arn:aws:dataexchange:us-east-1:000000000000:jobs/${id}`;
    const assets = [{ id, name: "share" }];
    const [createdAt, updatedAt] = ["2026-01-05T12:00:00.000Z", "2026-01-05T12:00:00.000Z"];
    const outputs = { arn, state: "COMPLETED", createdAt, updatedAt, errors: [], assets, __schema: 1 };
    return Promise.resolve({ id, outs: { ...inputs, ...outputs } });
  },
};

class Answered extends pulumi.dynamic.Resource {
  constructor(name: string, props: object) {
    const outputs = ["arn", "state", "createdAt", "updatedAt", "errors", "assets"];
    const declared = Object.fromEntries(outputs.map((output) => [output, undefined]));
    super(answeringProvider, name, { ...declared, ...props });
  }
}

/** Resources with the inputs and outputs of the jobs below that do nothing; they show the cost of Pulumi itself. */
export const asLargeText = "dynamic resources with the jobs' inputs and outputs";
export const asLarge =
  (count: number): PulumiFn =>
  () => {
    const revision = { dataSetId: "a".repeat(32), revisionId: "b".repeat(32) };
    for (let index = 0; index < count; index++) {
      const name = `resource-${index}`;
      new Answered(name, { ...datashareImport(index, revision), region: "us-east-1", __urn: name });
    }
    return Promise.resolve();
  };

/** An import of one datashare: a job that creates an asset, for which the local service moves no bytes. */
export const datashareImport = (index: number, revision: RevisionIds) => {
  const dataShareArn = `arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/share-${index}`;
  return {
    type: instantType,
    details: { importAssetsFromRedshiftDataShares: { ...revision, assetSources: [{ dataShareArn }] } },
  };
};

export const jobs =
  (count: number, revision: RevisionIds): PulumiFn =>
  () => {
    for (let index = 0; index < count; index++) new Job(`job-${index}`, datashareImport(index, revision));
    return Promise.resolve();
  };
