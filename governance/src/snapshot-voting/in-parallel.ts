/** Does it for each item, so many at a time: a thousand questions at once are too many for a public endpoint. */
export async function inParallel<item, result>(
  items: readonly item[],
  limit: number,
  action: (item: item, index: number) => Promise<result>,
): Promise<result[]> {
  const results = new Array<result>(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await action(items[index] as item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
