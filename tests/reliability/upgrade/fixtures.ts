/**
 * States as released versions wrote them. `tests/fixtures/deployments` holds whole deployments, one a release, which
 * `node dist/tests/reliability/upgrade/record-fixture.js` writes; `tests/fixtures/states` holds single resources from before there were those.
 * A file is added and never changed.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { Deployment } from "@pulumi/pulumi/automation";

import { finalizationToken, jobToken, secretOutputs } from "../../../provider/state-contract";
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
