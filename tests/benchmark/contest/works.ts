/** The pieces of work that ours and the rivals do alike: what each is given, and what must be there afterwards. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Service } from "../support/service";
import { assetCount, fill, objectCount, onlyRevision } from "../support/content";

export type Work = "publish" | "export" | "independent" | "upload";

/** One contestant's share: arguments of its program, and a check that it has done all of it. */
export interface Task {
  readonly args: readonly string[];
  check(): Promise<void>;
}

/** Prepares what all contestants share, and answers with what makes a task for one of them. */
type Prepare = (service: Service, count: number, folder: string) => Promise<() => Promise<Task>>;

const source = "source";
const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `daily/${index}.csv`);

const prepare: Record<Work, Prepare> = {
  /** Objects below a prefix become a revision, which is finalized. */
  publish: async (service, count) => {
    await service.bucket(source, keysOf(count));
    return async () => {
      const dataSetId = await service.dataSet();
      return {
        args: [dataSetId, source, "daily/"],
        check: () => published(service, dataSetId, count),
      };
    };
  },

  /** Assets become objects of a bucket. */
  export: async (service, count, folder) => {
    await service.bucket(source, keysOf(count));
    const place = await service.place();
    const assets = await fill(service, place, source, keysOf(count));
    const file = join(folder, "assets");
    await writeFile(file, assets.map(({ id, name }) => `${id} ${name}\n`).join(""));
    let copies = 0;
    return async () => {
      const bucket = `copies-${++copies}`;
      await service.bucket(bucket);
      return {
        args: [place.dataSetId, place.revisionId, bucket, file],
        check: async () => expectCount(await objectCount(service, bucket), count, "objects"),
      };
    };
  },

  /** An object each becomes the one asset of a revision that is there already. */
  independent: async (service, count, folder) => {
    const keys = keysOf(count);
    await service.bucket(source, keys);
    let files = 0;
    return async () => {
      const dataSetId = await service.dataSet();
      const revisions: string[] = [];
      while (revisions.length < keys.length) revisions.push(await service.revision(dataSetId));
      const file = join(folder, `pairs-${++files}`);
      await writeFile(file, keys.map((key, index) => `${key} ${revisions[index]}\n`).join(""));
      return {
        args: [dataSetId, source, file],
        check: async () => {
          for (const revisionId of revisions)
            expectCount(await assetCount(service, { dataSetId, revisionId }), 1, "assets");
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
      const dataSetId = await service.dataSet();
      return { args: [dataSetId, files], check: () => published(service, dataSetId, count) };
    };
  },
};

/** Lends what makes tasks of a kind. */
export async function withWork<T>(
  service: Service,
  work: Work,
  count: number,
  use: (task: () => Promise<Task>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "bench-work-"));
  try {
    await service.set({ jobDuration: 0 });
    return await use(await prepare[work](service, count, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function published(service: Service, dataSetId: string, count: number): Promise<void> {
  const { revisionId, finalized } = await onlyRevision(service, dataSetId);
  if (!finalized) throw new Error("The revision has not been finalized.");
  expectCount(await assetCount(service, { dataSetId, revisionId }), count, "assets");
}

function expectCount(found: number, expected: number, what: string): void {
  if (found !== expected) throw new Error(`There are ${found} ${what}, and not ${expected}.`);
}
