/** What is in the local service: filled before a contest, counted after it. */
import {
  CreateJobCommand,
  GetJobCommand,
  StartJobCommand,
  paginateListDataSetRevisions,
  paginateListRevisionAssets,
} from "@aws-sdk/client-dataexchange";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";

import type { Place, Service } from "./service";

export interface Asset {
  readonly id: string;
  readonly name: string;
}

/** Imports objects into a revision, and answers with the assets that they became. */
export async function fill(
  service: Service,
  place: Place,
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
  return assetsOf(service, place);
}

export async function assetsOf(
  { dataExchange }: Service,
  { dataSetId, revisionId }: Place,
): Promise<Asset[]> {
  const found: Asset[] = [];
  const of = { DataSetId: dataSetId, RevisionId: revisionId };
  for await (const { Assets = [] } of paginateListRevisionAssets({ client: dataExchange }, of))
    for (const { Id = "", Name = "" } of Assets) found.push({ id: Id, name: Name });
  return found;
}

/** How many there are; none has the name of another. */
export async function assetCount(service: Service, place: Place): Promise<number> {
  const assets = await assetsOf(service, place);
  const names = new Set(assets.map(({ name }) => name));
  if (names.size !== assets.length) throw new Error("Two assets have one name.");
  return assets.length;
}

export async function onlyRevision(
  { dataExchange }: Service,
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

export async function objectCount({ s3 }: Service, bucket: string): Promise<number> {
  let count = 0;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket }))
    count += Contents.length;
  return count;
}
