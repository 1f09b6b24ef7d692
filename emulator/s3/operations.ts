/** Finds a request's operation by its method, its scope and the subresource in its query. */
import { restoreObject } from "./archive";
import { getObject, getObjectAttributes } from "./read-objects";
import * as settings from "./bucket-settings";
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./buckets";
import type { S3Request, Operation } from "./request";
import { copyObject } from "./copy-object";
import { deleteObject, deleteObjects, putObject } from "./write-objects";
import { S3Error } from "./errors";
import { listMultipartUploads, listObjects, listParts, listVersions } from "./listings";
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload } from "./multipart-uploads";
import { uploadPart, uploadPartCopy } from "./upload-parts";
import * as tagging from "./tagging";

/** Query parameters that select another operation. */
const subresources = new Set(
  (
    "accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle " +
    "location logging metadataConfiguration metadataTable metrics notification object-lock ownershipControls policy " +
    "policyStatus publicAccessBlock renameObject replication requestPayment restore retention select session tagging " +
    "torrent uploadId uploads versioning versions website"
  ).split(" "),
);

const unsetOperations = Object.fromEntries(
  Object.entries(settings.unsetSettings).map(([name, handler]) => [`GET bucket?${name}`, handler]),
);

const operations: Readonly<Record<string, Operation>> = {
  ...unsetOperations,
  "GET service": listBuckets,
  "PUT bucket": createBucket,
  "HEAD bucket": headBucket,
  "DELETE bucket": deleteBucket,
  "GET bucket": listObjects,
  "GET bucket?versions": listVersions,
  "POST bucket?delete": deleteObjects,
  "GET bucket?location": getBucketLocation,
  "GET bucket?uploads": listMultipartUploads,
  "GET bucket?acl": settings.getBucketAcl,
  "GET bucket?tagging": tagging.getBucketTagging,
  "PUT bucket?tagging": tagging.putBucketTagging,
  "DELETE bucket?tagging": tagging.deleteBucketTagging,
  "GET bucket?policy": settings.getBucketPolicy,
  "PUT bucket?policy": settings.putBucketPolicy,
  "DELETE bucket?policy": settings.deleteBucketPolicy,
  "GET bucket?encryption": settings.getBucketEncryption,
  "PUT bucket?encryption": settings.putBucketEncryption,
  "DELETE bucket?encryption": settings.deleteBucketEncryption,
  "GET bucket?publicAccessBlock": settings.getPublicAccessBlock,
  "PUT bucket?publicAccessBlock": settings.putPublicAccessBlock,
  "DELETE bucket?publicAccessBlock": settings.deletePublicAccessBlock,
  "GET object": getObject,
  "HEAD object": getObject,
  "PUT object": putObject,
  "PUT object from": copyObject,
  "DELETE object": deleteObject,
  "GET object?attributes": getObjectAttributes,
  "GET object?acl": settings.getObjectAcl,
  "GET object?tagging": tagging.getObjectTagging,
  "PUT object?tagging": tagging.putObjectTagging,
  "DELETE object?tagging": tagging.deleteObjectTagging,
  "POST object?restore": restoreObject,
  "POST object?uploads": createMultipartUpload,
  "PUT object?uploadId": uploadPart,
  "PUT object?uploadId from": uploadPartCopy,
  "POST object?uploadId": completeMultipartUpload,
  "DELETE object?uploadId": abortMultipartUpload,
  "GET object?uploadId": listParts,
};

export function findOperation(request: S3Request): Operation {
  const { message, query, bucketName, key } = request;
  const method = message.method ?? "";
  const scope = bucketName === "" ? "service" : key === "" ? "bucket" : "object";
  const subresource = [...query.keys()].find((name) => subresources.has(name));
  const copies = method === "PUT" && scope === "object" && request.header("x-amz-copy-source") !== undefined;
  const name = `${method} ${scope}${subresource === undefined ? "" : `?${subresource}`}`;
  const handler = operations[copies ? `${name} from` : name];
  const version = query.get("versionId");
  if (handler && version !== null && version !== "null") {
    throw new S3Error("NoSuchVersion", { Key: key, VersionId: version });
  }
  if (handler) return handler;
  if (subresource === undefined && !(method === "POST" && scope === "bucket")) {
    throw new S3Error("MethodNotAllowed", { Method: method, ResourceType: scope.toUpperCase() });
  }
  throw new S3Error("NotImplemented", { Message: `This local S3 does not implement the operation ${name}.` });
}
