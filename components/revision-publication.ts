import type * as dataexchange from "@pulumi/aws/dataexchange";
import type { ComponentResourceOptions, Input, Inputs, Output } from "@pulumi/pulumi";
import { all, ComponentResource, log, output, unsecret } from "@pulumi/pulumi";
import { version as sdkVersion } from "@pulumi/pulumi/version";

import type { JobAsset } from "../service-model/job";
import { id } from "../service-model/shared-shapes";
import { string } from "../service-model/shape";
import { RevisionFinalization } from "../provider/dynamic/revision-finalization";
import { requireAws } from "./support/pulumi-aws";
import { contentHashWithAssets } from "./support/content-hash";
import { validateInputs } from "./support/fits";
import type { JobSettings } from "./support/job-settings";
import { componentConnection } from "./support/job-settings";
import { unknownOutput } from "./support/declared-jobs";
import type { Part, RevisionContent } from "./revision-contents";
import { partsOf } from "./revision-contents";
import { membersOf, dependenciesReady } from "./support/resolve-input";
import { InputError, reportInputErrors, withoutSecrets } from "./support/input-error";
import { readArgs, hideArgs } from "./support/hidden-args";
import { WrittenObjects } from "./support/written-objects";

/** What a RevisionPublication is made of. */
export interface RevisionPublicationArgs extends Omit<JobSettings, "onDelete"> {
  /** The data set to publish in. A change makes a new revision there. */
  dataSetId: Input<string>;
  /** Comment of the revision, at most 16,384 characters. A change is made in place. */
  comment?: Input<string>;
  /**
   * Everything that the revision shall hold, at least one part, by names of your own. A part that is added, taken out
   * or renamed, and any change of what is in one, make a new revision. Connection, timeouts, triggers and tags of the
   * publication hold for each part that does not say otherwise.
   */
  contents: Record<string, RevisionContent>;
  /**
   * What becomes of the revision when a new one has taken its place, or when the component is deleted: `retain` leaves
   * it to its subscribers and forgets it, `delete` opens it again and deletes it with its assets. Default: `retain`. Set
   * it in a `pulumi up` before the one that replaces or deletes.
   */
  previousRevisions?: "retain" | "delete";
}

/** Source: API model, CreateRevision. */
const comment = string({ maxLength: 16_384 });

interface Outcome {
  readonly revisionId: Output<string>;
  readonly revisionArn: Output<string>;
  readonly jobIds: Output<string[]>;
  readonly assets: Output<JobAsset[]>;
  readonly finalized: Output<boolean>;
}

/**
 * One revision with everything in it, finalized when every job that fills it has completed, and never before. Other
 * content makes a new revision. What fails midway leaves a revision that nobody sees, and the next `pulumi up` goes on
 * with it.
 *
 * ```ts
 * const january = new dataexchange.RevisionPublication("prices", {
 *   dataSetId: dataSet.id,
 *   contents: { prices: { s3: { bucket: bucket.id, prefix: "prices/" } } },
 * });
 * ```
 *
 * Needs `@pulumi/aws` 7 and Pulumi 3.226 or later. Errors: no contents, more than 10,000 assets in all, names that look
 * alike, parts of different asset types, and whatever a part refuses.
 */
export class RevisionPublication extends ComponentResource<Outcome> {
  /** Id of the revision that is published now. */
  declare readonly revisionId: Output<string>;
  /** ARN of that revision. */
  declare readonly revisionArn: Output<string>;
  /** Ids of the jobs that filled it. */
  declare readonly jobIds: Output<string[]>;
  /** The assets in it. */
  declare readonly assets: Output<JobAsset[]>;
  /** Whether it is finalized: true in a stack that is up. */
  declare readonly finalized: Output<boolean>;

  constructor(name: string, args: RevisionPublicationArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:RevisionPublication", name, hideArgs(args), opts);
    const { assets, ...outputs } = membersOf(this.getData(), [
      ...(["revisionId", "revisionArn", "jobIds", "assets", "finalized"] as const),
    ]);
    Object.assign(this, { ...outputs, assets });
    // The assets are in state once already, with the jobs that made them.
    this.registerOutputs(outputs);
  }

  protected override initialize(
    inputs: Inputs,
    opts: ComponentResourceOptions,
    name: string,
  ): Promise<Outcome> {
    const args = readArgs<RevisionPublicationArgs>(inputs);
    const written = WrittenObjects.of(this);
    return reportInputErrors(this, `RevisionPublication ${JSON.stringify(name)}`, args, async () => {
      refuseOldSdk();
      const { previousRevisions = "retain" } = args;
      if (previousRevisions !== "retain" && previousRevisions !== "delete") {
        throw new InputError('previousRevisions must be "retain" or "delete".');
      }
      await validateInputs({ dataSetId: [id, args.dataSetId], comment: [comment, args.comment] });
      // A former revision goes with all that is in it, and one that is kept keeps it.
      const settings: JobSettings = { ...args, onDelete: "retain" };
      const parts = await partsOf(
        args.contents,
        settings,
        await dependenciesReady(opts.dependsOn),
        this,
        written,
      );
      const later = parts.find((part) => !part.content.known);
      if (later) await log.info(await withoutSecrets(whatIsLater(later), args), this);
      return this.publish(name, args, parts, opts, previousRevisions === "retain");
    });
  }

  private publish(
    name: string,
    args: RevisionPublicationArgs,
    parts: readonly Part[],
    { dependsOn }: ComponentResourceOptions,
    keep: boolean,
  ): Outcome {
    const { dataSetId, comment, tags, region } = args;
    const { Revision } = requireAws<typeof dataexchange>("dataexchange", "a revision");
    const own = { parent: this, retainOnDelete: keep };
    const revision = new Revision(
      name,
      { dataSetId, comment, tags, region },
      { ...own, replacementTrigger: contentOf(parts) },
    );
    const { revisionId } = revision;
    const filled = parts.map((part) =>
      part.declare(`${name}-${part.name}`, { dataSetId, revisionId }, { parent: this, dependsOn }),
    );
    const jobIds = all(filled.map((part) => part.jobIds)).apply((ids) => ids.flat());
    const assets = all(filled.map((part) => part.assets)).apply((made) => made.flat());
    const assetCount = unsecret(assets.apply(({ length }) => length));
    const { finalized } = new RevisionFinalization(
      name,
      { dataSetId, revisionId, jobs: jobIds, assetCount, ...componentConnection(this, args) },
      { ...own, dependsOn: revision },
    );
    return { revisionId, revisionArn: revision.arn, jobIds, assets, finalized };
  }
}

/**
 * Whatever makes a job run again has to make a new revision, because the present one is read-only by then. A digest,
 * because the engine keeps what it is given here in clear, and fails at a secret in it (`pulumi preview --json` panics).
 */
function contentOf(parts: readonly Part[]): Output<string> {
  const content = Object.fromEntries(
    parts.map(({ name, content, again }) => [
      name,
      { content: content.known ? content.value : unknownOutput(), ...again },
    ]),
  );
  return unsecret(output(content).apply(contentHashWithAssets));
}

const whatIsLater = ({ name, later = "It is known once what it depends on is there." }: Part): string =>
  `contents.${name}: ${later} Whether that makes a new revision is decided then.`;

/** The option that makes new content a new revision; an older SDK would leave it out without a word. */
function refuseOldSdk(): void {
  const [major = 0, minor = 0] = sdkVersion.split(".").map(Number);
  if (major === 3 && minor < 211) {
    throw new InputError(`needs @pulumi/pulumi 3.211 or later, and this program has ${sdkVersion}.`);
  }
}
