/** Programs and job arguments that many tests use. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { asset } from "@pulumi/pulumi";

import type { JobArgs } from "../../index";
import { Job } from "../../index";
import type { RevisionIds } from "./service";

/** A program of one Job that exports its outputs. */
export const declareJob =
  (args: JobArgs, name = "prices") =>
  () => {
    const { id, state, assets, errors, signedUrl } = new Job(name, args);
    return Promise.resolve({ id, state, assets, errors, signedUrl });
  };

export const importArgs = (revision: RevisionIds, keys: string[], rest: Partial<JobArgs> = {}): JobArgs =>
  ({
    type: "IMPORT_ASSETS_FROM_S3",
    details: {
      importAssetsFromS3: { ...revision, assetSources: keys.map((key) => ({ bucket: "source", key })) },
    },
    ...rest,
  }) as JobArgs;

/** An import of a text through a signed URL. */
export const uploadArgs = (
  revision: RevisionIds,
  assetName: string,
  body: string,
  rest: Partial<JobArgs> = {},
): JobArgs =>
  ({
    type: "IMPORT_ASSET_FROM_SIGNED_URL",
    details: { importAssetFromSignedUrl: { ...revision, assetName } },
    upload: new asset.StringAsset(body),
    ...rest,
  }) as JobArgs;

export interface ApiOptions {
  readonly apiName?: string;
  readonly stage?: string;
  readonly apiKey: string;
  /** Title of the OpenAPI document. */
  readonly title: string;
}

/** An import of a REST API with its OpenAPI document. */
export const apiArgs = (
  revision: RevisionIds,
  { title, ...api }: ApiOptions,
  rest: Partial<JobArgs> = {},
): JobArgs => {
  const details = {
    ...revision,
    apiId: "abc123",
    apiName: "prices",
    protocolType: "REST",
    stage: "prod",
    ...api,
  };
  return {
    type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
    details: { importAssetFromApiGatewayApi: details },
    upload: new asset.StringAsset(openApi(title)),
    ...rest,
  } as JobArgs;
};

export const openApi = (title: string): string =>
  JSON.stringify({ openapi: "3.0.1", info: { title, version: "1" }, paths: {} });

/** An export of an asset to a signed URL. */
export const downloadArgs = (
  asset: RevisionIds & { assetId: string },
  rest: Partial<JobArgs> = {},
): JobArgs =>
  ({
    type: "EXPORT_ASSET_TO_SIGNED_URL",
    details: { exportAssetToSignedUrl: asset },
    ...rest,
  }) as JobArgs;

/** Resolved when this module loads, because tests change the working directory. */
const root = resolve(".");

/** The TypeScript blocks of a section of a document, joined. */
export async function snippetsOf(heading: string, file = "README.md"): Promise<string> {
  const [, section] = (await readFile(resolve(root, file), "utf8")).split(new RegExp(`^## ${heading}$`, "m"));
  if (section === undefined) throw new Error(`${file} has no section "${heading}".`);
  const blocks = [...section.split(/^## /m)[0]!.matchAll(/^```ts\n([^]*?)^```$/gm)];
  if (blocks.length === 0) throw new Error(`The section "${heading}" of ${file} has no program.`);
  return blocks.map(([, text]) => text!).join("\n");
}
