import type * as dataexchange from "@pulumi/aws/dataexchange";
import type { ComponentResourceOptions, Input, Output } from "@pulumi/pulumi";
import { all, output, unsecret } from "@pulumi/pulumi";
import { version as sdkVersion } from "@pulumi/pulumi/version";

import { InputError } from "../lib/input-error";
import { RevisionFinalization } from "../provider/resources/revision-finalization";
import type { JobAsset } from "../service-model/job";
import { string } from "../service-model/shape";
import { id } from "../service-model/shared-shapes";
import type { ContentOutputs, RevisionContent } from "./revision-contents";
import { contentHashWithAssets } from "./support/content-hash";
import { DeferredComponent } from "./support/deferred-component";
import type { ContentItem } from "./inspect-contents";
import { inspectContents } from "./inspect-contents";
import { validateInputs } from "./support/input-error";
import type { JobSettings } from "./support/job-settings";
import { componentConnection } from "./support/job-settings";
import { requireAws } from "./support/pulumi-aws";
import { dependenciesReady, unknownOutput } from "./support/resolve-input";
import { WrittenObjects } from "./support/written-objects";

/** Arguments of a RevisionPublication. */
export interface RevisionPublicationArgs extends Omit<JobSettings, "onDelete"> {
  /** The data set to publish in. A change creates a new revision there. */
  dataSetId: Input<string>;
  /** Comment of the revision, at most 16,384 characters. A change updates the revision. */
  comment?: Input<string>;
  /**
   * The revision's contents, at least one item, by names of your choice. A new revision is created if an item is added, removed
   * or renamed, or if its content changes. Connection, timeouts, triggers and tags of the publication apply to each
   * item that does not set its own.
   */
  contents: Record<string, RevisionContent>;
  /**
   * Whether a revision is kept (`retain`) or opened and deleted with its assets (`delete`), when a new one has replaced it
   * and when the component is deleted. Set it in a `pulumi up` before the one that replaces or deletes.
   * @default "retain", so that subscribers keep the revision
   */
  previousRevisions?: "retain" | "delete";
}

const notKnownYet = { code: "content-not-known-yet", text: "The content is not known yet." };

/** Source: API model, CreateRevision. */
const comment = string({ maxLength: 16_384 });

interface RevisionPublicationOutputs extends ContentOutputs {
  readonly revisionId: Output<string>;
  readonly revisionArn: Output<string>;
  readonly finalized: Output<boolean>;
}

/**
 * One revision with all of its contents, finalized only after all of its jobs have completed. Changed content creates a new
 * revision. If a job fails, the revision stays open, so subscribers do not see it, and the next
 * `pulumi up` resumes.
 *
 * ```ts
 * const january = new dataexchange.RevisionPublication("prices", {
 *   dataSetId: dataSet.id,
 *   contents: { prices: { s3: { bucket: bucket.id, prefix: "prices/" } } },
 * });
 * ```
 *
 * Needs `@pulumi/aws` 7 and the Pulumi CLI 3.226 or later. Errors: no contents, more than 10,000 assets in all, names that look the
 * same, contents of different asset types, and the errors of each item.
 */
export class RevisionPublication extends DeferredComponent<
  RevisionPublicationArgs,
  RevisionPublicationOutputs
> {
  /** Id of the published revision. */
  declare readonly revisionId: Output<string>;
  /** ARN of that revision. */
  declare readonly revisionArn: Output<string>;
  /** Ids of the jobs that filled it. */
  declare readonly jobIds: Output<string[]>;
  /** The assets in it. */
  declare readonly assets: Output<JobAsset[]>;
  /** Whether it is finalized: true after `pulumi up`. */
  declare readonly finalized: Output<boolean>;

  constructor(name: string, args: RevisionPublicationArgs, opts: ComponentResourceOptions = {}) {
    // The state already contains the assets, with the jobs that created them.
    const inState = ["revisionId", "revisionArn", "jobIds", "finalized"] as const;
    const type = "dataexchange:index:RevisionPublication";
    super(type, name, args, opts, [...inState, "assets"], [...inState]);
  }

  protected async declare(
    name: string,
    args: RevisionPublicationArgs,
    opts: ComponentResourceOptions,
  ): Promise<RevisionPublicationOutputs> {
    const written = WrittenObjects.of(this);
    requireReplacementTrigger();
    const { previousRevisions = "retain" } = args;
    if (previousRevisions !== "retain" && previousRevisions !== "delete") {
      throw new InputError("invalid-value", 'previousRevisions must be "retain" or "delete".');
    }
    await validateInputs({ dataSetId: [id, args.dataSetId], comment: [comment, args.comment] });
    const isReady = await dependenciesReady(opts.dependsOn);
    const items = await inspectContents(args.contents, args, { isReady, publication: this, written });
    for (const { name: item, deferred } of items.filter(({ hash }) => !hash.known)) {
      const { code, text } = deferred ?? notKnownYet;
      const decision = "`pulumi up` decides whether to create a new revision.";
      await this.note({ code, text: `contents.${item}: ${text} ${decision}` }, args);
    }
    return this.declareRevision(name, args, items, opts);
  }

  private declareRevision(
    name: string,
    args: RevisionPublicationArgs,
    items: readonly ContentItem[],
    { dependsOn }: ComponentResourceOptions,
  ): RevisionPublicationOutputs {
    const { dataSetId, comment, tags, region } = args;
    const { Revision } = requireAws<typeof dataexchange>("dataexchange", "a revision");
    const options = { parent: this, retainOnDelete: args.previousRevisions !== "delete" };
    const revision = new Revision(
      name,
      { dataSetId, comment, tags, region },
      { ...options, replacementTrigger: hashContents(items) },
    );
    const { revisionId } = revision;
    const outputs = items.map((item) =>
      item.declare(`${name}-${item.name}`, { dataSetId, revisionId }, { parent: this, dependsOn }),
    );
    const jobIds = all(outputs.map((one) => one.jobIds)).apply((ids) => ids.flat());
    const assets = all(outputs.map((one) => one.assets)).apply((created) => created.flat());
    const assetCount = unsecret(assets.apply(({ length }) => length));
    const { finalized } = new RevisionFinalization(
      name,
      { dataSetId, revisionId, jobs: jobIds, assetCount, ...componentConnection(this, args) },
      { ...options, dependsOn: revision },
    );
    return { revisionId, revisionArn: revision.arn, jobIds, assets, finalized };
  }
}

/** An SDK without `replacementTrigger` would ignore it silently, and changed content would create no new revision. */
function requireReplacementTrigger(): void {
  const [major = 0, minor = 0] = sdkVersion.split(".").map(Number);
  if (major === 3 && minor < 212) {
    throw new InputError(
      "sdk-too-old",
      `@pulumi/pulumi 3.212 or later is required; this program has ${sdkVersion}.`,
    );
  }
}

/**
 * Any change that runs a job again must create a new revision, because the present one is read-only by then. The trigger is a
 * hash, because the engine stores it in plain text, and `pulumi preview --json` panics if it contains a secret.
 */
function hashContents(items: readonly ContentItem[]): Output<string> {
  const content = Object.fromEntries(
    items.map(({ name, hash, rerunOn }) => [
      name,
      { content: hash.known ? hash.value : unknownOutput(), ...rerunOn },
    ]),
  );
  return unsecret(output(content).apply(contentHashWithAssets));
}
