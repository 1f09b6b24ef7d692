/**
 * The permissions that the caller of a job needs, as data. Sources: Service Authorization Reference, "AWS Data Exchange" (SAR);
 * AWS Data Exchange User Guide, "API permissions: actions and resources reference" and "AWS managed policies".
 */

/** One statement of an IAM policy that allows. The same `sid` always goes with the same actions and condition. */
export interface Permission {
  /** Letters and digits. */
  readonly sid: string;
  readonly actions: readonly string[];
  /**
   * Resources, as templates over the job's details. `{member}` or `{list.member}` stands for each value, `{member|text}` for
   * the text if there is no value. A template without value and text is omitted. Placeholders in a value, as in a key
   * pattern, match anything. `{partition}`, `{region}` and `{account}` stand for those of the job.
   */
  readonly resources: readonly string[];
  /** Operator, key and values that a request must meet. */
  readonly condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Needed only if a value of the details, at a path as in a template, contains this text. */
  readonly where?: { readonly member: string; readonly holds: string };
}

const throughDataExchange = {
  "ForAnyValue:StringEquals": { "aws:CalledVia": ["dataexchange.amazonaws.com"] },
} as const;

/** The service stores imported objects here. */
const serviceBuckets = "arn:{partition}:s3:::*aws-data-exchange*";

/** The ARN of an entitled data set has another account or none, so any account matches. */
const dataSet = "arn:{partition}:dataexchange:{region}:*:data-sets/{dataSetId}";
const revision = `${dataSet}/revisions/{revisionId}`;
const assets = `${revision}/assets/*`;

/** StartJob authorizes CreateAsset on the revision, for every type of job. Source: SAR. */
export const assetCreation: readonly Permission[] = [
  {
    sid: "CreateAssets",
    actions: ["dataexchange:CreateAsset", "dataexchange:ListRevisionAssets"],
    resources: [revision],
  },
];

/**
 * For jobs whose assets have tags: StartJob authorizes TagResource as well. Source: SAR. The user guide names the revision
 * as the resource, but the tags are on the assets, so both are allowed.
 */
export const tagsAssets: Permission = {
  sid: "TagAssets",
  actions: ["dataexchange:TagResource"],
  resources: [revision, assets],
};

/** The service copies into its own buckets with the caller's permissions. */
export const writesToService: Permission = {
  sid: "WriteToDataExchange",
  actions: ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"],
  resources: [serviceBuckets],
  condition: throughDataExchange,
};

/** The subscriber's managed policy, which covers exports only, reads these buckets and writes nothing. */
export const readsFromService: Permission = {
  sid: "ReadFromDataExchange",
  actions: ["s3:GetObject"],
  resources: [serviceBuckets],
  condition: throughDataExchange,
};

export const getsAssets: Permission = {
  sid: "GetAssets",
  actions: ["dataexchange:GetAsset"],
  resources: [assets],
};

export const getsRevisions = (member: string): Permission => ({
  sid: "GetRevisions",
  actions: ["dataexchange:GetRevision"],
  resources: [`${dataSet}/revisions/{${member}}`],
});

export const getsDataSet = (where: Permission["where"]): Permission => ({
  sid: "GetDataSets",
  actions: ["dataexchange:GetDataSet"],
  resources: [dataSet],
  where,
});

/** For the lookup of a data set by its name. Source: SAR, which has no resource for the action. */
export const listsDataSets: Permission = {
  sid: "ListDataSets",
  actions: ["dataexchange:ListDataSets"],
  resources: ["*"],
};

/**
 * For lookups of the revisions of a data set and of their assets. Source: SAR, which names the data set as the resource of
 * ListDataSetRevisions and the revision as that of the other two.
 */
export const looksUpRevisions: Permission = {
  sid: "LookUpRevisions",
  actions: [
    "dataexchange:GetRevision",
    "dataexchange:ListDataSetRevisions",
    "dataexchange:ListRevisionAssets",
  ],
  resources: [dataSet, `${dataSet}/revisions/*`],
};

export const readsObjects = (object: string): Permission => ({
  sid: "ReadSources",
  actions: ["s3:GetObject"],
  resources: [`arn:{partition}:s3:::${object}`],
});

export const writesObjects = (object: string): Permission => ({
  sid: "WriteDestinations",
  actions: ["s3:PutObject", "s3:PutObjectAcl"],
  resources: [`arn:{partition}:s3:::${object}`],
});

/** Source: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys"; Decrypt is for multipart uploads. */
export const encrypts: Permission = {
  sid: "Encrypt",
  actions: ["kms:Decrypt", "kms:GenerateDataKey"],
  resources: ["{encryption.kmsKeyArn}"],
};

/**
 * Permissions that every job needs; a condition on its type is added. Sources disagree on the resource of CreateJob: `jobs*`
 * in SAR, none in the user guide. SAR is used.
 */
export const everyJob: Permission = {
  sid: "RunJobs",
  actions: [
    "dataexchange:CancelJob",
    "dataexchange:CreateJob",
    "dataexchange:GetJob",
    "dataexchange:StartJob",
  ],
  resources: ["arn:{partition}:dataexchange:{region}:{account}:jobs/*"],
};

/** The condition key for types of jobs. */
export const jobTypeKey = "dataexchange:JobType";

export const listsJobs: Permission = {
  sid: "ListJobs",
  actions: ["dataexchange:ListJobs"],
  resources: ["*"],
};

/** With `onDelete: "deleteAssets"`. */
export const deletesAssets: readonly Permission[] = [
  { sid: "DeleteAssets", actions: ["dataexchange:DeleteAsset"], resources: [assets] },
  getsRevisions("revisionId"),
];
