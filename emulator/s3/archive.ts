/** Objects in an archive: they cannot be read before they are restored, and for so long as they are. */
import type { Answer, Call } from "./request";
import { receiveText } from "./body";
import { malformedXml, S3Error } from "./errors";
import type { StoredObject } from "./store";
import { XmlElement } from "./xml";

/** Source: S3 user guide, storage classes. GLACIER_IR can be read at once. */
const archives = new Set(["GLACIER", "DEEP_ARCHIVE"]);
const day = 24 * 60 * 60 * 1000;

const isRestored = ({ restoredUntil }: StoredObject): boolean =>
  restoredUntil !== undefined && restoredUntil.getTime() > Date.now();

/** The object, when its bytes can be read. */
export function readable<T extends StoredObject>(object: T): T {
  if (!archives.has(object.storageClass) || isRestored(object)) return object;
  throw new S3Error("InvalidObjectState", "The operation is not valid for the object's storage class", {
    StorageClass: object.storageClass,
  });
}

/** RestoreObject. S3 takes minutes to hours; here the object can be read at once. */
export async function restoreObject(call: Call): Promise<Answer> {
  const request = XmlElement.read(await receiveText(call), "RestoreRequest");
  const days = Number(request.need("Days").trim());
  if (!Number.isInteger(days) || days < 1 || days > 36_500) throw malformedXml();
  const { bucket, key } = call;
  const object = bucket.object(key);
  if (!archives.has(object.storageClass)) {
    throw new S3Error("InvalidObjectState", "Restore is not allowed for the object's current storage class", {
      StorageClass: object.storageClass,
    });
  }
  // Until the end of a day, as S3 does.
  const restoredUntil = new Date((Math.floor(Date.now() / day) + days + 1) * day);
  bucket.objects.set(key, { ...object, restoredUntil });
  return { status: isRestored(object) ? 200 : 202 };
}

export const restoreHeaders = (object: StoredObject): Record<string, string> =>
  isRestored(object)
    ? {
        "x-amz-restore": `ongoing-request="false", expiry-date="${object.restoredUntil!.toUTCString()}"`,
      }
    : {};
