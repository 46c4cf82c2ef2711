import { afterEach, describe, expect, it, vi } from 'vitest';
import { openSink } from './file-sink.ts';

afterEach(() => vi.unstubAllGlobals());

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('where an opened model goes', () => {
  it('is memory where the browser has no disk for pages', async () => {
    vi.stubGlobal('navigator', {});
    const sink = await openSink(null, 5);
    await sink.write(bytes(1, 2, 3));
    await sink.write(bytes(4, 5));
    const file = await sink.close();
    expect(new Uint8Array(await file!.arrayBuffer())).toEqual(bytes(1, 2, 3, 4, 5));
  });

  it('is refused before anything is fetched where there is not enough room, in sizes that people read', async () => {
    const getDirectory = () => Promise.resolve({ removeEntry: () => Promise.reject(new Error('there is none')) });
    const estimate = () => Promise.resolve({ quota: 4 * 2 ** 20, usage: 3 * 2 ** 20 });
    vi.stubGlobal('navigator', { storage: { getDirectory, estimate } });
    await expect(openSink(null, 2 ** 31)).rejects.toMatchObject({
      code: 'WEB_NO_ROOM',
      shortMessage: 'The browser has room for 1 MiB, and 2 GiB are needed.',
    });
  });

  it('is memory where the browser refuses its disk, as in private windows', async () => {
    const getDirectory = () => Promise.reject(new DOMException('not here', 'SecurityError'));
    vi.stubGlobal('navigator', { storage: { getDirectory } });
    const sink = await openSink(null, 1);
    await sink.write(bytes(7));
    await sink.abort();
    expect((await sink.close())!.size).toBe(0);
  });
});
