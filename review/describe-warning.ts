/** The sentences of warnings. */
import type { AssetNames } from "./assets";
import { shortId } from "./preview-values";
import type { RichText } from "./rich-text";
import { code, codeList, concat, count, text } from "./rich-text";
import type { Duplicates, Remedy, Run, Warning } from "./warning";

export const describeWarning = (warning: Warning): RichText =>
  (sentences[warning.kind] as (warning: Warning) => RichText)(warning);

const sentences: { readonly [Kind in Warning["kind"]]: (warning: Warning & { kind: Kind }) => RichText } = {
  "duplicate-assets": (warning) => (duplicates[warning.cause] as (found: Duplicates) => RichText)(warning),
  "remaining-assets": ({ cause, assets, revision, remedy }) =>
    concat(
      text`${numberOf(assets)} of ${runs[cause]} ${verb(assets, "stays", "stay")} in ${describeRevision(revision)}`,
      text` beside the new ones${ifSame(revision)}: ${codeList(assets)}`,
      remedy && text`. ${remedies[remedy]}`,
    ),
  "deleted-assets": ({ cause, assets, isAfterSet }) =>
    concat(
      text`${numberOf(assets)} of ${runs[cause]} ${verb(assets, "is", "are")} deleted`,
      isAfterSet && " after all jobs of the set have completed",
      ", unless the revision is finalized",
    ),
  "overwritten-objects": ({ objects }) =>
    objects
      ? text`it overwrites objects of its last run: ${codeList(objects)}`
      : ["it may overwrite objects of its last run: the preview does not show its destination"],
  "container-deleted": ({ container, name }) => text`${container} ${code(name)} is deleted`,
  "container-replaced": ({ container, name, isRetained }) =>
    text`${container} ${code(name)} is replaced; the old one ${isRetained ? "is kept" : "is deleted with its assets"}`,
  "revision-finalized": ({ name }) =>
    text`revision ${code(name)} is finalized in this run: subscribers get its assets, which can no longer be changed`,
  "revision-already-finalized": ({ name }) =>
    text`revision ${code(name)} is finalized: nothing can be imported into it`,
  "revision-reopened": ({ name }) => text`revision ${code(name)} is opened again, unless it is published`,
  "import-option": () => [
    "pulumi up refuses to replace it while its option import is set: remove the option from the program",
  ],
  "credential-output": ({ outputs }) =>
    text`its output ${codeList(outputs)} is a credential: anyone who has it can read the asset`,
};

type OfRun = Duplicates & { cause: Run };
type OfOtherJobs = Extract<Duplicates, { jobs: unknown }>;

const ofRun = ({ assets, revision, remedy }: OfRun): RichText =>
  assets
    ? text`${numberOf(assets)} will be ${twiceIn(revision)}: ${codeList(assets)}. ${remedies[remedy]}`
    : text`assets may be ${twiceIn(revision)}. ${remedies[remedy]}`;

const duplicates: {
  readonly [Cause in Duplicates["cause"]]: (found: Duplicates & { cause: Cause }) => RichText;
} = {
  "last-run": ofRun,
  "earlier-run": ofRun,
  "running-job": ({ state }) =>
    text`its last run is still in state ${code(state)} and cannot be stopped: its assets may be in the revision twice`,
  "hidden-run": () =>
    concat(
      "assets of a run before the last one may be in the revision twice: ",
      text`only ${code("pulumi preview --show-replacement-steps")} shows whether there is such a run`,
    ),
  "left-by-deleted": (found) =>
    concat(
      text`${numberOf(found.assets)} of ${jobsOf(found)}, which ${verb(found.jobs, "is", "are")} deleted`,
      text`, ${willBeTwice(found)}`,
      found.mayBeRenamed && ". An alias keeps a renamed job",
    ),
  "left-by-kept": (found) => text`${numberOf(found.assets)} of ${jobsOf(found)} ${willBeTwice(found)}`,
  created: (found) =>
    concat(
      text`${jobsOf(found)} ${verb(found.jobs, "creates", "create")} ${numberOf(found.assets)} of the same name`,
      text` in ${describeRevision(found.revision)}: ${codeList(found.assets)}`,
    ),
  repeated: ({ assets }) =>
    text`it names ${numberOf(assets)} more than once and creates each of them repeatedly: ${codeList(assets)}`,
};

const jobsOf = ({ jobs }: OfOtherJobs): RichText => text`${verb(jobs, "job", "jobs")} ${codeList(jobs)}`;
const willBeTwice = ({ revision, assets }: OfOtherJobs): RichText =>
  text`will be ${twiceIn(revision)}: ${codeList(assets)}`;

const runs: Readonly<Record<Run, string>> = { "last-run": "its last run", "earlier-run": "an earlier run" };

const remedies: Readonly<Record<Remedy, RichText>> = {
  "none-shared": ["The old assets belong to the job of another process and are not deleted with this job"],
  "drop-retain-on-delete": text`${code("retainOnDelete")} keeps the old assets`,
  "apply-on-delete-first": concat(
    text`${code("onDelete")} changes in the same run and has no effect yet: `,
    "apply it first, in a run that does not replace the job",
  ),
  "set-on-delete-first": concat(
    text`To have the old assets deleted, first set ${code('onDelete: "deleteAssets"')}`,
    " in a run that does not replace the job",
  ),
  "delete-by-hand": [
    "The old assets belong to an earlier run and are not deleted with it: delete them by hand first",
  ],
};

const describeRevision = (id: string | undefined): RichText =>
  id === undefined ? ["the revision"] : text`revision ${code(shortId(id))}`;
/** The preview may hide whether both runs have the same revision. */
const ifSame = (revision: string | undefined): string =>
  revision === undefined ? ", unless the revision changes" : "";
const twiceIn = (revision: string | undefined): RichText =>
  text`in ${describeRevision(revision)} twice${ifSame(revision)}`;
const numberOf = (assets: AssetNames): string => (assets ? count(assets.length, "asset") : "the assets");
const verb = (subject: AssetNames, singular: string, plural: string): string =>
  subject?.length === 1 ? singular : plural;
