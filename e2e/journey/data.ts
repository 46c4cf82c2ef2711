// Small data that can really be learnt, by seed: what a person would have on their own disk, before Covey has seen any of it.
import { seededRandom, type Random } from '@covey/nodes';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const pick = <T>(random: Random, of: readonly T[]): T => of[random.integer(of.length)]!;

/** Typical weight in grams and length in millimetres, and colours. */
const fruits = {
  cherry: { grams: 8, millimetres: 22, colours: ['red', 'dark red'] },
  lemon: { grams: 110, millimetres: 85, colours: ['yellow', 'green'] },
  melon: { grams: 1_400, millimetres: 190, colours: ['green', 'yellow'] },
} as const;

/** Rows with numbers, a category, and a weight that is missing now and then. */
export function fruitTable(seed: number, rows: number): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: rows }, () => {
    const name = pick(random, Object.keys(fruits) as (keyof typeof fruits)[]);
    const { grams, millimetres, colours } = fruits[name];
    const spread = (typical: number) => (typical * (1 + 0.15 * random.normal())).toFixed(1);
    const weight = random.uniform() < 0.05 ? '' : spread(grams);
    return [weight, spread(millimetres), pick(random, colours), name].join(',');
  });
  return ['grams,millimetres,colour,fruit', ...lines, ''].join('\n');
}

/** What a flat costs a month, in units of money: 12 a square metre, less with age, more in the centre. */
export function rentTable(seed: number, rows: number): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: rows }, () => {
    const metres = 20 + random.integer(100);
    const age = random.integer(60);
    const centre = random.uniform() < 0.4;
    const rent = 150 + 12 * metres - 4 * age + (centre ? 250 : 0) + 20 * random.normal();
    return [metres, age, centre ? 'centre' : 'edge', rent.toFixed(0)].join(',');
  });
  return ['metres,age,place,rent', ...lines, ''].join('\n');
}

const words = {
  who: ['the node', 'the voter', 'the buyer'],
  does: ['checks', 'trains', 'scores'],
  what: ['every model', 'every round'],
} as const;

/** Sentences of so few words that the next letter is mostly known. */
export function sentences(seed: number, count: number): string {
  const random = seededRandom(seed);
  const one = () => `${pick(random, words.who)} ${pick(random, words.does)} ${pick(random, words.what)}.`;
  return `${Array.from({ length: count }, one).join(' ')}\n`;
}

const side = 12;

/** A folder for each class: pictures of crosses and of rings, at any place, on noise. */
export function writePictures(folder: string, seed: number, each: number): void {
  const random = seededRandom(seed);
  for (const shape of ['cross', 'ring'] as const) {
    mkdirSync(join(folder, shape), { recursive: true });
    for (let i = 0; i < each; i++) {
      const [x, y] = [4 + random.integer(side - 8), 4 + random.integer(side - 8)];
      const pixels = Uint8Array.from({ length: side * side }, (_, at) => {
        const [dx, dy] = [Math.abs((at % side) - x), Math.abs(Math.floor(at / side) - y)];
        const inked = shape === 'cross' ? dx + dy <= 3 && dx * dy === 0 : Math.max(dx, dy) === 3;
        return (inked ? 200 : 20) + random.integer(50);
      });
      writeFileSync(join(folder, shape, `${String(i).padStart(3, '0')}.png`), greyPng(pixels));
    }
  }
}

/** A grey PNG of eight bits a pixel, with the filter of each line 0 (PNG 1.2, W3C). */
function greyPng(pixels: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 8;
  const lines = Buffer.concat(
    Array.from({ length: side }, (_, y) => Buffer.from([0, ...pixels.subarray(y * side, (y + 1) * side)])),
  );
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
