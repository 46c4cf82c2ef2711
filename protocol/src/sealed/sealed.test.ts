import { createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import { bytesToHex, hexToBytes } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { isProtocolError } from '../errors.ts';
import { parameterRoot } from '../parameter-root.ts';
import { PositionalTree, provePosition, type Keccak } from '../positional-tree.ts';
import { contentEvidence, pieceEvidence, provesContent } from './content-evidence.ts';
import { portableEngine, withoutTag } from './engine.ts';
import { fastKeccak } from './fast-keccak.ts';
import { LEAF_BYTES, MAX_SEALED_BYTES, chunkNonce, sealedSizes } from './format.ts';
import { contentKeyHash, differingPiece, open, requireKeyOf } from './open.ts';
import { addLeaves, checkSealed, rootOfCiphertext } from './roots.ts';
import { seal } from './seal.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const fileOf = (bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => 31 * i + (i >> 9));
const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

async function sealed(plaintext: Uint8Array, source: Uint8Array[] = [plaintext], from = 0) {
  const [ciphertext, leaves, tree]: [Uint8Array[], Uint8Array[], PositionalTree] = [[], [], new PositionalTree()];
  for await (const chunk of seal(source, { key, bytes: plaintext.length, from })) {
    ciphertext.push(chunk.sealed);
    leaves.push(chunk.plainLeaves);
    addLeaves(tree, chunk.cipherLeaves);
  }
  const roots = { bytes: plaintext.length, plainRoot: parameterRoot(plaintext), cipherRoot: tree.root() };
  return { ciphertext: joined(ciphertext), leaves: joined(leaves), roots };
}

async function opened(ciphertext: Uint8Array, leaves: Uint8Array, bytes: number, from = 0) {
  const parts: Uint8Array[] = [];
  let wrongTags = 0;
  for await (const chunk of open([ciphertext], [leaves], { key, bytes, from })) {
    parts.push(chunk.bytes);
    if (chunk.wrongTag) wrongTags++;
  }
  return { bytes: joined(parts), wrongTags };
}

const codeOf = (working: Promise<unknown>) =>
  working.then(
    () => 'nothing was refused',
    (error: unknown) => (isProtocolError(error) ? error.code : String(error)),
  );

/** Three chunks, the last of 18 pieces and 928 bytes. */
const plaintext = fileOf(150_432);
let file: Awaited<ReturnType<typeof sealed>>;
beforeAll(async () => {
  file = await sealed(plaintext);
});

describe('the sealed file', () => {
  it('is ChaCha20-Poly1305 of RFC 8439', () => {
    // RFC 8439, 2.4.2: the keystream from block 1 on.
    const text = new TextEncoder().encode(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    );
    const counting = Uint8Array.from({ length: 32 }, (_, i) => i);
    const nonce = hexToBytes('0x000000000000004a00000000');
    expect(bytesToHex(withoutTag(counting, nonce, text))).toBe(
      '0x6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d',
    );
    expect(withoutTag(counting, nonce, text.subarray(64), 64)).toEqual(withoutTag(counting, nonce, text).subarray(64));
  });

  it('opens with another implementation: 11 bytes of number and one of end in each nonce', () => {
    const sizes = sealedSizes(plaintext.length);
    expect(sizes).toMatchObject({ chunks: 3, pieces: 147, ciphertextBytes: 150_480, leavesBytes: 147 * 32 });
    for (let n = 0; n < 3; n++) {
      const chunk = file.ciphertext.subarray(n * 65_552, (n + 1) * 65_552);
      const nonce = Buffer.from([...new Array<number>(10).fill(0), n, n === 2 ? 1 : 0]);
      expect(chunkNonce(sizes, n)).toEqual(new Uint8Array(nonce));
      const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
      decipher.setAuthTag(chunk.subarray(-16));
      const text = Buffer.concat([decipher.update(chunk.subarray(0, -16)), decipher.final()]);
      expect(Buffer.compare(text, plaintext.subarray(n * 65_536, (n + 1) * 65_536))).toBe(0);
    }
  });

  it('opens to what was sealed, however it is cut, from any chunk on', async () => {
    const edges = [1, 1023, 1024, 1025, 65_535, 65_536, 65_537, 131_072].map((bytes) => fc.constant(bytes));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(...edges, fc.integer({ min: 1, max: 100_000 })),
        fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 4 }),
        fc.nat(),
        async (bytes, cuts, pick) => {
          const text = fileOf(bytes);
          const pieces: Uint8Array[] = [];
          let at = 0;
          for (const cut of cuts) pieces.push(text.subarray(at, (at += cut)));
          const whole = await sealed(text, [...pieces, text.subarray(at)]);
          await checkSealed(whole.roots, { ciphertext: [whole.ciphertext], leaves: [whole.leaves] });
          expect((await opened(whole.ciphertext, whole.leaves, bytes)).bytes).toEqual(text);
          const from = pick % sealedSizes(bytes).chunks;
          const rest = await sealed(text, [text.subarray(from * 65_536)], from);
          expect(rest.ciphertext).toEqual(whole.ciphertext.subarray(from * 65_552));
          const tail = await opened(rest.ciphertext, whole.leaves.subarray(from * 64 * 32), bytes, from);
          expect(tail).toEqual({ bytes: text.subarray(from * 65_536), wrongTags: 0 });
        },
      ),
      { numRuns: 6 },
    );
  });

  it('is sealed only of the size that was said', async () => {
    const said =
      (bytes: number, from = 0) =>
      async () => {
        for await (const chunk of seal([plaintext], { key, bytes, from })) expect(chunk.index).toBeLessThan(3);
      };
    for (const bytes of [plaintext.length - 1, plaintext.length + 1, 65_536, 10_000_000])
      expect(await codeOf(said(bytes)())).toBe('PROTOCOL_INVALID_ARGUMENT');
    expect(await codeOf(said(plaintext.length, 1)())).toBe('PROTOCOL_INVALID_ARGUMENT');
    for (const bytes of [0, -1, 1.5, NaN, MAX_SEALED_BYTES + 1])
      expect(() => sealedSizes(bytes)).toThrowError(expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }));
    expect(() => contentKeyHash(key.subarray(1))).toThrowError(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }),
    );
  });
});

describe('what is served', () => {
  const check = (ciphertext: Uint8Array, leaves: Uint8Array) =>
    codeOf(checkSealed(file.roots, { ciphertext: [ciphertext], leaves: [leaves] }));
  const changes: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    'a flipped bit': (bytes) => bytes.with(100, bytes[100]! ^ 1),
    'a flipped bit at its end': (bytes) => bytes.with(bytes.length - 20, bytes[bytes.length - 20]! ^ 128),
    'one byte less': (bytes) => bytes.subarray(0, -1),
    'one byte more': (bytes) => joined([bytes, new Uint8Array(1)]),
    'without its last chunk or leaves': (bytes) => bytes.subarray(0, bytes.length > 100_000 ? 131_104 : 128 * 32),
    nothing: () => new Uint8Array(),
    'two parts that changed places': (bytes) => {
      const half = bytes.length > 100_000 ? 65_552 : 64 * 32;
      return joined([bytes.subarray(half, 2 * half), bytes.subarray(0, half), bytes.subarray(2 * half)]);
    },
  };

  it.each(Object.entries(changes))('is refused before anybody pays with %s', async (_, change) => {
    expect(await check(file.ciphertext, file.leaves)).toBe('nothing was refused');
    expect(await check(change(file.ciphertext), file.leaves)).toBe('PROTOCOL_SEALED_MISMATCH');
    expect(await check(file.ciphertext, change(file.leaves))).toBe('PROTOCOL_SEALED_MISMATCH');
  });

  it.each(Object.entries(changes))('does not open with %s', async (_, change) => {
    expect(await codeOf(opened(change(file.ciphertext), file.leaves, plaintext.length))).toBe(
      'PROTOCOL_SEALED_MISMATCH',
    );
    expect(await codeOf(opened(file.ciphertext, change(file.leaves), plaintext.length))).toBe(
      'PROTOCOL_SEALED_MISMATCH',
    );
  });

  it('opens with a wrong tag where every piece is right, and says so', async () => {
    const tag = 2 * 65_552 - 1;
    const ciphertext = file.ciphertext.with(tag, file.ciphertext[tag]! ^ 1);
    expect(await check(ciphertext, file.leaves)).toBe('nothing was refused');
    const result = await opened(ciphertext, file.leaves, plaintext.length);
    expect(result.wrongTags).toBe(1);
    expect(Buffer.compare(result.bytes, plaintext)).toBe(0);
  });

  it('lets go of its leaves however it ends: they may be a file that is open, or a fetch under way', async () => {
    const { ciphertext, leaves, roots } = file;
    let left = 0;
    function* watched() {
      try {
        for (let at = 0; at < leaves.length; at += LEAF_BYTES) yield leaves.subarray(at, at + LEAF_BYTES);
      } finally {
        left++;
      }
    }
    const spoilt = ciphertext.slice();
    spoilt[0]! ^= 1;
    const openAll = async (source: Uint8Array) => {
      for await (const chunk of open([source], watched(), { key, bytes: roots.bytes })) void chunk;
    };
    expect(await codeOf(openAll(spoilt))).toBe('PROTOCOL_SEALED_MISMATCH');
    expect(left).toBe(1);
    for await (const { index } of open([ciphertext], watched(), { key, bytes: roots.bytes })) if (index === 0) break;
    expect(left).toBe(2);
  });

  it('names the piece that opens to something else, and proves it', async () => {
    for (const piece of [0, 63, 64, 146]) {
      const promised = plaintext.with(1024 * piece + 5, plaintext[1024 * piece + 5]! ^ 1);
      const lie = await sealed(promised);
      const manifest = {
        ...{ bytes: plaintext.length, keyHash: contentKeyHash(key) },
        ...{ plainRoot: lie.roots.plainRoot, cipherRoot: file.roots.cipherRoot },
      };
      const served = { ciphertext: [file.ciphertext], leaves: [lie.leaves] };
      await checkSealed(manifest, served);
      const failure: unknown = await opened(file.ciphertext, lie.leaves, plaintext.length).catch((e: unknown) => e);
      expect(differingPiece(failure)).toBe(piece);
      const evidence = await contentEvidence(manifest, key, piece, served);
      expect(provesContent(manifest, evidence)).toBe(true);
      const innocent = await pieceEvidence(manifest, key, 7, served);
      expect(provesContent(manifest, innocent)).toBe(false);
      expect(await codeOf(contentEvidence(manifest, key, 7, served))).toBe('PROTOCOL_INVALID_ARGUMENT');
      // Nor can pieces, leaves or places of another kind convict anybody.
      const other = piece === 0 ? 1 : 0;
      for (const change of [
        { index: other },
        { count: evidence.count + 1 },
        { cipherPiece: innocent.cipherPiece },
        { plainLeaf: innocent.plainLeaf },
        { cipherPath: innocent.cipherPath },
        { plainPath: evidence.plainPath.slice(1) },
      ])
        expect(provesContent(manifest, { ...evidence, ...change })).toBe(false);
      expect(() => provesContent(manifest, { ...evidence, key: `0x${'00'.repeat(32)}` })).toThrowError(
        expect.objectContaining({ code: 'PROTOCOL_WRONG_CONTENT_KEY' }),
      );
    }
  });

  it('is no evidence where it is not the manifest’s, or the piece is none', async () => {
    const manifest = { ...file.roots, keyHash: contentKeyHash(key) };
    const served = (change = (bytes: Uint8Array) => bytes) => ({
      ciphertext: [change(file.ciphertext)],
      leaves: [file.leaves],
    });
    expect(await codeOf(pieceEvidence(manifest, key, 147, served()))).toBe('PROTOCOL_INVALID_ARGUMENT');
    expect(await codeOf(pieceEvidence(manifest, key, -1, served()))).toBe('PROTOCOL_INVALID_ARGUMENT');
    expect(await codeOf(pieceEvidence(manifest, key, 0, served(changes['a flipped bit']!)))).toBe(
      'PROTOCOL_SEALED_MISMATCH',
    );
    expect(() => requireKeyOf(manifest.keyHash, key.with(0, 9))).toThrowError(
      expect.objectContaining({ code: 'PROTOCOL_WRONG_CONTENT_KEY' }),
    );
  });
});

describe('a path that is kept while a tree grows', () => {
  it('is the one that is computed of all leaves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (count, pick) => {
        const leaves = Array.from({ length: count }, (_, i) => Uint8Array.of(i));
        const tree = new PositionalTree({ prove: pick % count });
        for (const leaf of leaves) tree.add(leaf);
        tree.root();
        expect(tree.path).toEqual(provePosition(leaves, pick % count).path);
      }),
    );
  });
});

describe('Keccak in WebAssembly', () => {
  let fast: Keccak;
  beforeAll(async () => {
    fast = await fastKeccak();
  });

  it('is that of JavaScript', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1200 }), (bytes) => {
        expect(bytesToHex(fast(bytes))).toBe(bytesToHex(portableEngine.keccak(bytes)));
      }),
    );
  });

  it('makes the same roots', async () => {
    const { root } = await rootOfCiphertext([file.ciphertext], sealedSizes(plaintext.length), { keccak: fast });
    expect(root).toBe(file.roots.cipherRoot);
    expect(fast(new Uint8Array(LEAF_BYTES))).not.toBe(fast(new Uint8Array(LEAF_BYTES)));
  });
});
