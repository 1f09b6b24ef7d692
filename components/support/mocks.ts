/** Unit tests of programs, in which `pulumi.runtime.setMocks` answers for all the world. */
import { runtime } from "@pulumi/pulumi";

import type { ListedObject } from "./list-objects";
import { Refusal } from "./input-error";

export { hasMocks } from "../../provider/dynamic/mocks";

/** The function of `@pulumi/aws` that lists a bucket, so that tests answer what they know already. */
const listing = "aws:s3/getObjects:getObjects";

/** What the mocks say that lies below the prefix. */
export async function mockedObjects(bucket: string, prefix: string): Promise<ListedObject[]> {
  const answer = (await runtime.invoke(listing, { bucket, prefix }, { async: true })) as { keys?: unknown };
  const keys = answer?.keys;
  if (!Array.isArray(keys) || !keys.every((key): key is string => typeof key === "string")) {
    throw new Refusal(
      `pulumi.runtime.setMocks is in use, so the bucket is not listed: let the mocks answer the call ${listing} ` +
        "with { keys: [...] }, or give keys.",
    );
  }
  return keys.filter((key) => key.startsWith(prefix)).map((key) => ({ key, archived: false }));
}
