/** Paths of properties as the engine writes them: `details.importAssetsFromS3.assetSources[3].key`, `jobs["a.b"].type`. */

/** Text before the first bracket or dot, `.member`, `[3]`, `["any text"]`. */
const step = /^[^.[]+|\.([^.[]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g;

/** Indexes of lists are numbers in the path. */
export const parsePropertyPath = (text: string): (string | number)[] =>
  [...text.matchAll(step)].map(([whole, member, index, name]) =>
    index !== undefined
      ? Number(index)
      : name !== undefined
        ? (JSON.parse(name) as string)
        : (member ?? whole),
  );
