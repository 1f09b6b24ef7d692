/** Runs each item, at most so many at once; the results in the order of the items. Fails with the first that fails. */
export async function concurrently<T, R>(
  items: readonly T[],
  most: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const runSome = async () => {
    while (next < items.length) {
      const place = next++;
      results[place] = await run(items[place]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, runSome));
  return results;
}
