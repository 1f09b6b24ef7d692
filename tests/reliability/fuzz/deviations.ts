/** Where check refuses on purpose what CreateJob itself would take: facts that are known before anything runs. */
import { jobTypes } from "../../../service-model/job-types";
import type { Problem } from "../../../service-model/validate";

export interface Deviation {
  readonly what: string;
  readonly why: string;
  /** Of the problem's message. */
  readonly pattern: RegExp;
  /** The emulator takes it as well, which otherwise reads the same table as check. */
  readonly alsoAtEmulator?: (problem: Problem) => boolean;
}

const detailsKeys = new Set<unknown>(jobTypes.map(({ detailsKey }) => detailsKey));

export const deviations: readonly Deviation[] = [
  {
    what: "a member that the service does not know",
    why: "the service leaves it out in silence, so that a misspelt optional member would do nothing",
    pattern: /^is not known here; /,
    alsoAtEmulator: () => true,
  },
  {
    what: "details of another type",
    why: "the model does not say that only one member of Details counts; the API reference's job types do",
    pattern: /^does not go with a job of type .*, which takes .* alone$|^is required in a job of type \S+$/,
    alsoAtEmulator: ({ path }) => !detailsKeys.has(path[1]),
  },
  {
    what: "an upload that is missing, unreadable, too many or no single asset",
    why: "CreateJob does not see the body; the job could never be started, or the upload would be lost",
    pattern:
      /^is required in a job of type \S+: |^does not go with .* uploads nothing$|^must be one asset |^cannot be read: /,
    alsoAtEmulator: () => true,
  },
  {
    what: "an MD5 of something else than the upload",
    why: "CreateJob does not see the body; the upload would be refused",
    pattern: /^is not the MD5 of what is uploaded/,
    alsoAtEmulator: () => true,
  },
  {
    what: "an empty name or an empty list of what the job works on",
    why: "the model gives no bounds; no bucket, key or asset is called nothing, and a job without work does none",
    pattern: /^must not be empty$/,
  },
  {
    what: "a name, a key or an ARN that cannot be right",
    why: "the naming rules of S3 and KMS: CreateJob takes it, and the job would fail",
    pattern:
      /^must be (the name of a bucket|the ARN of (a KMS key|a datashare))|^must be at most 1024 bytes long in UTF-8/,
    alsoAtEmulator: () => true,
  },
  {
    what: "an archive",
    why: "Pulumi's own value, which fits no member; what a request makes of it says nothing",
    pattern: /, not an archive$|^is an archive; /,
    alsoAtEmulator: () => true,
  },
  {
    what: "more sources or destinations than a job takes",
    why: "the service's quotas of assets and revisions per job, which the model does not state",
    pattern: /^holds \d+ items; the service takes at most (100|10|1)( |$)/,
  },
  {
    what: "more than five prefixes and keys together",
    why: "the user guide's limit of an S3 data access",
    pattern: /together; the service takes at most 5$/,
  },
  {
    what: "a KMS key without aws:kms, or aws:kms without a key",
    why: "the API reference, ExportServerSideEncryption",
    pattern: /encryption type( is)? aws:kms/,
  },
  {
    what: "two exports to the same place",
    why: "the second would overwrite the first",
    pattern: /^names the same destination as /,
  },
  {
    what: "a key pattern with an unknown placeholder, or without the asset's name or id",
    why: "the user guide's key patterns; every asset would be written to the same key",
    pattern: /^has a placeholder at |^must hold \$\{Asset\.Name\}/,
  },
];

export const findDeviation = ({ message }: Problem): Deviation | undefined =>
  deviations.find(({ pattern }) => pattern.test(message));
