/** The workloads of contests: arguments for each contestant, and a check of its result. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RevisionIds } from "../../harness/service";
import { toSdkIds } from "../../harness/service";
import type { ServiceProcess } from "../service-process";
import { paginateListDataSetRevisions, paginateListRevisionAssets } from "@aws-sdk/client-dataexchange";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";

export type WorkloadName = "publish" | "export" | "independent" | "upload";

/** The task of one contestant. */
export interface Task {
  /** Arguments of its program. */
  readonly args: readonly string[];
  /** Throws if the work is incomplete. */
  check(): Promise<void>;
}

/** Prepares what all contestants share. Returns a function that creates the task of one of them. */
type Prepare = (service: ServiceProcess, count: number, folder: string) => Promise<() => Promise<Task>>;

const source = "source";
const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `daily/${index}.csv`);
/** Objects that contain their keys. */
export const objectsOf = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, key]));

const prepare: Record<WorkloadName, Prepare> = {
  /** Objects with a prefix become a finalized revision. */
  publish: async (service, count) => {
    await service.createBucket(source, objectsOf(keysOf(count)));
    return async () => {
      const dataSetId = await service.createDataSet();
      return {
        args: [dataSetId, source, "daily/"],
        check: () => assertPublished(service, dataSetId, count),
      };
    };
  },

  /** Assets become objects of a bucket. */
  export: async (service, count, folder) => {
    await service.createBucket(source, objectsOf(keysOf(count)));
    const revision = await service.createEmptyRevision();
    const assets = await importObjects(service, revision, source, keysOf(count));
    const file = join(folder, "assets");
    await writeFile(file, assets.map(({ id, name }) => `${id} ${name}\n`).join(""));
    let copies = 0;
    return async () => {
      const bucket = `copies-${++copies}`;
      await service.createBucket(bucket);
      return {
        args: [revision.dataSetId, revision.revisionId, bucket, file],
        check: async () => assertCount(await countObjects(service, bucket), count, "objects"),
      };
    };
  },

  /** Each object becomes the only asset of an existing revision. */
  independent: async (service, count, folder) => {
    const keys = keysOf(count);
    await service.createBucket(source, objectsOf(keys));
    let files = 0;
    return async () => {
      const dataSetId = await service.createDataSet();
      const revisions: string[] = [];
      while (revisions.length < keys.length) revisions.push(await service.createRevision(dataSetId));
      const file = join(folder, `pairs-${++files}`);
      await writeFile(file, keys.map((key, index) => `${key} ${revisions[index]}\n`).join(""));
      return {
        args: [dataSetId, source, file],
        check: async () => {
          for (const revisionId of revisions)
            assertCount(await countAssets(service, { dataSetId, revisionId }), 1, "assets");
        },
      };
    };
  },

  /** Local files become a finalized revision. */
  upload: async (service, count, folder) => {
    const files = join(folder, "files");
    await mkdir(files);
    for (let index = 0; index < count; index++)
      await writeFile(join(files, `${index}.csv`), `day,price\n${index},1\n`);
    return async () => {
      const dataSetId = await service.createDataSet();
      return { args: [dataSetId, files], check: () => assertPublished(service, dataSetId, count) };
    };
  },
};

/** Runs `use` with a function that creates tasks of a workload. */
export async function withWorkload<T>(
  service: ServiceProcess,
  work: WorkloadName,
  count: number,
  use: (task: () => Promise<Task>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "bench-work-"));
  try {
    await service.changeSettings({ jobDuration: 0 });
    return await use(await prepare[work](service, count, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function assertPublished(service: ServiceProcess, dataSetId: string, count: number): Promise<void> {
  const { revisionId, finalized } = await findOnlyRevision(service, dataSetId);
  if (!finalized) throw new Error("The revision is not finalized.");
  assertCount(await countAssets(service, { dataSetId, revisionId }), count, "assets");
}

function assertCount(found: number, expected: number, what: string): void {
  if (found !== expected) throw new Error(`There are ${found} ${what} instead of ${expected}.`);
}

interface Asset {
  readonly id: string;
  readonly name: string;
}

/** Imports objects into a revision and returns its assets. */
async function importObjects(
  service: ServiceProcess,
  revision: RevisionIds,
  bucket: string,
  keys: readonly string[],
): Promise<Asset[]> {
  for (let from = 0; from < keys.length; from += 100) {
    const AssetSources = keys.slice(from, from + 100).map((Key) => ({ Bucket: bucket, Key }));
    const ImportAssetsFromS3 = { ...toSdkIds(revision), AssetSources };
    await service.runJob({ Type: "IMPORT_ASSETS_FROM_S3", Details: { ImportAssetsFromS3 } });
  }
  return listAssets(service, revision);
}

async function listAssets({ dataExchange }: ServiceProcess, revision: RevisionIds): Promise<Asset[]> {
  const found: Asset[] = [];
  for await (const { Assets = [] } of paginateListRevisionAssets(
    { client: dataExchange },
    toSdkIds(revision),
  ))
    for (const { Id = "", Name = "" } of Assets) found.push({ id: Id, name: Name });
  return found;
}

/** The number of assets; throws if two have the same name. */
export async function countAssets(service: ServiceProcess, revision: RevisionIds): Promise<number> {
  const assets = await listAssets(service, revision);
  const names = new Set(assets.map(({ name }) => name));
  if (names.size !== assets.length) throw new Error("Two assets have the same name.");
  return assets.length;
}

async function findOnlyRevision(
  { dataExchange }: ServiceProcess,
  dataSetId: string,
): Promise<{ revisionId: string; finalized: boolean }> {
  const found: { revisionId: string; finalized: boolean }[] = [];
  const pages = paginateListDataSetRevisions({ client: dataExchange }, { DataSetId: dataSetId });
  for await (const { Revisions = [] } of pages)
    for (const { Id = "", Finalized = false } of Revisions)
      found.push({ revisionId: Id, finalized: Finalized });
  const [revision, ...others] = found;
  if (!revision || others.length > 0) throw new Error(`There are ${found.length} revisions instead of one.`);
  return revision;
}

async function countObjects({ s3 }: ServiceProcess, bucket: string): Promise<number> {
  let count = 0;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket }))
    count += Contents.length;
  return count;
}
