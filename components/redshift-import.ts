import type * as redshift from "@pulumi/aws/redshift";
import type { ComponentResourceOptions, Input, Inputs, Output, Resource } from "@pulumi/pulumi";
import { ComponentResource, log, output } from "@pulumi/pulumi";

import type { JobAsset, JobState } from "../service-model/job";
import { Job } from "../provider/dynamic/job";
import type { Chunk } from "./support/partition";
import { partitionStably } from "./support/partition";
import { requireAws } from "./support/pulumi-aws";
import { hashInputs } from "./support/content-hash";
import type { JobSettings } from "./support/job-settings";
import type { JobsOutcome } from "./support/declared-jobs";
import { importSettings, replaceBeforeCreate, outcomeOf, unknownOutcome } from "./support/declared-jobs";
import { InputError, reportInputErrors } from "./support/input-error";
import { slug } from "./support/asset-names";
import type { Resolved } from "./support/resolve-input";
import { membersOf, resolveInput, deriveInputs } from "./support/resolve-input";
import { readArgs, hideArgs } from "./support/hidden-args";

/**
 * Datashares in one job. Source: Service Quotas, "Amazon Redshift datashare assets per import job from Redshift", not
 * adjustable. A revision takes 20 unless that quota has been raised, so nobody refuses more here.
 */
export const dataSharesPerJob = 10;

/** What a RedshiftImport is made of. */
export interface RedshiftImportArgs extends JobSettings {
  /** The data set that owns the revision. A change replaces every job. */
  dataSetId: Input<string>;
  /** The revision to import into; it must not be finalized. A change replaces every job. */
  revisionId: Input<string>;
  /** ARNs of datashares that Data Exchange manages (`CREATE DATASHARE … MANAGEDBY ADX`), at least one, each once. */
  dataShareArns: Input<Input<string>[]>;
  /**
   * Whether to authorize each datashare for Data Exchange (the consumer `ADX`) before it is imported; takes
   * `@pulumi/aws`. Default: false, because the import itself authorizes it with the permission
   * `redshift:AuthorizeDataShare` of whoever runs it.
   */
  authorize?: boolean;
  /**
   * What becomes of the assets of a job that is replaced or deleted: `deleteAssets` deletes them unless their revision
   * is finalized, `retain` keeps them. Default: `deleteAssets`, so that no duplicates are left.
   */
  onDelete?: Input<"retain" | "deleteAssets">;
}

/** What a revision gets, wherever it is. */
export type RedshiftImportContent = Omit<RedshiftImportArgs, "dataSetId" | "revisionId">;

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
 * Errors: no datashare, or one that is named twice, is refused before any job is declared.
 */
export class RedshiftImport extends ComponentResource<JobsOutcome> {
  /** Ids of the jobs. */
  declare readonly jobIds: Output<string[]>;
  /** States of the jobs: all `COMPLETED` in a stack that is up. */
  declare readonly states: Output<JobState[]>;
  /** The assets that the datashares became. */
  declare readonly assets: Output<JobAsset[]>;

  constructor(name: string, args: RedshiftImportArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:RedshiftImport", name, hideArgs(args), opts);
    const { jobIds, states, assets } = membersOf(this.getData(), ["jobIds", "states", "assets"]);
    Object.assign(this, { jobIds, states, assets });
    this.registerOutputs({ jobIds, states });
  }

  protected override initialize(
    inputs: Inputs,
    _opts: ComponentResourceOptions,
    name: string,
  ): Promise<JobsOutcome> {
    const args = readArgs<RedshiftImportArgs>(inputs);
    return reportInputErrors(this, `RedshiftImport ${JSON.stringify(name)}`, args, async () => {
      const chunks = await this.chunks(args);
      if (!chunks) return unknownOutcome();
      const jobs: Job[] = [];
      for (const chunk of chunks)
        jobs.push(this.import(name, chunk, args, await this.grants(name, chunk, args)));
      return outcomeOf(jobs);
    });
  }

  /** Nothing when a preview cannot know which datashare goes into which job. */
  private async chunks({ dataShareArns }: RedshiftImportArgs): Promise<Chunk<Input<string>>[] | undefined> {
    const arns = await resolveInput(dataShareArns);
    if (arns.known) {
      const wrong = wrongDataShares(arns.value);
      if (wrong) throw new InputError(wrong);
      const input = deriveInputs(dataShareArns);
      return partitionStably(arns.value, (arn) => arn, dataSharesPerJob).map(({ name, items }) => ({
        ...{ name, items: items.map((arn) => input(arn)) },
      }));
    }
    // As many as fit into one job go into that one, whatever they are called.
    if (
      Array.isArray(dataShareArns) &&
      dataShareArns.length > 0 &&
      dataShareArns.length <= dataSharesPerJob
    ) {
      return [{ name: "", items: dataShareArns }];
    }
    await log.info(
      "The datashares are not known yet: how many jobs import them is decided once they are.",
      this,
    );
    return undefined;
  }

  private async grants(
    name: string,
    { items }: Chunk<Input<string>>,
    args: RedshiftImportArgs,
  ): Promise<Resource[]> {
    if (!args.authorize) return [];
    const { DataShareAuthorization } = requireAws<typeof redshift>("redshift", "authorize");
    const known = await resolveInput([...items]);
    if (!known.known) {
      await log.info(
        "The datashares are not known yet: their authorizations are declared once they are.",
        this,
      );
      return [];
    }
    return known.value.map(
      (dataShareArn, index) =>
        new DataShareAuthorization(
          `${name}-${slug(dataShareArn.replace(/^.*:datashare:/, ""))}`,
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

/** Says what is wrong with a choice of datashares; nothing when it is right. */
export function wrongDataShares(arns: readonly string[]): string | undefined {
  if (arns.length === 0) return "dataShareArns is empty; there would be nothing to import.";
  const twice = arns.find((arn, index) => arns.indexOf(arn) !== index);
  return twice === undefined
    ? undefined
    : `dataShareArns names ${JSON.stringify(twice)} twice; it would become two assets.`;
}

/** A digest of what the revision would hold. */
export const contentOf = ({ dataShareArns, tags }: RedshiftImportContent): Promise<Resolved<string>> =>
  hashInputs(
    "RedshiftImport",
    output([output(dataShareArns).apply((arns) => [...arns].sort()), tags] as const),
  );
