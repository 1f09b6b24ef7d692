import { createHash } from "node:crypto";

import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";

import { importAssetsFromS3 } from "../service-model/job-types/import-assets-from-s3";
import type { S3Object } from "./support/asset-names";
import type { ImportOutputs } from "./support/declared-jobs";
import { declareImportSet, jobName, unknownImportOutputs } from "./support/declared-jobs";
import { ImportComponent, selectionOf } from "./support/deferred-component";
import type { ImportArgs } from "./support/job-settings";
import { componentConnection } from "./support/job-settings";
import type { Chunk } from "./support/partition";
import { partitionDensely, partitionStably } from "./support/partition";
import { dependenciesReady, deriveInputs, unknownOutput } from "./support/resolve-input";
import type { ObjectCriteria, ObjectSelection } from "./support/select-objects";
import { selectObjects } from "./support/select-objects";
import { WrittenObjects } from "./support/written-objects";

/** Arguments of an S3Import. */
export interface S3ImportArgs extends ImportArgs, ObjectCriteria {}

interface S3ImportOutputs extends ImportOutputs {
  readonly objects: Output<readonly S3Object[]>;
}

/**
 * Objects of a bucket as assets of a revision, in one JobSet whose jobs import at most 100 objects each. A hash of
 * its key assigns an object to a job, so an added or removed object usually changes one job.
 *
 * ```ts
 * const prices = new dataexchange.S3Import("prices", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   bucket: bucket.id,
 *   prefix: "2026/",
 *   include: ["*.csv"],
 * });
 * ```
 *
 * The component waits for objects that the program itself writes with resources declared before it; see its page.
 *
 * Errors before any job is declared: a bucket that does not exist (`pulumi up` only) or cannot be listed, no selected
 * object, more than 10,000, and keys that look the same.
 */
export class S3Import extends ImportComponent<S3ImportArgs, S3ImportOutputs> {
  /** Keys of the selected objects, and their ETags if the bucket was listed. */
  declare readonly objects: Output<S3Object[]>;

  constructor(name: string, args: S3ImportArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:S3Import", name, args, opts, "objects");
  }

  protected async declare(
    name: string,
    args: S3ImportArgs,
    { dependsOn }: ComponentResourceOptions,
  ): Promise<S3ImportOutputs> {
    const written = WrittenObjects.of(this);
    const given = selectionOf<ObjectSelection>(args);
    const selection = given ?? (await this.select(args, dependsOn, written));
    const { objects, bucket, deferred, warnings = [] } = selection;
    for (const warning of warnings) await this.warn(warning, args);
    // A publication has shown the note of a selection that it gives.
    if (deferred && !given) await this.note(deferred, args);
    if (!objects) return { ...unknownImportOutputs(), objects: unknownOutput() };

    const derive = deriveInputs(args.bucket, args.keys, args.prefix, args.include, args.exclude);
    // A publication replaces all jobs for any change, so its objects need not stay in the same jobs.
    const chunks = given
      ? partitionDensely(objects, maxObjects)
      : partitionStably(objects, ({ key }) => key, maxObjects);
    const jobs = chunks.map((chunk) => importJob(chunk, { ...args, bucket: bucket ?? args.bucket }, derive));
    return { ...declareImportSet(this, name, jobs, args), objects: output(derive([...objects])) };
  }

  private async select(
    args: S3ImportArgs,
    dependsOn: ComponentResourceOptions["dependsOn"],
    written: WrittenObjects,
  ): Promise<ObjectSelection> {
    const isReady = await dependenciesReady(dependsOn);
    return selectObjects(args, { isReady, connection: componentConnection(this, args), written });
  }
}

/** Source: the job type table, with the service's limit. */
const maxObjects = (importAssetsFromS3.details.members.assetSources!.shape as { maxItems: number }).maxItems;

function importJob(
  { name, items }: Chunk<S3Object>,
  { dataSetId, revisionId, bucket }: S3ImportArgs,
  derive: ReturnType<typeof deriveInputs>,
) {
  const assetSources = derive(items.map(({ key }) => ({ bucket, key })));
  // The details do not show changed content of an object, so ETags are triggers. A hash of 72 bits keeps the state small, and
  // two ETags of an object practically never share it.
  const etags = items.flatMap(({ key, etag }) =>
    etag === undefined ? [] : [[key, shortHash(etag)] as const],
  );
  const job = {
    type: "IMPORT_ASSETS_FROM_S3" as const,
    details: { importAssetsFromS3: { dataSetId, revisionId, assetSources } },
    ...(etags.length > 0 && { triggers: derive(Object.fromEntries(etags)) }),
  };
  return [jobName(name), job] as const;
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("base64").slice(0, 12);
