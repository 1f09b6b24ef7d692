import * as pulumi from "@pulumi/pulumi";

import { finalizationCode, finalizationToken } from "./state-contract";
import { assertSerializable } from "./program-values";
import { isOfType, registrationOf } from "./registration";
import { checkDeclaration, suppressStackTexts } from "./resource-declaration";
import type { CommonJobArgs } from "./types";

/** Arguments of a RevisionFinalization. */
export interface RevisionFinalizationArgs extends Pick<
  CommonJobArgs,
  "region" | "profile" | "assumeRole" | "endpoint"
> {
  /** Data set of the revision, 30 to 40 letters and digits. A change replaces the resource. */
  dataSetId: pulumi.Input<string>;
  /** Revision to finalize, 30 to 40 letters and digits. A change replaces the resource. */
  revisionId: pulumi.Input<string>;
  /**
   * Ids of the jobs that must have completed before the revision is finalized, in any order. After a change they are
   * checked again, and the revision is finalized in place.
   */
  jobs: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Maximum number of assets in the revision, a whole number from 0. A revision with more assets is not finalized, because
   * some of them do not come from `jobs` or are duplicates. A change alone does nothing. Needs
   * `dataexchange:ListRevisionAssets`.
   *
   * @default any number
   */
  assetCount?: pulumi.Input<number>;
}

/**
 * A finalized revision: it is read-only, and subscribers of the data set receive it. It is finalized after all of `jobs`
 * have completed; a job whose record has expired counts as completed. If the revision was opened again, the `pulumi up`
 * after a refresh finalizes it again. Deleting the resource opens the revision, so that it can be deleted; a published
 * revision stays finalized, with a warning. Needs `dataexchange:UpdateRevision`, `GetRevision`, `GetJob` and `ListJobs`.
 *
 * @throws `pulumi up` fails, and the revision is not finalized, if a job has not completed, if the revision has no
 * assets, or if the service refuses the update.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_UpdateRevision.html
 */
export class RevisionFinalization extends pulumi.CustomResource {
  /** Data set of the revision. */
  declare readonly dataSetId: pulumi.Output<string>;
  /** The revision. */
  declare readonly revisionId: pulumi.Output<string>;
  /** Ids of the completed jobs. */
  declare readonly jobs: pulumi.Output<string[]>;
  /** Whether the revision was finalized when last seen: `true` after `pulumi up`. */
  declare readonly finalized: pulumi.Output<boolean>;
  /** Region of the revision. */
  declare readonly region: pulumi.Output<string>;

  /** Whether the object is a RevisionFinalization, even one of another copy of this package. */
  static override isInstance(object: unknown): object is RevisionFinalization {
    return isOfType(object, finalizationToken);
  }

  constructor(name: string, args: RevisionFinalizationArgs, opts: pulumi.CustomResourceOptions = {}) {
    const insteadOfImport = "the resource also accepts a revision that is already finalized";
    const who = checkDeclaration("RevisionFinalization", name, opts, insteadOfImport);
    assertSerializable(who, args);
    const restore = suppressStackTexts();
    try {
      // The SDK makes an Output of each property that is listed here, even of one without a value.
      const props = { finalized: undefined, region: undefined, ...args };
      super(...registrationOf({ token: finalizationToken, code: finalizationCode }, name, props, opts));
    } finally {
      restore();
    }
  }
}
