import { createCipheriv } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILE_CHUNK_BYTES, blockCid, cidFromChain, cidToChain, codecs, documentCid, fileCid, parseCid } from './cid.ts';

/** The keystream from which Kubo's own profile tests make their files: ChaCha20 under sha256(seed), zero nonce. */
function keystream(bytes: number, seed: string): Uint8Array {
  const key = sha256(new TextEncoder().encode(seed));
  return new Uint8Array(createCipheriv('chacha20', key, Buffer.alloc(16)).update(Buffer.alloc(bytes)));
}

describe('fileCid', () => {
  // Expected values: kubo test/cli/cid_profiles_test.go (unixfs-v1-2025, IPIP-499).
  it('equals Kubo for a small file', async () => {
    expect(await fileCid(new TextEncoder().encode('hello world'))).toBe(
      'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
    );
  });
  it('equals Kubo for the empty file', async () => {
    expect(await fileCid(new Uint8Array())).toBe('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku');
  });
  it('equals Kubo for a file of exactly one chunk', async () => {
    expect(await fileCid(keystream(FILE_CHUNK_BYTES, 'chunk-v1-seed'))).toBe(
      'bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta',
    );
  });
  it('equals Kubo for a file of one byte more than a chunk', async () => {
    expect(await fileCid(keystream(FILE_CHUNK_BYTES + 1, 'chunk-v1-seed'))).toBe(
      'bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64',
    );
  });
});

describe('chain form', () => {
  it('goes there and back for every codec and digest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...Object.values(codecs)), (bytes, codec) => {
        const cid = blockCid(codec, bytes);
        expect(cidToChain(cid).codec).toBe(BigInt(codec));
        expect(cidFromChain(cidToChain(cid))).toBe(cid);
      }),
    );
  });
  it('names a document by its exact bytes', () => {
    expect(parseCid(documentCid(new TextEncoder().encode('{}'))).code).toBe(0x0129);
  });
  it('refuses a codec that the chain refuses', () => {
    expect(() => cidFromChain({ codec: 0x71n, digest: `0x${'00'.repeat(32)}` })).toThrowError(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_CID' }),
    );
  });
});

describe('parseCid', () => {
  const invalid = {
    'version 0': 'QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN',
    'sha2-512':
      'bafkrgqhhyivzstcz3hhswshfjgy6ertgmnqeleynhwt4dlfsthi4hn7zgh4uvlsb5xncykzapi3ocd4lzogukir6ksdy6wzrnz6ohnv4aglcs',
    'another base': 'zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA',
    'upper case': 'BAFKREIFZJUT3TE2NHYEKKLSS27NH3K72YSCO7Y32KOAO5EEI66WOF36N5E',
    'dag-cbor': 'bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua',
    garbage: 'not a cid',
    empty: '',
  };
  for (const [name, cid] of Object.entries(invalid)) {
    it(`refuses ${name}`, () => {
      expect(() => parseCid(cid)).toThrowError(expect.objectContaining({ code: 'PROTOCOL_INVALID_CID' }));
    });
  }
  it('throws nothing else on any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^b[a-z2-7]{0,80}$/)), (text) => {
        try {
          parseCid(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'PROTOCOL_INVALID_CID' });
        }
      }),
    );
  });
});
