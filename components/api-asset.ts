import type * as apigateway from "@pulumi/aws/apigateway";
import type { ComponentResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import { asset, interpolate, output } from "@pulumi/pulumi";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { InputError } from "../lib/input-error";
import { Job } from "../provider/resources/job";
import type { JobAsset, JobState } from "../service-model/job";
import { isRecord } from "../service-model/validate";
import { assetSource } from "./support/content-hash";
import type { SingleImportOutputs } from "./support/declared-jobs";
import { importSettings, replaceBeforeCreate, singleImportOutputs } from "./support/declared-jobs";
import { DeferredComponent } from "./support/deferred-component";
import type { ImportArgs } from "./support/job-settings";
import { requireAws } from "./support/pulumi-aws";
import { dependenciesReady, resolveInput, unknownOutput } from "./support/resolve-input";

/** An OpenAPI 3.0 document: a file, text in JSON, or an object. */
export type OpenApiDocument = asset.Asset | string | Readonly<Record<string, unknown>>;

/** Arguments of an ApiAsset. */
export interface ApiAssetArgs extends ImportArgs {
  /** Id of the REST API in API Gateway. A change replaces the job. */
  restApiId: Input<string>;
  /** Name of the API's stage. A change replaces the job. */
  stageName: Input<string>;
  /** Name of the API, and of the asset. A change replaces the job. */
  apiName: Input<string>;
  /**
   * Description of the API for subscribers, in Markdown. A change replaces the job.
   * @default none
   */
  apiDescription?: Input<string>;
  /**
   * Key of a usage plan with which Data Exchange calls the API. It is always treated as a secret. A change replaces the job.
   * @default none
   */
  apiKey?: Input<string>;
  /**
   * The OpenAPI 3.0 document of the API: an asset such as `new pulumi.asset.FileAsset("openapi.json")`, an object, or
   * text in JSON. A change of its content replaces the job.
   * @default exported from the stage, which needs `@pulumi/aws`
   */
  specification?: Input<OpenApiDocument>;
}

interface ApiAssetOutputs extends SingleImportOutputs {
  readonly apiEndpoint: Output<string>;
}

/**
 * A stage of an API Gateway REST API as an asset of a revision.
 *
 * ```ts
 * const quotes = new dataexchange.ApiAsset("quotes", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   restApiId: stage.restApi,
 *   stageName: stage.stageName,
 *   apiName: "quotes",
 * });
 * ```
 *
 * The API's resource policy must allow Data Exchange to call it; the component's page shows the statement.
 *
 * Errors: a document that is not OpenAPI 3.0 in JSON, in the preview if the document is known there.
 */
export class ApiAsset extends DeferredComponent<ApiAssetArgs, ApiAssetOutputs> {
  /** Id of the job. */
  declare readonly jobId: Output<string>;
  /** State of the job: `COMPLETED` after `pulumi up`. */
  declare readonly state: Output<JobState>;
  /** The asset that the job created. */
  declare readonly asset: Output<JobAsset | undefined>;
  /** URL of the stage in API Gateway, for its owner. Subscribers call a URL of Data Exchange. */
  declare readonly apiEndpoint: Output<string>;

  constructor(name: string, args: ApiAssetArgs, opts: ComponentResourceOptions = {}) {
    const outputs = ["jobId", "state", "asset", "apiEndpoint"] as const;
    super("dataexchange:index:ApiAsset", name, args, opts, outputs);
  }

  protected async declare(
    name: string,
    args: ApiAssetArgs,
    { dependsOn }: ComponentResourceOptions,
  ): Promise<ApiAssetOutputs> {
    const document = resolveDocument(args, await dependenciesReady(dependsOn), this);
    const resolved = await resolveInput(document);
    if (resolved.known) await validateSpecification(resolved.value);
    else {
      const text = "The OpenAPI document is not known yet. It is validated and uploaded during `pulumi up`.";
      await this.note({ code: "document-not-known-yet", text }, args);
    }
    const { dataSetId, revisionId, restApiId, stageName, apiName, apiDescription, apiKey } = args;
    const ids = { dataSetId, revisionId, apiId: restApiId, stage: stageName };
    const job = new Job(
      name,
      {
        type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
        details: {
          importAssetFromApiGatewayApi: { ...ids, apiName, apiDescription, apiKey, protocolType: "REST" },
        },
        upload: output(document).apply((known) => toUpload(known)),
        ...importSettings(this, args),
      },
      { ...replaceBeforeCreate, parent: this },
    );
    const apiEndpoint = interpolate`https://${restApiId}.execute-api.${job.region}.amazonaws.com/${stageName}`;
    return { ...singleImportOutputs(job), apiEndpoint };
  }
}

/**
 * The given document, or the document that API Gateway exports from the stage. It is unknown if a preview will create or
 * change the stage. The parent's provider makes the call.
 */
export function resolveDocument(
  { specification, restApiId, stageName, region }: Omit<ApiAssetArgs, "dataSetId" | "revisionId">,
  isReady: boolean,
  parent?: Resource,
): Input<OpenApiDocument> {
  if (specification !== undefined) return specification;
  if (!isReady) return unknownOutput<string>();
  const { getExportOutput } = requireAws<typeof apigateway>(
    "apigateway",
    "exporting the document from the stage, because specification is not given,",
  );
  const call = { restApiId, stageName, region, exportType: "oas30", accepts: "application/json" };
  return getExportOutput(call, { parent }).body;
}

export const toUpload = (document: OpenApiDocument): asset.Asset & object =>
  asset.Asset.isInstance(document)
    ? (document as asset.Asset & object)
    : new asset.StringAsset(documentText(document));

/** The text of a document; `undefined` for a remote document. */
export async function readDocument(document: OpenApiDocument): Promise<string | undefined> {
  if (!asset.Asset.isInstance(document)) return documentText(document);
  const { path, text, uri } = await assetSource(document);
  if (text !== undefined) return text;
  if (path !== undefined) return readFile(path, "utf8");
  return uri?.startsWith("file:") ? readFile(fileURLToPath(uri), "utf8") : undefined;
}

const documentText = (document: string | Readonly<Record<string, unknown>>): string =>
  typeof document === "string" ? document : JSON.stringify(document);

async function validateSpecification(document: OpenApiDocument): Promise<void> {
  const text = await readDocument(document).catch((error: Error) => {
    throw new InputError("unreadable-file", `specification cannot be read: ${error.message}.`);
  });
  if (text !== undefined) validateDocument(text);
}

/** Source: AWS Data Exchange User Guide, "Adding API assets": an OpenAPI 3.0 specification, in JSON. */
export function validateDocument(text: string): void {
  const invalid = (problem: string) => new InputError("not-openapi-3-0", `specification ${problem}.`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw invalid(
      "is not valid JSON. For a file, give new pulumi.asset.FileAsset(path). Convert YAML to JSON",
    );
  }
  if (!isRecord(document)) throw invalid("must be an object with an OpenAPI 3.0 document");
  const { openapi, swagger, info, paths } = document;
  if (swagger !== undefined) throw invalid("is a Swagger document; it must be OpenAPI 3.0");
  if (typeof openapi !== "string") throw invalid("has no openapi version; it must be OpenAPI 3.0");
  if (!/^3\.0\.\d+/.test(openapi)) throw invalid("has another openapi version; it must be OpenAPI 3.0");
  if (!isRecord(info) || !isRecord(paths)) throw invalid("lacks info or paths, which OpenAPI 3.0 requires");
}
