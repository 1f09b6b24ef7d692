/**
 * Runs many pieces of work, one at a time in each place. A failure ends what has not begun, and is thrown when all that has
 * begun has come to its end.
 */
export async function sideBySide<Place, Item, Result>(
  places: readonly Place[],
  items: readonly Item[],
  run: (place: Place, item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const waiting = items.entries();
  await Promise.all(
    places.map(async (place) => {
      for (const [index, item] of waiting) {
        if (failures.length > 0) return;
        try {
          results[index] = await run(place, item);
        } catch (error) {
          failures.push(error);
        }
      }
    }),
  );
  if (failures.length > 0) throw failures[0] as Error;
  return results;
}
