/** Intended deviations from the API model, with reasons. */
export interface Deviation {
  /** The differences that it explains. */
  readonly found: RegExp;
  readonly why: string;
}

const added = "present, not absent$";

export const deviations: readonly Deviation[] = [
  {
    found: new RegExp(`^StartJob ServiceLimitExceededException: ${added}`),
    why: "the model's LimitName lists the concurrent jobs of each type, and only StartJob can exceed them",
  },
  {
    found: new RegExp(`^CreateRevision ServiceLimitExceededException: ${added}`),
    why: "the model's LimitName lists the revisions per data set, and only this call can exceed them",
  },
  {
    found: new RegExp(`^(ListTagsFor|Tag|Untag)Resource \\w+: ${added}`),
    why: "the model names no errors for tags, so the errors of reading apply",
  },
  {
    found: /^\w+ output\.\w+ required: yes, not no$/,
    why: "the model does not require members of responses; the emulator always sends these",
  },
  {
    found: /^(CreateJob|GetJob|ListJobs) output\.\S+\.Md5Hash required: yes, not no$/,
    why: "the request must contain it, and the response repeats the request's details",
  },
  {
    found:
      /\.(Bucket|Key|Keys\[\]|KeyPrefixes\[\]|KeyPattern|AssetName|DataShareArn) minimum length: 1, not 0$/,
    why: "no bucket, object or asset has an empty name",
  },
  {
    found: /\.(AssetSources|AssetDestinations|RevisionDestinations) minimum items: 1, not 0$/,
    why: "a job without a source or a destination would do nothing",
  },
  {
    found: /\.(AssetSources|AssetDestinations) maximum items: (100|10), not nothing$/,
    why: "the service's quotas: assets per import job from, and per export job to Amazon S3; datashares per import job",
  },
  {
    found: /\.RevisionDestinations maximum items: 1, not nothing$/,
    why: "the user guide of 2022: one revision per export job",
  },
  {
    found:
      /\.(ApiSpecificationM|M)d5Hash (pattern: \S+, not \S+|minimum length: 0, not 24|maximum length: nothing, not 24)$/,
    why: "the same texts: this pattern includes the length, which the model has as a separate trait",
  },
  {
    found: /\.AssetConfiguration\.Tags\[\]\.(Key|Value) maximum length: \d+, not nothing$/,
    why: "AWS General Reference, tag naming limits: no service accepts longer ones",
  },
  {
    found:
      /\.CatalogId (pattern: \[0-9\]\{12\}, not \S+|minimum length: 0, not 12|maximum length: nothing, not 12)$/,
    why: "the model's pattern matches no account id; this pattern includes the length",
  },
  {
    found: /\.S3SnapshotAsset\.Size minimum: 0, not nothing$/,
    why: "the model states this only in the name of the shape",
  },
];
