import type * as redshift from "@pulumi/aws/redshift";
import type { ComponentResourceOptions, Input, Resource } from "@pulumi/pulumi";

import { InputError } from "../lib/input-error";
import { Job } from "../provider/resources/job";
import { slug } from "./support/asset-names";
import type { ImportOutputs } from "./support/declared-jobs";
import {
  importOutputs,
  importSettings,
  replaceBeforeCreate,
  unknownImportOutputs,
} from "./support/declared-jobs";
import { ImportComponent } from "./support/deferred-component";
import type { ImportArgs } from "./support/job-settings";
import type { Chunk } from "./support/partition";
import { partitionStably } from "./support/partition";
import { requireAws } from "./support/pulumi-aws";
import { deriveInputs, resolveInput } from "./support/resolve-input";

/**
 * Source: Service Quotas, "Amazon Redshift datashare assets per import job from Redshift", not adjustable. A revision contains
 * at most 20 by default, but that quota can be raised, so a larger number is not an error here.
 */
const dataSharesPerJob = 10;

/** Arguments of a RedshiftImport. */
export interface RedshiftImportArgs extends ImportArgs {
  /** ARNs of datashares that Data Exchange manages (`CREATE DATASHARE … MANAGEDBY ADX`), at least one, each once. */
  dataShareArns: Input<Input<string>[]>;
  /**
   * Whether to authorize each datashare for Data Exchange (the consumer `ADX`) before it is imported; needs `@pulumi/aws`.
   * @default false, because the import itself authorizes it with the caller's permission `redshift:AuthorizeDataShare`
   */
  authorize?: boolean;
}

/**
 * Amazon Redshift datashares as assets of a revision, in jobs of at most 10.
 *
 * ```ts
 * const sales = new dataexchange.RedshiftImport("sales", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   dataShareArns: [pulumi.interpolate`arn:aws:redshift:us-east-1:${accountId}:datashare:${namespaceId}/sales`],
 * });
 * ```
 *
 * Errors before any job is declared: no datashare, or one that is given twice.
 */
export class RedshiftImport extends ImportComponent<RedshiftImportArgs> {
  constructor(name: string, args: RedshiftImportArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:RedshiftImport", name, args, opts);
  }

  protected async declare(name: string, args: RedshiftImportArgs): Promise<ImportOutputs> {
    const chunks = await this.partition(args);
    if (!chunks) return unknownImportOutputs();
    const jobs: Job[] = [];
    for (const chunk of chunks) {
      const authorizations = args.authorize ? await this.authorize(name, chunk, args) : [];
      jobs.push(this.import(name, chunk, args, authorizations));
    }
    return importOutputs(jobs);
  }

  /** `undefined` if a preview cannot know which datashare belongs to which job. */
  private async partition(args: RedshiftImportArgs): Promise<Chunk<Input<string>>[] | undefined> {
    const { dataShareArns } = args;
    const arns = await resolveInput(dataShareArns);
    if (arns.known) {
      validateDataShares(arns.value);
      const derive = deriveInputs(dataShareArns);
      const chunks = partitionStably(arns.value, (arn) => arn, dataSharesPerJob);
      return chunks.map(({ name, items }) => ({ name, items: items.map((arn) => derive(arn)) }));
    }
    // If all datashares fit into one job, the first job imports them, so their ARNs need not be known.
    const count = Array.isArray(dataShareArns) ? dataShareArns.length : 0;
    if (count > 0 && count <= dataSharesPerJob)
      return [{ name: "", items: dataShareArns as Input<string>[] }];
    const text = "The datashares are not known yet. Their jobs are declared during `pulumi up`.";
    await this.note({ code: "datashares-not-known-yet", text }, args);
    return undefined;
  }

  private async authorize(
    name: string,
    { items }: Chunk<Input<string>>,
    args: RedshiftImportArgs,
  ): Promise<Resource[]> {
    const { DataShareAuthorization } = requireAws<typeof redshift>("redshift", "authorize");
    const arns = await resolveInput([...items]);
    if (!arns.known) {
      const text = "The datashares are not known yet. Their authorizations are declared during `pulumi up`.";
      await this.note({ code: "datashares-not-known-yet", text }, args);
      return [];
    }
    return arns.value.map(
      (arn, index) =>
        new DataShareAuthorization(
          `${name}-${slug(arn.replace(/^.*:datashare:/, ""))}`,
          { dataShareArn: items[index]!, consumerIdentifier: "ADX", region: args.region },
          { parent: this },
        ),
    );
  }

  private import(
    name: string,
    { name: chunk, items }: Chunk<Input<string>>,
    args: RedshiftImportArgs,
    dependsOn: Resource[],
  ): Job {
    const { dataSetId, revisionId } = args;
    const assetSources = items.map((dataShareArn) => ({ dataShareArn }));
    return new Job(
      chunk === "" ? name : `${name}-${chunk}`,
      {
        type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES",
        details: { importAssetsFromRedshiftDataShares: { dataSetId, revisionId, assetSources } },
        ...importSettings(this, args),
      },
      { ...replaceBeforeCreate, parent: this, dependsOn },
    );
  }
}

export function validateDataShares(arns: readonly string[]): void {
  if (arns.length === 0)
    throw new InputError("no-datashares", "dataShareArns is empty; give at least one datashare.");
  const twice = arns.find((arn, index) => arns.indexOf(arn) !== index);
  if (twice === undefined) return;
  throw new InputError(
    "duplicate-datashare",
    `dataShareArns contains ${JSON.stringify(twice)} twice; it would become two assets.`,
  );
}
