/**
 * Access control lists (ACLs) are disabled, as in every new S3 bucket: the bucket owner owns all objects. Only ACLs
 * that grant access to the owner alone are accepted.
 */
import type { S3Request } from "./request";
import { invalidArgument, S3Error } from "./errors";
import type { XmlMembers } from "./xml";

const enforced = "BucketOwnerEnforced";

const grantHeaders = ["full-control", "read", "read-acp", "write", "write-acp"].map(
  (grant) => `x-amz-grant-${grant}`,
);

const grantsToOthers = (request: S3Request, ownerOnly: readonly string[]): boolean => {
  const acl = request.header("x-amz-acl");
  return (
    (acl !== undefined && !ownerOnly.includes(acl)) ||
    grantHeaders.some((name) => request.header(name) !== undefined)
  );
};

/** Rejects a write of an object whose ACL grants access to others. */
export function rejectAcl(request: S3Request): void {
  if (!grantsToOthers(request, ["private", "bucket-owner-full-control"])) return;
  throw new S3Error("AccessControlListNotSupported");
}

/** Rejects the creation of a bucket whose ACL or ownership grants access to others. */
export function rejectBucketAcl(request: S3Request): void {
  const header = "x-amz-object-ownership";
  const ownership = request.header(header) ?? enforced;
  if (!["BucketOwnerPreferred", "ObjectWriter", enforced].includes(ownership)) {
    throw invalidArgument(`Invalid ${header} header: ${ownership}`, header, ownership);
  }
  if (ownership !== enforced) {
    throw new S3Error("NotImplemented", {
      Message: `This local S3 does not implement access control lists; ${header} must be ${enforced}.`,
    });
  }
  if (!grantsToOthers(request, ["private"])) return;
  throw new S3Error("InvalidBucketAclWithObjectOwnership", {
    Message: `Bucket cannot have ACLs set with ObjectOwnership's ${enforced} setting`,
  });
}

/** The owner of all buckets and objects, and the initiator of all uploads. */
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
