/** The sentences of warnings. */
import type { AssetNames } from "./assets";
import { shortId } from "./preview-values";
import type { RichText } from "./rich-text";
import { code, codeList, count, text } from "./rich-text";
import type { Duplicates, Remedy, Run, Warning } from "./warning";

export function describeWarning(warning: Warning): RichText {
  switch (warning.kind) {
    case "duplicate-assets":
      return describeDuplicates(warning);
    case "remaining-assets": {
      const { cause, assets, revision, remedy } = warning;
      const stay = assets.length === 1 ? "stays" : "stay";
      const where = revision === undefined ? ["the revision"] : revisionOf(revision);
      return text`${count(assets.length, "asset")} of ${runs[cause]} ${stay} in ${where} beside the new ones${ifSame(revision)}: ${codeList(assets)}${remedy && text`. ${remedies[remedy]}`}`;
    }
    case "deleted-assets": {
      const { cause, assets, isAfterSet } = warning;
      const are = assets?.length === 1 ? "is" : "are";
      return text`${numberOf(assets)} of ${runs[cause]} ${are} deleted${isAfterSet && " after all jobs of the set have completed"}, unless the revision is finalized`;
    }
    case "overwritten-objects":
      return warning.objects
        ? text`it overwrites objects of its last run: ${codeList(warning.objects)}`
        : ["it may overwrite objects of its last run: the preview does not show where it writes to"];
    case "container-deleted":
      return text`${warning.container} ${code(warning.name)} is deleted`;
    case "container-replaced":
      return text`${warning.container} ${code(warning.name)} is replaced; the old one ${warning.isRetained ? "is kept" : "is deleted with its assets"}`;
    case "revision-finalized":
      return text`revision ${code(warning.name)} is finalized in this run: subscribers get its assets, which can no longer be changed`;
    case "revision-already-finalized":
      return text`revision ${code(warning.name)} is finalized: nothing can be imported into it`;
    case "revision-reopened":
      return text`revision ${code(warning.name)} is opened again, unless it is published`;
    case "credential-output":
      return text`its output ${codeList(warning.outputs)} is a credential: anyone who has it can read the asset`;
  }
}

function describeDuplicates(warning: Duplicates): RichText {
  switch (warning.cause) {
    case "last-run":
    case "earlier-run": {
      const { assets, revision, remedy } = warning;
      const where = revision === undefined ? ["the revision"] : revisionOf(revision);
      return assets
        ? text`${count(assets.length, "asset")} will be in ${where} twice${ifSame(revision)}: ${codeList(assets)}. ${remedies[remedy]}`
        : text`assets may be in ${where} twice${ifSame(revision)}. ${remedies[remedy]}`;
    }
    case "running-job":
      return text`its last run was left in ${code(warning.state)} and cannot be stopped: its assets may be in the revision twice`;
    case "hidden-run":
      return text`assets of a run before the last one may be in the revision twice: only ${code("pulumi preview --show-replacement-steps")} shows whether there is such a run`;
    case "repeated":
      return text`it names ${count(warning.assets.length, "asset")} more than once and creates ${warning.assets.length === 1 ? "it" : "them"} as often: ${codeList(warning.assets)}`;
    default:
      return describeOtherJobs(warning);
  }
}

function describeOtherJobs({
  cause,
  assets,
  jobs,
  revision,
  mayBeRenamed,
}: Extract<Duplicates, { jobs: unknown }>): RichText {
  const others = text`${jobs.length === 1 ? "job" : "jobs"} ${codeList(jobs)}`;
  const twice = text`will be in ${revisionOf(revision)} twice: ${codeList(assets)}`;
  const number = count(assets.length, "asset");
  switch (cause) {
    case "left-by-deleted":
      return text`${number} of ${others}, which ${jobs.length === 1 ? "is" : "are"} deleted, ${twice}${mayBeRenamed && ". An alias keeps a renamed job"}`;
    case "left-by-kept":
      return text`${number} of ${others} ${twice}`;
    case "created":
      return text`${others} ${jobs.length === 1 ? "creates" : "create"} ${number} of the same name in ${revisionOf(revision)}: ${codeList(assets)}`;
  }
}

const runs: Readonly<Record<Run, string>> = { "last-run": "its last run", "earlier-run": "an earlier run" };

const remedies: Readonly<Record<Remedy, RichText>> = {
  "none-shared": ["The old assets belong to the job of another process and are not deleted with this job"],
  "drop-retain-on-delete": text`${code("retainOnDelete")} keeps the old assets`,
  "apply-on-delete-first": text`${code("onDelete")} changes in the same run and has no effect yet: apply it first, in a run that does not replace the job`,
  "set-on-delete-first": text`To have the old assets deleted, first set ${code('onDelete: "deleteAssets"')} in a run that does not replace the job`,
  "delete-by-hand": [
    "The old assets belong to an earlier run, whose deletion keeps them: delete them by hand first",
  ],
};

const revisionOf = (id: string): RichText => text`revision ${code(shortId(id))}`;
/** The preview may hide whether both runs have the same revision. */
const ifSame = (revision: string | undefined): string =>
  revision === undefined ? ", unless it is another one" : "";
const numberOf = (assets: AssetNames): string => (assets ? count(assets.length, "asset") : "the assets");
