/**
 * Does the same work for each item, for at most `most` of them at once: requests to a whole fleet in one go would time
 * out. Resolves to the results in the order of the items. Rejects with the first error, and begins nothing after it.
 * Each worker takes the next item; if each item had a place in a queue, as in `Slots`, a long list would take twenty
 * times as long.
 */
export async function inParallel<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  if (items.length === 0) return [];
  const results: R[] = [];
  let [next, failed] = [0, false];
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length && !failed; at = next++) {
      try {
        results[at] = await work(items[at] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
