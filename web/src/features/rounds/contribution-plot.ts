/** A submission as a dot: what it gave, and how much it weighs. */
export interface Given {
  index: number;
  /** Units of 2^-32 nat over the shard; 0 earns nothing. */
  contribution: bigint;
  seats: number;
}

export interface Dot extends Given {
  x: number;
  y: number;
  radius: number;
}

export interface Plot {
  dots: Dot[];
  width: number;
  height: number;
  /** The largest contribution: the right end of the axis; 0 where nobody gave anything. */
  most: bigint;
}

const width = 640;
const margin = 12;
const largest = 9;
const smallest = 3;

/** Dots from left (gave nothing) to right (gave most), those of like size on top of each other; none covers another. */
export function contributionPlot(given: readonly Given[]): Plot {
  const most = given.reduce((top, { contribution }) => (contribution > top ? contribution : top), 0n);
  const seats = Math.max(1, ...given.map((one) => one.seats));
  const radiusOf = (own: number) => Math.max(smallest, largest * Math.sqrt(own / seats));
  const place = (contribution: bigint) =>
    // Thousandths: a pixel is more than that.
    margin + (most === 0n ? 0 : (Number((contribution * 1000n) / most) / 1000) * (width - 2 * margin));
  const placed: Omit<Dot, 'y'>[] = given
    .map((one) => ({ ...one, x: place(one.contribution), radius: radiusOf(one.seats) }))
    .sort((a, b) => a.x - b.x || b.radius - a.radius || a.index - b.index);
  const set: (Omit<Dot, 'y'> & { level: number })[] = [];
  for (const dot of placed) {
    const near = set.filter((other) => Math.abs(other.x - dot.x) < other.radius + dot.radius);
    let level = dot.radius;
    // Lowest level that is free: those near stand on the ground or on each other.
    for (const other of near.toSorted((a, b) => a.level - b.level)) {
      if (Math.abs(other.level - level) < other.radius + dot.radius) level = other.level + other.radius + dot.radius;
    }
    set.push({ ...dot, level });
  }
  const height = Math.max(2 * largest, ...set.map(({ level, radius }) => level + radius)) + margin;
  return { dots: set.map(({ level, ...dot }) => ({ ...dot, y: height - level })), width, height, most };
}
