/** Programs and job arguments that many tests use. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { asset } from "@pulumi/pulumi";

import type { JobArgs, JobType } from "../../index";
import { Job } from "../../index";
import { jobTypeOf } from "../../service-model/job-types";
import type { RevisionIds } from "./service";

/** A program that declares one Job and exports its outputs. */
export const declareJob =
  (args: JobArgs, name = "prices") =>
  () => {
    const { id, state, assets, errors, signedUrl } = new Job(name, args);
    return Promise.resolve({ id, state, assets, errors, signedUrl });
  };

type MoreArgs = Partial<JobArgs>;

/** The arguments of a job, with its details under the key of the type. */
export const jobArgs = (type: JobType, details: object, more: MoreArgs = {}): JobArgs =>
  ({ type, details: { [jobTypeOf(type).detailsKey]: details }, ...more }) as unknown as JobArgs;

export const importArgs = (revision: RevisionIds, keys: string[], more?: MoreArgs): JobArgs => {
  const assetSources = keys.map((key) => ({ bucket: "source", key }));
  return jobArgs("IMPORT_ASSETS_FROM_S3", { ...revision, assetSources }, more);
};

/** An import of a text through a signed URL. */
export const uploadArgs = (
  revision: RevisionIds,
  assetName: string,
  body: string,
  more?: MoreArgs,
): JobArgs =>
  jobArgs("IMPORT_ASSET_FROM_SIGNED_URL", { ...revision, assetName }, {
    upload: new asset.StringAsset(body),
    ...more,
  } as MoreArgs);

export interface ApiOptions {
  readonly apiName?: string;
  readonly stage?: string;
  readonly apiKey: string;
  /** Title of the OpenAPI document. */
  readonly title: string;
}

/** An import of a REST API with its OpenAPI document. */
export const apiArgs = (revision: RevisionIds, { title, ...api }: ApiOptions, more?: MoreArgs): JobArgs => {
  const defaults = { apiId: "abc123", apiName: "prices", protocolType: "REST", stage: "prod" };
  const upload = new asset.StringAsset(openApi(title));
  const details = { ...revision, ...defaults, ...api };
  return jobArgs("IMPORT_ASSET_FROM_API_GATEWAY_API", details, { upload, ...more } as MoreArgs);
};

export const openApi = (title: string): string =>
  JSON.stringify({ openapi: "3.0.1", info: { title, version: "1" }, paths: {} });

/** An export of an asset to a signed URL. */
export const downloadArgs = (asset: RevisionIds & { assetId: string }, more?: MoreArgs): JobArgs =>
  jobArgs("EXPORT_ASSET_TO_SIGNED_URL", asset, more);

/** Resolved when this module loads, because tests change the working directory. */
const root = resolve(".");

/** The blocks of a section of a document in one language, joined. */
export async function readSnippets(heading: string, file = "README.md", language = "ts"): Promise<string> {
  const [, section] = (await readFile(resolve(root, file), "utf8")).split(new RegExp(`^## ${heading}$`, "m"));
  if (section === undefined) throw new Error(`${file} has no section "${heading}".`);
  const blocks = [...section.split(/^## /m)[0]!.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(
    ([, name, text]) => (name === language ? [text!] : []),
  );
  if (blocks.length === 0) throw new Error(`The section "${heading}" of ${file} has no program.`);
  return blocks.join("\n");
}
