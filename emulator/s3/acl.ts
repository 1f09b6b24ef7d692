/**
 * Access control lists are disabled, as in every new S3 bucket: the bucket owner owns its objects. Lists that say the
 * same are accepted; all others are rejected.
 */
import type { S3Request } from "./request";
import { invalidArgument, S3Error } from "./errors";
import type { XmlMembers } from "../../lib/xml";

const enforced = "BucketOwnerEnforced";

const grantHeaders = ["full-control", "read", "read-acp", "write", "write-acp"].map(
  (one) => `x-amz-grant-${one}`,
);

const grantsMore = (request: S3Request, harmless: readonly string[]): boolean => {
  const acl = request.header("x-amz-acl");
  return (
    (acl !== undefined && !harmless.includes(acl)) ||
    grantHeaders.some((name) => request.header(name) !== undefined)
  );
};

/** Rejects an ACL of an object to be written. */
export function rejectAcl(request: S3Request): void {
  if (!grantsMore(request, ["private", "bucket-owner-full-control"])) return;
  throw new S3Error("AccessControlListNotSupported");
}

/** Rejects an ACL or ownership of a bucket to be created. */
export function rejectBucketAcl(request: S3Request): void {
  const header = "x-amz-object-ownership";
  const ownership = request.header(header) ?? enforced;
  if (!["BucketOwnerPreferred", "ObjectWriter", enforced].includes(ownership)) {
    throw invalidArgument(`Invalid ${header} header: ${ownership}`, header, ownership);
  }
  if (ownership !== enforced) {
    throw new S3Error("NotImplemented", {
      Message: `This local S3 has no access control lists; ${header} must be ${enforced}.`,
    });
  }
  if (!grantsMore(request, ["private"])) return;
  throw new S3Error("InvalidBucketAclWithObjectOwnership", {
    Message: `Bucket cannot have ACLs set with ObjectOwnership's ${enforced} setting`,
  });
}

/** The owner and initiator of everything. */
export const owner = { ID: "0".repeat(63) + "1", DisplayName: "local" };

/** Full control for the owner only. */
export const ownerOnlyAcl: XmlMembers = {
  Owner: owner,
  AccessControlList: {
    Grant: {
      Grantee: {
        "@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "@xsi:type": "CanonicalUser",
        ...owner,
      },
      Permission: "FULL_CONTROL",
    },
  },
};
