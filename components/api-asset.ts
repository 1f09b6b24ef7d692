import type * as apigateway from "@pulumi/aws/apigateway";
import type { ComponentResourceOptions, Input, Inputs, Output, Resource } from "@pulumi/pulumi";
import { ComponentResource, interpolate, log, output } from "@pulumi/pulumi";

import type { JobAsset, JobState } from "../service-model/job";
import { Job } from "../provider/dynamic/job";
import { requireAws } from "./support/pulumi-aws";
import { contentHash, hashInputs } from "./support/content-hash";
import type { JobSettings } from "./support/job-settings";
import {
  importSettings,
  replaceBeforeCreate,
  unknownOutput,
  singleJobOutputs,
} from "./support/declared-jobs";
import type { OpenApiDocument } from "./support/open-api";
import { readDocument, uploadOf, wrongDocument } from "./support/open-api";
import type { Resolved } from "./support/resolve-input";
import { dependenciesReady, resolveInput } from "./support/resolve-input";
import { InputError, reportInputErrors } from "./support/input-error";
import { readArgs, hideArgs } from "./support/hidden-args";

/** What an ApiAsset is made of. */
export interface ApiAssetArgs extends JobSettings {
  /** The data set that owns the revision. A change replaces the job. */
  dataSetId: Input<string>;
  /** The revision to import into; it must not be finalized. A change replaces the job. */
  revisionId: Input<string>;
  /** Id of the REST API in API Gateway. A change replaces the job. */
  restApiId: Input<string>;
  /** Name of the API's stage. A change replaces the job. */
  stageName: Input<string>;
  /** What the API is called; the asset is named by it. A change replaces the job. */
  apiName: Input<string>;
  /** What the API offers, for subscribers; Markdown. Default: none. A change replaces the job. */
  apiDescription?: Input<string>;
  /**
   * Key of a usage plan with which Data Exchange calls the API. Secret wherever it appears. Default: none. A change
   * replaces the job.
   */
  apiKey?: Input<string>;
  /**
   * The OpenAPI 3.0 document of the API: an asset such as `new pulumi.asset.FileAsset("openapi.json")`, an object, or
   * text in JSON. Another content replaces the job. Default: exported from the stage, which takes `@pulumi/aws`.
   */
  specification?: Input<OpenApiDocument>;
  /**
   * What becomes of the asset when the job is replaced or deleted: `deleteAssets` deletes it unless its revision is
   * finalized, `retain` keeps it. Default: `deleteAssets`, so that no duplicates are left.
   */
  onDelete?: Input<"retain" | "deleteAssets">;
}

/** What a revision gets, wherever it is. */
export type ApiAssetContent = Omit<ApiAssetArgs, "dataSetId" | "revisionId">;

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
 * The API's resource policy has to let Data Exchange call it; see the component's page for the statement.
 *
 * Errors: a document that is not OpenAPI 3.0 in JSON is refused, by the preview if it is known there.
 */
export class ApiAsset extends ComponentResource<Job> {
  /** Id of the job. */
  declare readonly jobId: Output<string>;
  /** State of the job: `COMPLETED` in a stack that is up. */
  declare readonly state: Output<JobState>;
  /** The asset that the stage became. */
  declare readonly asset: Output<JobAsset | undefined>;
  /** Where API Gateway serves the stage, for its owner; subscribers call an address of Data Exchange. */
  declare readonly apiEndpoint: Output<string>;

  constructor(name: string, args: ApiAssetArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:ApiAsset", name, hideArgs(args), opts);
    const { restApiId, stageName } = args;
    const job = output(this.getData());
    const outputs = {
      ...singleJobOutputs(job),
      apiEndpoint: interpolate`https://${restApiId}.execute-api.${job.apply(({ region }) => region)}.amazonaws.com/${stageName}`,
    };
    Object.assign(this, outputs);
    this.registerOutputs(outputs);
  }

  protected override initialize(inputs: Inputs, opts: ComponentResourceOptions, name: string): Promise<Job> {
    const args = readArgs<ApiAssetArgs>(inputs);
    return reportInputErrors(this, `ApiAsset ${JSON.stringify(name)}`, args, async () => {
      const document = documentOf(args, await dependenciesReady(opts.dependsOn), this);
      const known = await resolveInput(document);
      if (known.known) await check(known.value);
      else {
        await log.info(
          "The OpenAPI document is not known yet: what is uploaded, and whether it is OpenAPI 3.0, is decided once it is.",
          this,
        );
      }
      const { dataSetId, revisionId, restApiId, stageName, apiName, apiDescription, apiKey } = args;
      return new Job(
        name,
        {
          type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
          details: {
            importAssetFromApiGatewayApi: {
              ...{ dataSetId, revisionId, apiId: restApiId, stage: stageName },
              ...{ apiName, apiDescription, apiKey, protocolType: "REST" },
            },
          },
          upload: output(document).apply((found) => uploadOf(found)),
          ...importSettings(this, args),
        },
        { ...replaceBeforeCreate, parent: this },
      );
    });
  }
}

/**
 * The document as given, or as API Gateway exports it from the stage, asked by the parent's provider. What a stage that
 * is yet to be made or changed will export is not known.
 */
function documentOf(
  { specification, restApiId, stageName, region }: ApiAssetContent,
  isReady: boolean,
  parent?: Resource,
): Input<OpenApiDocument> {
  if (specification !== undefined) return specification;
  if (!isReady) return unknownOutput<string>();
  const { getExportOutput } = requireAws<typeof apigateway>(
    "apigateway",
    "the document, exported from the stage where no specification is given,",
  );
  return getExportOutput(
    { restApiId, stageName, region, exportType: "oas30", accepts: "application/json" },
    { parent },
  ).body;
}

async function check(document: OpenApiDocument): Promise<void> {
  const text = await readDocument(document).catch((error: Error) => {
    throw new InputError(`specification cannot be read: ${error.message}.`);
  });
  const wrong = text === undefined ? undefined : wrongDocument(text);
  if (wrong) throw new InputError(`specification ${wrong}`);
}

/** A digest of what the revision would hold; unknown as long as the document is. */
export async function contentOf(
  args: ApiAssetContent,
  isReady = true,
  publisher?: Resource,
): Promise<Resolved<string>> {
  const document = await resolveInput(documentOf(args, isReady, publisher));
  if (!document.known) return document;
  const found = document.value;
  // A document on another machine counts by its address.
  const text = (await readDocument(found)) ?? contentHash(found);
  const { restApiId, stageName, apiName, apiDescription, apiKey, tags } = args;
  return hashInputs("ApiAsset", [text, restApiId, stageName, apiName, apiDescription, apiKey, tags]);
}
