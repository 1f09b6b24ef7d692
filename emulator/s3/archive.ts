/** Archived objects, which can be read only while they are restored. */
import type { S3Response, S3Request } from "./request";
import { receiveDocument } from "./receive-body";
import { malformedXml, S3Error } from "./errors";
import type { StoredObject } from "./store";
import { XmlElement } from "./xml";

/** Source: S3 user guide, storage classes. GLACIER_IR can be read at once. */
const archiveClasses = new Set(["GLACIER", "DEEP_ARCHIVE"]);
const dayMs = 24 * 60 * 60 * 1000;

const isRestored = ({ restoredUntil }: StoredObject): boolean =>
  restoredUntil !== undefined && restoredUntil.getTime() > Date.now();

/** Returns the object; throws if it is archived and not restored. */
export function assertReadable<T extends StoredObject>(object: T): T {
  if (!archiveClasses.has(object.storageClass) || isRestored(object)) return object;
  throw new S3Error("InvalidObjectState", { StorageClass: object.storageClass });
}

/** RestoreObject. S3 takes minutes to hours; here the object is readable at once. */
export async function restoreObject(request: S3Request): Promise<S3Response> {
  const restore = XmlElement.read(await receiveDocument(request), "RestoreRequest");
  const days = Number(restore.requireText("Days").trim());
  if (!Number.isInteger(days) || days < 1 || days > 36_500) throw malformedXml();
  const { bucket, key } = request;
  const object = bucket.getObject(key);
  if (!archiveClasses.has(object.storageClass)) {
    throw new S3Error("InvalidObjectState", {
      Message: "Restore is not allowed for the object's current storage class",
      StorageClass: object.storageClass,
    });
  }
  // S3 rounds the expiry up to midnight UTC.
  const restoredUntil = new Date((Math.floor(Date.now() / dayMs) + days + 1) * dayMs);
  bucket.objects.set(key, { ...object, restoredUntil });
  return { status: isRestored(object) ? 200 : 202 };
}

export const restoreHeaders = (object: StoredObject): Record<string, string> =>
  isRestored(object)
    ? {
        "x-amz-restore": `ongoing-request="false", expiry-date="${object.restoredUntil!.toUTCString()}"`,
      }
    : {};
