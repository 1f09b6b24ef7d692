/**
 * States as released versions wrote them. `tests/fixtures/deployments` holds whole deployments, one a release, which
 * `node dist/tests/reliability/upgrade/record-fixture.js` writes; `tests/fixtures/states` holds single resources from earlier versions.
 * A file is added and never changed.
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { CreateJobCommandInput } from "@aws-sdk/client-dataexchange";
import type { Deployment } from "@pulumi/pulumi/automation";

import { secretOutputs } from "../../../provider/core/state";
import { finalizationToken, jobToken } from "../../../provider/resources/state-contract";
import { jobTypeOf } from "../../../service-model/job-types";
import { fromApiNames, toApiNames } from "../../../service-model/shape";
import { openApi } from "../../harness/programs";
import type { RevisionIds, TestService } from "../../harness/service";
import { md5Of } from "../../simulation/host";
import { isRecord } from "../../../service-model/validate";
import type { Json } from "../fuzz/values";

export interface KeptResource {
  readonly type: string;
  readonly urn: string;
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

export interface Fixture {
  readonly name: string;
  /** The deployment as JSON, so that ids in it can be replaced. */
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

/** A deployment that contains single resources, as the engine writes it. */
function whole(resources: readonly KeptResource[]): Deployment {
  const urn = "urn:pulumi:test::engine-test::pulumi:pulumi:Stack::engine-test-test";
  const stack = { urn, custom: false, type: "pulumi:pulumi:Stack" };
  const kept = resources.map((resource) => ({
    ...resource,
    custom: true,
    parent: urn,
    additionalSecretOutputs: [...secretOutputs],
  }));
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
  return { version: 3, deployment: { manifest, resources: [stack, ...kept] } };
}

export const nameOf = ({ urn }: Pick<KeptResource, "urn">): string => urn.split("::").at(-1)!;

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

export function bodyOf({ inputs }: KeptResource): string | undefined {
  const { hash } = (inputs.upload ?? {}) as { hash?: string };
  if (hash === undefined) return undefined;
  const body = bodies.find((text) => createHash("sha256").update(text).digest("hex") === hash);
  if (body === undefined) throw new Error(`No text is known whose SHA-256 is ${hash}.`);
  return body;
}

/** Creates what the deployment names and returns the deployment with the new ids. */
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
    await createMissing(service, own, assetTypes[0], ids);
    const created = await runJob(service, type, JSON.parse(present(details)) as object, bodyOf(job));
    ids.set(job.id, created.id);
    const known = (job.outputs.assets ?? []) as typeof created.assets;
    // The service names some kinds of asset itself, by the asset's id.
    const named = (name: string) => created.assets.find((asset) => asset.name === name);
    known.forEach(({ id, name }, index) => ids.set(id, (named(name) ?? created.assets[index]!).id));
  }
  for (const { inputs } of finalizations) {
    await createMissing(service, inputs, "S3_SNAPSHOT", ids);
    const { dataSetId, revisionId } = JSON.parse(present(inputs)) as RevisionIds;
    for (const id of (inputs.jobs as string[]).filter((job) => !ids.has(job))) {
      const assetSources = [{ bucket: "source", key: "a.csv" }];
      const details = { importAssetsFromS3: { dataSetId, revisionId, assetSources } };
      ids.set(id, (await runJob(service, "IMPORT_ASSETS_FROM_S3", details)).id);
    }
    await service.finalizeRevision({ dataSetId, revisionId });
  }
  return present(JSON.parse(text));
}

/** The data set, the revisions and the assets to export that details name, unless they are there. */
async function createMissing(
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

async function runJob(service: TestService, type: string, details: object, body = "") {
  const { detailsKey, upload } = jobTypeOf(type);
  const own = (details as Record<string, Json>)[detailsKey]!;
  const md5 = md5Of(body);
  const given = { [detailsKey]: { ...own, ...(upload && { [upload.md5]: md5 }) } };
  const id = await service.createJob(toApiNames({ type, details: given }) as CreateJobCommandInput);
  if (upload) {
    const { Details } = await service.dataExchange.getJob({ JobId: id });
    const url = (fromApiNames(Details) as Record<string, Json>)[detailsKey]![upload.url] as string;
    await fetch(url, { method: "PUT", headers: { "content-md5": md5 }, body });
  }
  const revision = own as unknown as RevisionIds;
  const list = () => (revision.revisionId === undefined ? [] : service.assetsIn(revision));
  const before = new Set((await list()).map((asset) => asset.id));
  const { State } = await service.finishJob(id);
  if (State !== "COMPLETED") throw new Error(`A job of type ${type} ended in ${State}.`);
  return { id, assets: (await list()).filter((asset) => !before.has(asset.id)) };
}
