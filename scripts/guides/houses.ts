// Houses that were sold, made up: the rows that the guides of the roles import. The same on every machine.

const districts = { Harbour: 20, Hill: 0, 'Old Town': 50 };

/** CSV of so many rows; the seed says which. Some areas and garages are missing, as they are in tables of people. */
export function housesCsv(rows: number, seed: number): string {
  const random = randomOf(seed);
  const names = Object.keys(districts) as (keyof typeof districts)[];
  const lines = Array.from({ length: rows }, (_, id) => {
    const district = names[Math.floor(random() * names.length)]!;
    const area = 40 + 100 * random();
    const rooms = Math.max(1, Math.round(area / 25 + 2 * random() - 1));
    const built = 1900 + Math.floor(120 * random());
    const garage = ['yes', 'no', ''][Math.floor(random() * 3)]!;
    const price = 2.1 * area + districts[district] + 0.3 * (built - 1900) + (garage === 'yes' ? 15 : 0) + 10 * random();
    const shown = random() < 0.03 ? '' : area.toFixed(1);
    return [id, district, shown, rooms, built, garage, price.toFixed(1)].join(',');
  });
  return `${['id,district,area,rooms,built,garage,price', ...lines].join('\n')}\n`;
}

/** Numbers from 0 to 1: a linear congruential generator, which is enough for rows that look alike. */
function randomOf(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return Number(state >> 33n) / 2 ** 31;
  };
}
