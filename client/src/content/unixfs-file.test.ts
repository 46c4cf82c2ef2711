import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore, type MemoryStore } from '../testing/memory-store.ts';

let store: MemoryStore;
beforeEach(() => {
  store = memoryStore();
});

const leaf = (text: string) => store.putBlock(0x55, new TextEncoder().encode(text));

/** A node of a DAG that declares what it likes. */
async function node(links: string[], blockSizes: bigint[], data?: string): Promise<string> {
  const file = new UnixFS({
    type: 'file',
    blockSizes,
    ...(data === undefined ? {} : { data: new TextEncoder().encode(data) }),
  });
  const Links = links.map((cid) => ({ Name: '', Tsize: 1, Hash: CID.parse(cid) }));
  return await store.putBlock(0x70, dagPb.encode({ Data: file.marshal(), Links }));
}

describe('files of other importers', () => {
  it('may hold their bytes in the nodes, on any level', async () => {
    const inner = await node([await leaf('cd'), await leaf('ef')], [2n, 2n]);
    const root = await node([await node([], [], 'ab'), inner], [2n, 4n]);
    expect(new TextDecoder().decode(await store.get(root))).toBe('abcdef');
    expect(await store.get(await node([], []))).toEqual(new Uint8Array());
  });
});

describe('a hostile DAG is no file, and never more than an error', () => {
  const hostile: Record<string, () => Promise<string>> = {
    'a child without data': async () => {
      const empty = await store.putBlock(0x70, dagPb.encode({ Links: [] }));
      return node([empty, await leaf('0123456789')], [10n, 10n]);
    },
    'a leaf larger than declared': async () => node([await leaf('0123456789'), await leaf('x')], [5n, 6n]),
    'a leaf smaller than declared': async () => node([await leaf('01')], [20n]),
    'a first leaf that fills what the second should hold': async () =>
      node([await leaf('01234567890123456789'), await leaf('')], [10n, 10n]),
    'a child that declares another size': async () => node([await node([await leaf('abc')], [3n])], [4n]),
    'more links than sizes': async () => node([await leaf('a'), await leaf('b')], [2n]),
    'a directory inside': async () => {
      const directory = new UnixFS({ type: 'directory' });
      return node([await store.putBlock(0x70, dagPb.encode({ Data: directory.marshal(), Links: [] }))], [0n]);
    },
    'a document inside': async () => node([await store.putBlock(0x0129, new TextEncoder().encode('{}'))], [2n]),
    'forty levels': async () => {
      let cid = await leaf('a');
      for (let level = 0; level < 40; level++) cid = await node([cid], [1n]);
      return cid;
    },
  };
  it.each(Object.entries(hostile))('%s', async (_, build) => {
    await expect(store.get(await build())).rejects.toMatchObject({ code: 'CONTENT_NOT_A_FILE' });
  });

  it('a missing child is missing content', async () => {
    const gone = await leaf('gone');
    const root = await node([await leaf('here'), gone], [4n, 4n]);
    await store.remove(gone);
    await expect(store.get(root)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
  });

  it('that declares more than the limit is too large, whatever its leaves hold, and nothing of it is read', async () => {
    const gone = await leaf('gone');
    await store.remove(gone);
    const huge = await node([gone], [1n << 60n]);
    await expect(store.get(huge)).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' });
    const lie = await node([await leaf('a')], [11n]);
    await expect(store.get(lie, { maxBytes: 10 })).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' });
    await expect(store.get(lie, { maxBytes: 11 })).rejects.toMatchObject({ code: 'CONTENT_NOT_A_FILE' });
  });

  it('is held to a number of blocks, whatever limit its reader has', async () => {
    const empty = await leaf('');
    const many = await node(Array(3_000).fill(empty), Array(3_000).fill(0n));
    for (const maxBytes of [0, 1024, 1 << 26]) {
      await expect(store.get(many, { maxBytes })).rejects.toMatchObject({ code: 'CONTENT_NOT_A_FILE' });
    }
  });
});
