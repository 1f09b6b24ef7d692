/** The policies with which Data Exchange grants Lake Formation permissions on behalf of an account. */

/** A condition on the LF-tags of databases or tables. */
export interface TagCondition {
  readonly tagKey: string;
  readonly tagValues: readonly string[];
}

/**
 * Trust policy of the role. Source: AWS Data Exchange User Guide, "Create an AWS Lake Formation data permission": an
 * existing service role that allows AWS Data Exchange to assume it. The principal `dataexchange.amazonaws.com` is that
 * of the guide's other policies and unverified for this one, as is the absence of conditions.
 */
export const trustPolicy = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "dataexchange.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
} as const;

/**
 * IAM policy of the role. Lake Formation permissions decide which data the role may grant. Source of the statements on sharing:
 * the AWS managed policy AWSLakeFormationCrossAccountManager. It is unverified that Data Exchange calls only the operations of
 * the first statement.
 */
export const rolePolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "GrantAndRevoke",
      Effect: "Allow",
      Action: [
        "lakeformation:GrantPermissions",
        "lakeformation:BatchGrantPermissions",
        "lakeformation:RevokePermissions",
        "lakeformation:BatchRevokePermissions",
        "lakeformation:ListPermissions",
        "glue:GetDatabase",
        "glue:GetTable",
      ],
      Resource: "*",
    },
    {
      Sid: "Share",
      Effect: "Allow",
      Action: "ram:CreateResourceShare",
      Resource: "*",
      Condition: {
        StringLikeIfExists: { "ram:RequestedResourceType": ["glue:Table", "glue:Database", "glue:Catalog"] },
      },
    },
    {
      Sid: "ManageShares",
      Effect: "Allow",
      Action: [
        "ram:UpdateResourceShare",
        "ram:DeleteResourceShare",
        "ram:GetResourceShares",
        "ram:AssociateResourceShare",
        "ram:DisassociateResourceShare",
      ],
      Resource: "*",
      Condition: { StringLike: { "ram:ResourceShareName": ["LakeFormation*"] } },
    },
    {
      Sid: "ManageSharePermissions",
      Effect: "Allow",
      Action: "ram:AssociateResourceSharePermission",
      Resource: "*",
      Condition: { ArnLike: { "ram:PermissionArn": ["arn:aws:ram::aws:permission/AWSRAMLFEnabled*"] } },
    },
    {
      Sid: "ShareCatalog",
      Effect: "Allow",
      Action: ["glue:PutResourcePolicy", "glue:DeleteResourcePolicy", "ram:Get*", "ram:List*"],
      Resource: "*",
    },
  ],
} as const;

/**
 * Permissions on an LF-tag that a role needs to grant by it. Source: AWS Lake Formation Developer Guide, "Managing LF-Tag value
 * permissions". It is unverified that Data Exchange needs no others.
 */
export const tagPermissions = ["DESCRIBE", "GRANT_WITH_LF_TAG_EXPRESSION"] as const;

/** All values of each tag key in the conditions, sorted and without duplicates. */
export function mergeTags(...expressions: readonly (readonly TagCondition[])[]): TagCondition[] {
  const values = new Map<string, Set<string>>();
  for (const { tagKey, tagValues } of expressions.flat()) {
    const known = values.get(tagKey) ?? new Set();
    tagValues.forEach((value) => known.add(value));
    values.set(tagKey, known);
  }
  return [...values]
    .map(([tagKey, known]) => ({ tagKey, tagValues: [...known].sort() }))
    .sort((a, b) => (a.tagKey < b.tagKey ? -1 : 1));
}

/** The account that an ARN belongs to. */
export const accountOfArn = (arn: string): string => arn.split(":")[4] ?? "";
