/** A service at which everything is there that a state names: the same jobs, run again without the provider. */
import { createHash } from "node:crypto";

import type { CreateJobCommandInput } from "@aws-sdk/client-dataexchange";
import {
  CreateJobCommand,
  GetJobCommand,
  ListRevisionAssetsCommand,
  StartJobCommand,
} from "@aws-sdk/client-dataexchange";

import { jobTypeOf } from "../../../service-model/job-types";
import { fromApiNames, toApiNames } from "../../../service-model/shape";
import { openApi } from "../../harness/one-job-per-type";
import type { TestService } from "../../harness/service";
import type { Json } from "../fuzz/values";
import type { KeptResource } from "./fixtures";
import { resourcesOf } from "./fixtures";

/** What the jobs of the fixtures upload: state has only the hashes. */
const bodies = ["body 1", "body 2", openApi("prices")];

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

export function bodyOf({ inputs }: KeptResource): string | undefined {
  const { hash } = (inputs.upload ?? {}) as { hash?: string };
  if (hash === undefined) return undefined;
  const body = bodies.find((text) => sha256(text) === hash);
  if (body === undefined) throw new Error(`No text is known whose SHA-256 is ${hash}.`);
  return body;
}

interface Made {
  readonly id: string;
  readonly assets: readonly { readonly id: string; readonly name: string }[];
}

/** The deployment, with the ids of what the service has now in the place of those that it names. */
export async function prepare(service: TestService, text: string): Promise<string> {
  const ids = new Map<string, string>();
  const { jobs, finalizations } = resourcesOf(text);
  await service.createBucket("source", { "a.csv": "a,1", "b.csv": "b,2" });
  await service.createBucket("target");
  const present = (value: unknown): string =>
    [...ids].reduce((now, [was, is]) => now.replaceAll(was, is), JSON.stringify(value));

  for (const job of jobs) {
    const { type, details } = job.inputs as { type: string; details: Record<string, Json> };
    const { detailsKey, assetTypes } = jobTypeOf(type);
    const own = details[detailsKey]!;
    await makePlaces(service, own, assetTypes[0], ids);
    const made = await runJob(service, type, JSON.parse(present(details)) as object, bodyOf(job));
    ids.set(job.id, made.id);
    const known = (job.outputs.assets ?? []) as Made["assets"];
    // The service gives some kinds of asset a name of its own, which holds the asset's id.
    const named = (name: string) => made.assets.find((asset) => asset.name === name);
    known.forEach(({ id, name }, index) => ids.set(id, (named(name) ?? made.assets[index]!).id));
  }
  for (const { inputs } of finalizations) {
    await makePlaces(service, inputs, "S3_SNAPSHOT", ids);
    for (const id of (inputs.jobs as string[]).filter((job) => !ids.has(job))) {
      const { dataSetId, revisionId } = JSON.parse(present(inputs)) as Record<string, string>;
      const assetSources = [{ bucket: "source", key: "a.csv" }];
      const details = { importAssetsFromS3: { dataSetId, revisionId, assetSources } };
      ids.set(id, (await runJob(service, "IMPORT_ASSETS_FROM_S3", details)).id);
    }
    await service.finalizeRevision(JSON.parse(present(inputs)) as { dataSetId: string; revisionId: string });
  }
  return present(JSON.parse(text));
}

/** The data set, the revisions and the assets to export that details name, unless they are there. */
async function makePlaces(
  service: TestService,
  details: Json,
  assetType: Parameters<TestService["createDataSet"]>[0],
  ids: Map<string, string>,
): Promise<void> {
  const dataSetId = details.dataSetId as string;
  if (!ids.has(dataSetId)) ids.set(dataSetId, await service.createDataSet(assetType));
  const destinations = (details.revisionDestinations ?? details.assetDestinations ?? []) as Json[];
  const named = [details, ...destinations];
  for (const { revisionId } of named as { revisionId?: string }[]) {
    if (revisionId !== undefined && !ids.has(revisionId))
      ids.set(revisionId, await service.createRevision(ids.get(dataSetId)!));
  }
  for (const { assetId } of named as { assetId?: string }[]) {
    if (assetId === undefined || ids.has(assetId)) continue;
    const revision = { dataSetId: ids.get(dataSetId)!, revisionId: ids.get(details.revisionId as string)! };
    ids.set(assetId, (await service.importAsset(revision, "source", "a.csv")).assetId);
  }
}

async function runJob(service: TestService, type: string, details: object, body?: string): Promise<Made> {
  const { detailsKey, upload } = jobTypeOf(type);
  const own = (details as Record<string, Json>)[detailsKey]!;
  const md5 = createHash("md5")
    .update(body ?? "")
    .digest("base64");
  const asked = { [detailsKey]: { ...own, ...(upload && { [upload.md5]: md5 }) } };
  const request = toApiNames({ type, details: asked }) as CreateJobCommandInput;
  const job = await service.dataExchange.send(new CreateJobCommand(request));
  if (upload) {
    const told = fromApiNames(job.Details) as Record<string, Json>;
    await fetch(told[detailsKey]![upload.url] as string, {
      method: "PUT",
      headers: { "content-md5": md5 },
      body,
    });
  }
  const before = await assetsIn(service, own);
  await service.dataExchange.send(new StartJobCommand({ JobId: job.Id }));
  for (;;) {
    const { State } = await service.dataExchange.send(new GetJobCommand({ JobId: job.Id }));
    if (State === "COMPLETED") break;
    if (State !== "IN_PROGRESS") throw new Error(`A job of type ${type} ended in ${State}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const known = new Set(before.map(({ id }) => id));
  return { id: job.Id!, assets: (await assetsIn(service, own)).filter(({ id }) => !known.has(id)) };
}

async function assetsIn(service: TestService, { dataSetId, revisionId }: Json): Promise<Made["assets"]> {
  if (revisionId === undefined) return [];
  const { Assets = [] } = await service.dataExchange.send(
    new ListRevisionAssetsCommand({ DataSetId: dataSetId as string, RevisionId: revisionId as string }),
  );
  return Assets.map(({ Id, Name }) => ({ id: Id!, name: Name! }));
}
