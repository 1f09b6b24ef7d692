import type { NewAsset, Worker } from "./worker";
import { invalidError } from "./worker";

interface DataAccessDetails {
  readonly assetSource: { readonly bucket: string; readonly [member: string]: unknown };
}

/** Name and ARN have the form that Terraform's tests at AWS expect (revision_assets_test.go). */
export const runCreateS3DataAccessFromS3Bucket: Worker<DataAccessDetails> = async (work) => {
  const { objects, state, accountRegion, requireBucketPolicy } = work;
  const { assetSource } = work.details;
  const { bucket } = assetSource;
  if (!(await objects.bucketExists(bucket))) {
    const message = `The bucket ${bucket} does not exist.`;
    return { errors: [{ code: "RESOURCE_NOT_FOUND_EXCEPTION", message, resourceType: "ASSET" }] };
  }
  // The user guide makes the policy a prerequisite; whether the job fails without it is unverified.
  if (requireBucketPolicy && !(await objects.allowsAccessPoints(bucket))) {
    const message = `The policy of the bucket ${bucket} does not allow access points of AWS Data Exchange to read.`;
    return { errors: [invalidError(message, { resourceType: "ASSET" })] };
  }
  const id = state.newId();
  const s3DataAccessAsset = {
    ...assetSource,
    s3AccessPointArn: `arn:aws:s3:${accountRegion.region}:${accountRegion.account}:accesspoint/${uuidOf(id)}`,
    s3AccessPointAlias: `${id}-s3alias`,
  };
  return { assets: [{ id, name: `s3-data-access-${id}`, assetDetails: { s3DataAccessAsset } }] };
};

/** The digits of an id in the form of a UUID of version 4. */
const uuidOf = (id: string): string => id.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");

interface Policy {
  readonly expression: unknown;
  readonly permissions: readonly string[];
}

interface TagPolicyDetails {
  readonly catalogId: string;
  readonly roleArn: string;
  readonly database?: Policy;
  readonly table?: Policy;
}

/** Databases and tables become two assets, because an asset's details have a single resource type. */
export const runImportAssetsFromLakeFormationTagPolicy: Worker<TagPolicyDetails> = ({ details, state }) => {
  const { database, table } = details;
  const assets = [
    ...(database ? [tagPolicyAsset(state.newId(), details, "DATABASE", database)] : []),
    ...(table ? [tagPolicyAsset(state.newId(), details, "TABLE", table)] : []),
  ];
  const errors =
    assets.length === 0 ? [invalidError("The tag policy covers neither databases nor tables.")] : [];
  return Promise.resolve({ assets, errors });
};

/** Source: API model, `AssetEntry.Name`. */
const tagPolicyAssetNames = {
  DATABASE: "Database(s) included in LF-tag policy",
  TABLE: "Table(s) included in LF-tag policy",
} as const;

function tagPolicyAsset(
  id: string,
  { catalogId, roleArn }: TagPolicyDetails,
  resourceType: keyof typeof tagPolicyAssetNames,
  { expression, permissions }: Policy,
): NewAsset {
  return {
    id,
    name: tagPolicyAssetNames[resourceType],
    assetDetails: {
      lakeFormationDataPermissionAsset: {
        lakeFormationDataPermissionDetails: {
          lFTagPolicy: {
            catalogId,
            resourceType,
            resourceDetails: { [resourceType.toLowerCase()]: { expression } },
          },
        },
        lakeFormationDataPermissionType: "LFTagPolicy",
        permissions,
        roleArn,
      },
    },
  };
}

interface DataShareDetails {
  readonly assetSources: readonly { readonly dataShareArn: string }[];
}

const dataShareArnForm = /^arn:aws[a-z-]*:redshift:[a-z0-9-]+:\d{12}:datashare:[^/\s]+\/(\S+)$/;

/** Checks only the form of each ARN, because there is no Redshift here. */
export const runImportAssetsFromRedshiftDataShares: Worker<DataShareDetails> = ({ details, state }) => {
  const shares = details.assetSources.map(({ dataShareArn }) => ({
    arn: dataShareArn,
    name: dataShareArnForm.exec(dataShareArn)?.[1],
  }));
  return Promise.resolve({
    assets: shares.flatMap(({ arn, name }) =>
      name === undefined
        ? []
        : [{ id: state.newId(), name, assetDetails: { redshiftDataShareAsset: { arn } } }],
    ),
    errors: shares
      .filter(({ name }) => name === undefined)
      .map(({ arn }) =>
        invalidError(`${arn} is not the ARN of a Redshift datashare.`, { resourceType: "ASSET" }),
      ),
  });
};
