export interface Part {
  from: number;
  to: number;
}

/** Columns a part at least: what a thread takes less time for than it takes to wake it is not worth sharing. */
const LEAST = 4096;

/** [0, total) in at most `count` parts of whole granules, as equal as they get; one when there is little to do. */
export function parts(count: number, total: number, granule = 16, least = LEAST): Part[] {
  const wanted = Math.max(1, Math.min(count, Math.floor(total / least)));
  const each = Math.ceil(total / wanted / granule) * granule;
  const made: Part[] = [];
  for (let from = 0; from < total; from += each) made.push({ from, to: Math.min(from + each, total) });
  return made;
}
