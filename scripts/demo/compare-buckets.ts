import { expectEqual } from "./expect";
import type { Stage } from "./stage";
import { copyBucket, sourceBucket } from "./stage";

/** So much of a hash is enough for the eye; what is compared is all of it. */
const shownDigits = 16;

/** Shows sources and copies side by side, makes sure that they are the same, and answers how many there are. */
export async function compareBuckets({ service, screen }: Stage, keys: string[]): Promise<number> {
  const sources = await service.objects(sourceBucket);
  const copies = await service.objects(copyBucket);
  const copyOf = (key: string) => copies.find((copy) => copy.key === key);
  screen.table(
    ["key", "bytes", `SHA-256 in ${sourceBucket}`, `SHA-256 in ${copyBucket}`, ""],
    sources.map(({ key, size, sha256 }) => [
      key,
      size,
      `${sha256.slice(0, shownDigits)}…`,
      `${copyOf(key)?.sha256.slice(0, shownDigits) ?? "none"}…`,
      copyOf(key)?.sha256 === sha256 ? "equal" : "different",
    ]),
  );
  expectEqual("The keys of the copies", copies.map(({ key }) => key).sort(), keys);
  expectEqual("The copies", copies, sources);
  return copies.length;
}
