/** What a request copies from: read once, and looked up as it was read. */
import { readable } from "./archive";
import type { Call } from "./request";
import { failed, headerNames, readConditions } from "./conditions";
import { invalidArgument, preconditionFailed, S3Error } from "./errors";
import type { StoredObject } from "./store";

const header = "x-amz-copy-source";

interface Source {
  readonly bucketName: string;
  readonly key: string;
  readonly version?: string;
}

/** The object that a request copies from, when its conditions hold. */
export function copySource(call: Call): StoredObject & { readonly bucketName: string } {
  const { bucketName, key, version } = sourceIn(call.header(header) ?? "");
  if (version !== undefined && version !== "null") {
    throw new S3Error("NoSuchVersion", "The specified version does not exist.", {
      Key: key,
      VersionId: version,
    });
  }
  const object = readable(call.store.bucket(bucketName).object(key));
  const condition = failed(
    readConditions((name) => call.header(name), `${header}-`),
    object,
  );
  if (condition) throw preconditionFailed(`${header}-${headerNames[condition]}`);
  return { ...object, bucketName };
}

/**
 * `bucket/key`, with or without a slash in front, and `?versionId=` behind it, all percent-encoded once. Some clients
 * encode the separator as well. A question mark of the key has to be encoded; anything but one version behind one that
 * is not, is no source.
 */
function sourceIn(given: string): Source {
  const mark = given.indexOf("?");
  const path = decoded(mark === -1 ? given : given.slice(0, mark));
  const [, version] = mark === -1 ? [] : (/^\?versionId=([^?&]*)$/.exec(given.slice(mark)) ?? []);
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(path ?? "") ?? [];
  if (bucketName === undefined || key === undefined || (mark !== -1 && version === undefined)) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      header,
      given,
    );
  }
  if (bucketName.startsWith("arn:")) {
    throw new S3Error("NotImplemented", "This local S3 has no access points; name the bucket.");
  }
  return { bucketName, key, version };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
