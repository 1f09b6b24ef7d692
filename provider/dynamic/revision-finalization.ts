import * as pulumi from "@pulumi/pulumi";

import { finalizationCode, finalizationToken } from "../state-contract";
import { assertSerializable } from "./program-values";
import { suppressStackTexts, ownUrn, refuseOptions, warnIfUnresolvable } from "./resource-declaration";
import type { CommonJobArgs } from "./types";

/** What a RevisionFinalization is made of. */
export interface RevisionFinalizationArgs extends Pick<
  CommonJobArgs,
  "region" | "profile" | "assumeRole" | "endpoint"
> {
  /** Data set of the revision, 30 to 40 letters and digits. A change replaces the resource. */
  dataSetId: pulumi.Input<string>;
  /** Revision to finalize, 30 to 40 letters and digits. A change replaces the resource. */
  revisionId: pulumi.Input<string>;
  /**
   * Ids of the jobs that must have completed before the revision is finalized, in any order. A change asks again and
   * finalizes in place.
   */
  jobs: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * How many assets the revision may hold at the most, a whole number from 0. Where it holds more, it is not finalized,
   * because some of them are no work of `jobs`, or stand there twice. Default: any number. A change by itself does
   * nothing. Takes `dataexchange:ListRevisionAssets`.
   */
  assetCount?: pulumi.Input<number>;
}

/**
 * A finalized revision: read-only, and what subscribers of the data set get. It is finalized when every one of `jobs`
 * has completed, and never otherwise; a job whose record has expired counts as completed. A revision that somebody
 * opened again is finalized again by the `pulumi up` after a refresh. Deleting the resource opens the revision, so that
 * it can be deleted; one that is published stays finalized, with a warning.
 *
 * Errors: a job that has not completed, a revision without assets (the service wants at least one), and whatever the
 * service refuses fail `pulumi up` with a sentence; nothing is finalized then. It takes
 * `dataexchange:UpdateRevision`, `GetRevision`, `GetJob` and `ListJobs`.
 */
export class RevisionFinalization extends pulumi.CustomResource {
  /** Data set of the revision. */
  declare readonly dataSetId: pulumi.Output<string>;
  /** The revision. */
  declare readonly revisionId: pulumi.Output<string>;
  /** Ids of the jobs that had completed. */
  declare readonly jobs: pulumi.Output<string[]>;
  /** Whether the revision is finalized, as last seen: true in a stack that is up. */
  declare readonly finalized: pulumi.Output<boolean>;
  /** Region of the revision. */
  declare readonly region: pulumi.Output<string>;

  /** Whether the object is a RevisionFinalization, of whatever copy of this package. */
  static override isInstance(object: unknown): object is RevisionFinalization {
    return (object as { __pulumiType?: unknown } | undefined)?.__pulumiType === finalizationToken;
  }

  constructor(name: string, args: RevisionFinalizationArgs, opts: pulumi.CustomResourceOptions = {}) {
    warnIfUnresolvable();
    const who = `RevisionFinalization ${JSON.stringify(name)}`;
    refuseOptions(who, opts, "it finds out by itself that the revision is finalized already");
    assertSerializable(who, args);
    const restore = suppressStackTexts();
    try {
      super(
        finalizationToken,
        name,
        {
          // The SDK makes an Output of each property it is told of, with or without a value.
          ...{ dataSetId: undefined, revisionId: undefined, jobs: undefined },
          ...{ finalized: undefined, region: undefined },
          ...args,
          __provider: finalizationCode,
          // The only way for a dynamic provider to know which row of the display is its own.
          __urn: ownUrn(name, finalizationToken, opts.parent),
        },
        opts,
      );
    } finally {
      restore();
    }
  }
}
