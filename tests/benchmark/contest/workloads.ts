import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RevisionRef, ServiceProcess } from "../service-process";
import {
  CreateJobCommand,
  GetJobCommand,
  StartJobCommand,
  paginateListDataSetRevisions,
  paginateListRevisionAssets,
} from "@aws-sdk/client-dataexchange";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";

/** The pieces of work that ours and the rivals do alike: what each is given, and what must be there afterwards. */

export type WorkloadName = "publish" | "export" | "independent" | "upload";

/** One contestant's share: arguments of its program, and a check that it has done all of it. */
export interface Task {
  readonly args: readonly string[];
  check(): Promise<void>;
}

/** Prepares what all contestants share, and answers with what makes a task for one of them. */
type Prepare = (service: ServiceProcess, count: number, folder: string) => Promise<() => Promise<Task>>;

const source = "source";
const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `daily/${index}.csv`);

const prepare: Record<WorkloadName, Prepare> = {
  /** Objects below a prefix become a revision, which is finalized. */
  publish: async (service, count) => {
    await service.createBucket(source, keysOf(count));
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
    await service.createBucket(source, keysOf(count));
    const place = await service.createRevisionInNewDataSet();
    const assets = await importObjects(service, place, source, keysOf(count));
    const file = join(folder, "assets");
    await writeFile(file, assets.map(({ id, name }) => `${id} ${name}\n`).join(""));
    let copies = 0;
    return async () => {
      const bucket = `copies-${++copies}`;
      await service.createBucket(bucket);
      return {
        args: [place.dataSetId, place.revisionId, bucket, file],
        check: async () => assertCount(await countObjects(service, bucket), count, "objects"),
      };
    };
  },

  /** An object each becomes the one asset of a revision that is there already. */
  independent: async (service, count, folder) => {
    const keys = keysOf(count);
    await service.createBucket(source, keys);
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

  /** Local files become a revision, which is finalized. */
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

/** Lends what makes tasks of a kind. */
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
  if (!finalized) throw new Error("The revision has not been finalized.");
  assertCount(await countAssets(service, { dataSetId, revisionId }), count, "assets");
}

function assertCount(found: number, expected: number, what: string): void {
  if (found !== expected) throw new Error(`There are ${found} ${what}, and not ${expected}.`);
}

/** What is in the local service: filled before a contest, counted after it. */

export interface Asset {
  readonly id: string;
  readonly name: string;
}

/** Imports objects into a revision, and answers with the assets that they became. */
export async function importObjects(
  service: ServiceProcess,
  place: RevisionRef,
  bucket: string,
  keys: readonly string[],
): Promise<Asset[]> {
  const { dataExchange } = service;
  for (let from = 0; from < keys.length; from += 100) {
    const AssetSources = keys.slice(from, from + 100).map((Key) => ({ Bucket: bucket, Key }));
    const ImportAssetsFromS3 = { DataSetId: place.dataSetId, RevisionId: place.revisionId, AssetSources };
    const request = { Type: "IMPORT_ASSETS_FROM_S3" as const, Details: { ImportAssetsFromS3 } };
    const { Id: JobId } = await dataExchange.send(new CreateJobCommand(request));
    await dataExchange.send(new StartJobCommand({ JobId }));
    for (;;) {
      const { State } = await dataExchange.send(new GetJobCommand({ JobId }));
      if (State === "COMPLETED") break;
      if (State !== "IN_PROGRESS" && State !== "WAITING") throw new Error(`A job ended ${State}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return listAssets(service, place);
}

export async function listAssets(
  { dataExchange }: ServiceProcess,
  { dataSetId, revisionId }: RevisionRef,
): Promise<Asset[]> {
  const found: Asset[] = [];
  const of = { DataSetId: dataSetId, RevisionId: revisionId };
  for await (const { Assets = [] } of paginateListRevisionAssets({ client: dataExchange }, of))
    for (const { Id = "", Name = "" } of Assets) found.push({ id: Id, name: Name });
  return found;
}

/** How many there are; none has the name of another. */
export async function countAssets(service: ServiceProcess, place: RevisionRef): Promise<number> {
  const assets = await listAssets(service, place);
  const names = new Set(assets.map(({ name }) => name));
  if (names.size !== assets.length) throw new Error("Two assets have one name.");
  return assets.length;
}

export async function findOnlyRevision(
  { dataExchange }: ServiceProcess,
  dataSetId: string,
): Promise<{ revisionId: string; finalized: boolean }> {
  const found: { revisionId: string; finalized: boolean }[] = [];
  const pages = paginateListDataSetRevisions({ client: dataExchange }, { DataSetId: dataSetId });
  for await (const { Revisions = [] } of pages)
    for (const { Id = "", Finalized = false } of Revisions)
      found.push({ revisionId: Id, finalized: Finalized });
  const [revision, ...others] = found;
  if (!revision || others.length > 0) throw new Error(`There are ${found.length} revisions, and not one.`);
  return revision;
}

export async function countObjects({ s3 }: ServiceProcess, bucket: string): Promise<number> {
  let count = 0;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket }))
    count += Contents.length;
  return count;
}
