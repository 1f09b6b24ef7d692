/** Where check refuses on purpose what CreateJob itself would accept: facts that are known before anything runs. */
import { jobTypes } from "../../../service-model/job-types";
import type { Path, Problem } from "../../../service-model/validate";

interface Deviation {
  readonly what: string;
  readonly why: string;
  /** Codes of the problems. */
  readonly codes: readonly string[];
  /** Whether a problem with such a code belongs to the deviation. Default: all do. */
  readonly includes?: (problem: Problem) => boolean;
  /** Whether the emulator accepts it too. Otherwise it refuses, because it reads the same table as check. */
  readonly alsoAtEmulator?: (path: Path) => boolean;
}

const detailsKeys = new Set<unknown>(jobTypes.map(({ detailsKey }) => detailsKey));
const always = () => true;

export const deviations: readonly Deviation[] = [
  {
    what: "a member that the service does not know",
    why: "the service ignores it without an error, so that a misspelt optional member would have no effect",
    codes: ["unknown-member"],
    alsoAtEmulator: always,
  },
  {
    what: "details of another type",
    why: "the model does not say that only one member of Details counts; the API reference's job types do",
    codes: ["wrong-details", "missing-member"],
    includes: ({ path }) => path[0] === "details" && path.length === 2,
    alsoAtEmulator: ([, name]) => !detailsKeys.has(name),
  },
  {
    what: "an upload that is missing, unreadable, too many or no single asset",
    why: "CreateJob does not see the body; the job could never be started, or the upload would be lost",
    codes: ["missing-member", "unused-upload", "not-an-asset", "unreadable-upload"],
    includes: ({ path }) => path[0] === "upload",
    alsoAtEmulator: always,
  },
  {
    what: "an MD5 that is not that of the upload",
    why: "CreateJob does not see the body; the upload would be refused",
    codes: ["wrong-md5"],
    alsoAtEmulator: always,
  },
  {
    what: "an empty name or an empty list",
    why: "the model gives no bounds; a bucket, a key and an asset have a name, and a job has work",
    codes: ["empty-value", "too-few-items"],
  },
  {
    what: "an invalid bucket name, key or ARN",
    why: "the naming rules of S3 and KMS: CreateJob accepts it, and the job would fail",
    codes: ["not-a-bucket-name", "not-a-kms-key-arn", "too-many-bytes", "wrong-format"],
    includes: ({ code, path }) => code !== "wrong-format" || /^bucket$|Arn$/.test(String(path.at(-1))),
    alsoAtEmulator: always,
  },
  {
    what: "an archive",
    why: "Pulumi's own value, which fits no member; a request cannot hold it",
    codes: ["wrong-type", "archive-not-asset"],
    includes: ({ message }) => message.includes("archive"),
    alsoAtEmulator: always,
  },
  {
    what: "more sources or destinations than a job takes",
    why: "the service's quotas of assets and revisions per job, which the model does not state",
    codes: ["too-many-items"],
    includes: ({ path }) => path.at(-1) !== "assetSource",
  },
  {
    what: "more than five prefixes and keys together",
    why: "the user guide's limit of an S3 data access",
    codes: ["too-many-items"],
    includes: ({ path }) => path.at(-1) === "assetSource",
  },
  {
    what: "a KMS key without aws:kms, or aws:kms without a key",
    why: "the API reference, ExportServerSideEncryption",
    codes: ["missing-kms-key", "unused-kms-key"],
  },
  {
    what: "two exports to the same place",
    why: "the second would overwrite the first",
    codes: ["duplicate-item"],
  },
  {
    what: "a key pattern with an unknown placeholder, or without the asset's name or id",
    why: "the user guide's key patterns; every asset would be written to the same key",
    codes: ["invalid-placeholder", "missing-placeholder"],
  },
];

export const findDeviation = (problem: Problem): Deviation | undefined =>
  deviations.find(({ codes, includes = always }) => codes.includes(problem.code) && includes(problem));
