/** What a bucket's policy has to say for its objects to be shared in place. */

/** What of a bucket is shared. */
export interface SharedPart {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Prefixes of the keys that are shared. Without them and without `keys`, every object is. */
  readonly keyPrefixes?: readonly string[];
  /** Keys that are shared. Without them and without `keyPrefixes`, every object is. */
  readonly keys?: readonly string[];
}

/** A statement of a bucket's policy, as IAM writes it. */
export interface PolicyStatement {
  /** What the statement is called within the policy. */
  readonly Sid: string;
  /** The statement allows. */
  readonly Effect: "Allow";
  /** Anybody whom `Condition` lets through. */
  readonly Principal: {
    /** Any account. */
    readonly AWS: "*";
  };
  /** Actions of S3 that are allowed. */
  readonly Action: readonly string[];
  /** ARNs of the bucket and of its objects. */
  readonly Resource: readonly string[];
  /** Through whose access points alone: those of AWS Data Exchange. */
  readonly Condition: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * Accounts of AWS Data Exchange that own the access points of subscribers. Source: AWS Data Exchange User Guide,
 * "Publishing a product in AWS Data Exchange containing Amazon S3 data access", prerequisites.
 */
export const accessPointAccounts = [
  ...["337040091392", "504002150500", "366362662752", "330489627928", "291973504423", "461002523379"],
  ...["036905324694", "540564263739", "675969394711", "108584782536", "844053218156"],
] as const;

/** Prefixes and keys that one asset takes together. Source: the job type table, with the user guide's limit. */
export const mostParts = 5;

/**
 * The bucket policy statements by which access points of AWS Data Exchange decide who may read what is shared. For a
 * bucket with a policy of its own: put them into that policy. Source: AWS Data Exchange
 * User Guide, "Publishing a product in AWS Data Exchange containing Amazon S3 data access", both of its examples.
 *
 * @param part What is shared: the whole bucket, or the prefixes and keys that it names.
 */
export function s3DataAccessStatements(part: SharedPart): PolicyStatement[] {
  const { bucket, keyPrefixes = [], keys = [] } = part;
  const arn = `arn:aws:s3:::${bucket}`;
  const whole = keyPrefixes.length + keys.length === 0;
  const prefixes = keyPrefixes.map((prefix) => `${literal(prefix)}*`);
  const objects = whole ? [`${arn}/*`] : [...prefixes, ...keys.map(literal)].map((key) => `${arn}/${key}`);
  const byAccessPoints = { "s3:DataAccessPointAccount": [...accessPointAccounts] };
  return [
    {
      ...{ Sid: "DataExchangeGetsObjects", Effect: "Allow", Principal: { AWS: "*" } },
      Action: ["s3:GetObject"],
      Resource: objects,
      Condition: { StringEquals: byAccessPoints },
    },
    // A key can be got without being listed.
    ...(whole || prefixes.length > 0
      ? [
          {
            ...({ Sid: "DataExchangeListsObjects", Effect: "Allow", Principal: { AWS: "*" } } as const),
            Action: ["s3:ListBucket"],
            Resource: [arn],
            Condition: {
              StringEquals: byAccessPoints,
              ...(!whole && { StringLike: { "s3:prefix": prefixes } }),
            },
          },
        ]
      : []),
  ];
}

/** What a pattern in a policy would read as more than itself. Source: IAM User Guide, policy variables. */
const literal = (key: string): string => key.replace(/[$*?]/g, (character) => `\${${character}}`);

/** Says what is wrong with what shall be shared; nothing when it is right. */
export function wrongPart({ keyPrefixes = [], keys = [] }: Partial<SharedPart>): string | undefined {
  const count = keyPrefixes.length + keys.length;
  if (count > mostParts) {
    return `keyPrefixes and keys hold ${count} together; an asset takes at most ${mostParts}. Share a prefix that they have in common, or declare another S3DataAccess.`;
  }
  if ([...keyPrefixes, ...keys].includes("")) {
    return 'keyPrefixes and keys must not hold ""; without both the whole bucket is shared.';
  }
  return undefined;
}
