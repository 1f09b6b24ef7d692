/**
 * States as released versions wrote them. `tests/fixtures/deployments` holds whole deployments, one a release, which
 * `node dist/tests/reliability/upgrade/record-fixture.js` writes; `tests/fixtures/states` holds single resources from before there were those.
 * A file is added and never changed.
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { CreateJobCommandInput } from "@aws-sdk/client-dataexchange";
import {
  CreateJobCommand,
  GetJobCommand,
  ListRevisionAssetsCommand,
  StartJobCommand,
} from "@aws-sdk/client-dataexchange";
import type { Deployment } from "@pulumi/pulumi/automation";

import { finalizationToken, jobToken, secretOutputs } from "../../../provider/state-contract";
import { jobTypeOf } from "../../../service-model/job-types";
import { fromApiNames, toApiNames } from "../../../service-model/shape";
import { openApi } from "../../harness/programs";
import type { TestService } from "../../harness/service";
import type { Json } from "../fuzz/values";
import { isRecord } from "../fuzz/values";

export interface KeptResource {
  readonly type: string;
  readonly urn: string;
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

export interface Fixture {
  readonly name: string;
  /** The deployment as JSON, so that ids in it can be put in the place of others. */
  readonly text: string;
}

export const folder = join(process.cwd(), "tests", "fixtures");

export function fixtures(): Fixture[] {
  return [...filesIn("deployments"), ...filesIn("states")].map(({ name, text }) => {
    const read = JSON.parse(text) as Deployment | KeptResource[];
    return { name, text: JSON.stringify(Array.isArray(read) ? whole(read) : read) };
  });
}

const filesIn = (kind: string): Fixture[] =>
  readdirSync(join(folder, kind)).map((file) => ({
    name: `${kind}/${file}`,
    text: readFileSync(join(folder, kind, file), "utf8"),
  }));

/** A deployment of single resources: what the engine writes around them. */
function whole(resources: readonly KeptResource[]): Deployment {
  const urn = "urn:pulumi:test::engine-test::pulumi:pulumi:Stack::engine-test-test";
  const stack = { urn, custom: false, type: "pulumi:pulumi:Stack" };
  const kept = resources.map((resource) => ({
    ...resource,
    custom: true,
    parent: urn,
    additionalSecretOutputs: secretOutputs,
  }));
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
  return { version: 3, deployment: { manifest, resources: [stack, ...kept] } };
}

export const nameOf = ({ urn }: KeptResource): string => urn.split("::").at(-1)!;

/** The jobs and finalizations of a deployment, with what is secret in it as plain values. */
export function resourcesOf(text: string): { jobs: KeptResource[]; finalizations: KeptResource[] } {
  const { deployment } = JSON.parse(text) as { deployment: { resources: KeptResource[] } };
  const all = deployment.resources.map((resource) => plain(resource) as KeptResource);
  return {
    jobs: all.filter(({ type }) => type === jobToken),
    finalizations: all.filter(({ type }) => type === finalizationToken),
  };
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  // A secret as `pulumi stack export --show-secrets` writes it.
  if (typeof value.plaintext === "string") return JSON.parse(value.plaintext);
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, plain(held)]));
}

/** The uploaded texts of the fixtures; a state has only their hashes. */
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
    // The service names some kinds of asset itself, by the asset's id.
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
