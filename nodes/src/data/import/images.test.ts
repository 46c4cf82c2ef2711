import fc from 'fast-check';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isNodeError } from '../../errors.ts';
import { decodeImage, importImages } from './images.ts';
import { resized } from './pixels.ts';
// Images that Pillow wrote, and what it decoded them to.
import written from './written-elsewhere.json' with { type: 'json' };

const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

function chunk(type: string, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length);
  bytes.write(type, 4, 'latin1');
  bytes.set(body, 8);
  return bytes;
}

function png(
  header: { width: number; height: number; depth: number; colour: number; interlace?: number },
  raw: Uint8Array,
): Uint8Array {
  const { width, height, depth, colour, interlace = 0 } = header;
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(width);
  ihdr.writeUInt32BE(height, 4);
  ihdr.set([depth, colour, 0, 0, interlace], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', ihdr),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('PNG', () => {
  it.each(Object.entries(written.png))(
    'of Pillow is decoded to the byte: %s',
    async (_, { file, width, height, rgba }) => {
      expect(await decodeImage(bytesOf(file), 'a.png')).toEqual({ width, height, rgba: bytesOf(rgba) });
    },
  );

  it('has all filters and Adam7', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        fc.infiniteStream(fc.nat(255)),
        async (width, height, interlaced, values) => {
          const grey = Uint8Array.from({ length: width * height }, () => values.next().value as number);
          const bytes = png(
            { width, height, depth: 8, colour: 0, interlace: Number(interlaced) },
            filtered(grey, width, height, interlaced),
          );
          const { rgba } = await decodeImage(bytes, 'a.png');
          expect(grey.every((value, i) => rgba[4 * i] === value && rgba[4 * i + 3] === 255)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('of any bytes is decoded or refused by a code, and never larger than it says', async () => {
    const file = bytesOf(written.png.palette.file);
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.uint8Array({ maxLength: 5 }), async (at, patch) => {
        const bytes = Uint8Array.from(file);
        bytes.set(patch.subarray(0, bytes.length - at), at);
        await decodeImage(bytes, 'a.png').catch((error: unknown) => {
          if (!isNodeError(error)) throw error;
        });
      }),
      { numRuns: 200 },
    );
    const bomb = png({ width: 2, height: 2, depth: 8, colour: 0 }, new Uint8Array(30_000_000));
    await expect(decodeImage(bomb, 'a.png')).rejects.toMatchObject({ code: 'DATA_BAD_IMAGE' });
    const huge = png({ width: 100_000, height: 100_000, depth: 8, colour: 0 }, new Uint8Array(10));
    await expect(decodeImage(huge, 'a.png')).rejects.toMatchObject({ got: '100000 × 100000' });
  });
});

describe('JPEG', () => {
  it.each(Object.entries(written.jpeg))(
    'of Pillow is decoded within rounding: %s',
    async (name, { file, width, height, rgba }) => {
      const image = await decodeImage(bytesOf(file), 'a.jpg');
      expect([image.width, image.height]).toEqual([width, height]);
      const expected = bytesOf(rgba);
      const differences = Array.from(image.rgba, (value, i) => Math.abs(value - expected[i]!));
      // Where there are half as many colours as pixels, Pillow smooths what is doubled here.
      const most = name === 'grey' || name === '4:4:4' ? 1 : 6;
      expect(differences.reduce((a, b) => a + b) / differences.length).toBeLessThan(most);
    },
  );

  it('of any bytes is decoded or refused by a code, and refused where it is cut', async () => {
    const file = bytesOf(written.jpeg.progressive.file);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: file.length - 1 }),
        fc.uint8Array({ maxLength: 5 }),
        async (at, patch) => {
          const bytes = Uint8Array.from(file);
          bytes.set(patch.subarray(0, bytes.length - at), at);
          await decodeImage(bytes, 'a.jpg').catch((error: unknown) => {
            if (!isNodeError(error)) throw error;
          });
        },
      ),
      { numRuns: 200 },
    );
    await expect(decodeImage(file.subarray(0, file.length - 40), 'a.jpg')).rejects.toMatchObject({
      message: expect.stringMatching(/cut/) as string,
    });
  });
});

describe('images as samples', () => {
  const grey = (values: number[], width: number) => ({
    width,
    height: values.length / width,
    rgba: Uint8Array.from(values.flatMap((v) => [v, v, v, 255])),
  });

  it('are stretched by the mean of areas', () => {
    expect([...resized(grey([0, 100, 200, 50], 2), { width: 1, height: 1, channels: 1 })]).toEqual([88]);
    expect([...resized(grey([10, 20, 40], 3), { width: 2, height: 1, channels: 1 })]).toEqual([13, 33]);
    expect([...resized(grey([10, 20], 2), { width: 4, height: 2, channels: 1 })]).toEqual([
      10, 10, 20, 20, 10, 10, 20, 20,
    ]);
  });

  it('are grey by weights, channels first, over white', () => {
    const image = { width: 2, height: 1, rgba: Uint8Array.from([255, 0, 0, 255, 0, 0, 0, 51]) };
    expect([...resized(image, { width: 2, height: 1, channels: 1 })]).toEqual([76, 204]);
    expect([...resized(image, { width: 2, height: 1, channels: 3 })]).toEqual([255, 204, 0, 204, 0, 204]);
  });

  it('have their folders as classes, in order whatever the order of files', async () => {
    const file = (path: string, value: string) => ({ path, bytes: () => bytesOf(value) });
    const files = [
      file('dogs/b.png', written.png.RGB.file),
      file('cats/a.jpg', written.jpeg.baseline.file),
      file('dogs/a.png', written.png.grey.file),
    ];
    const options = { width: 3, height: 2, channels: 3 } as const;
    const { data, description } = await importImages(files, options);
    expect(description.output).toEqual({ type: 'class', count: 2, names: ['cats', 'dogs'] });
    expect(data.labels).toEqual(Uint8Array.from([0, 1, 1]));
    expect(data.features).toBe(18);
    expect(await importImages(files.toReversed(), options, description)).toEqual({ data, description });
    await expect(importImages([file('birds/a.png', written.png.RGB.file)], options, description)).rejects.toMatchObject(
      { got: 'birds' },
    );
    const nameless = { ...description, output: { type: 'class', count: 2 } } as const;
    await expect(importImages(files, options, nameless)).rejects.toMatchObject({ code: 'DATA_BAD_IMAGE' });
    await expect(importImages([file('dogs/a.txt', 'aGVsbG8=')], options, description)).rejects.toMatchObject({
      code: 'DATA_BAD_IMAGE',
      got: 'bytes 68 65 6c 6c',
    });
  });
});

/** Lines of bytes, the n-th under filter n mod 5, in seven passes where interlaced. */
function filtered(grey: Uint8Array, width: number, height: number, interlaced: boolean): Uint8Array {
  const passes = interlaced
    ? [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ]
    : [[0, 0, 1, 1]];
  const bytes: number[] = [];
  for (const [left, top, right, down] of passes as [number, number, number, number][]) {
    let above: number[] | undefined;
    for (let y = top, n = 0; y < height && left < width; y += down, n++) {
      const line: number[] = [];
      for (let x = left; x < width; x += right) line.push(grey[y * width + x]!);
      const filter = n % 5;
      bytes.push(
        filter,
        ...line.map((value, i) => value - predicted(filter, line[i - 1] ?? 0, above?.[i] ?? 0, above?.[i - 1] ?? 0)),
      );
      above = line;
    }
  }
  return Uint8Array.from(bytes);
}

function predicted(filter: number, a: number, b: number, c: number): number {
  const distances = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  const paeth = [a, b, c][distances.indexOf(Math.min(...distances))]!;
  return [0, a, b, (a + b) >> 1, paeth][filter]!;
}
