import { readFileSync } from 'node:fs';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import fc from 'fast-check';
import { hexToBytes } from 'viem';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { decompressSignature, drandRandomness, drandRoundAt } from './drand.ts';
import { encodeKey, localNetwork, verifies } from './local-network.ts';

interface Vectors {
  publicKey: Hex;
  genesis: number;
  period: number;
  rounds: { round: number; signature: Hex }[];
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const { publicKey, rounds, ...times } = JSON.parse(read('../../vectors/drand.json')) as Vectors;
const Point = bls12_381.G1.Point;

/** What an independent library has for a point. */
function uncompressed(signature: Hex): Hex {
  const { x, y } = Point.fromHex(signature.slice(2)).toAffine();
  return `0x${[x, y].map((c) => c.toString(16).padStart(128, '0')).join('')}`;
}

describe('drand', () => {
  it('has the vectors and the key that the contracts have', () => {
    expect(read('../../../contracts/test/vectors/drand.json')).toBe(read('../../vectors/drand.json'));
    const words = [...read('../../../contracts/src/beacon/Quicknet.sol').matchAll(/hex"([0-9a-f]+)"/g)].map(
      ([, w]) => w,
    );
    expect(`0x${words.join('')}`).toBe(encodeKey(publicKey));
  });

  it('decompresses the golden signatures, which a public library verifies', () => {
    expect(rounds).toHaveLength(2);
    for (const { round, signature } of rounds) {
      expect(verifies(signature, BigInt(round), publicKey)).toBe(true);
      expect(verifies(signature, BigInt(round + 1), publicKey)).toBe(false);
      expect(decompressSignature(signature)).toBe(uncompressed(signature));
    }
  });

  it('gives the randomness that drand published', () => {
    // As the network's API answers for round 1000.
    const [, { signature }] = rounds as [unknown, Vectors['rounds'][number]];
    expect(drandRandomness(signature)).toBe('0xfe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd');
  });

  it('decompresses points of both signs', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 250n }), fc.boolean(), (scalar, negate) => {
        const point = Point.BASE.multiply(scalar);
        const signature: Hex = `0x${(negate ? point.negate() : point).toHex(true)}`;
        expect(decompressSignature(signature)).toBe(uncompressed(signature));
      }),
      { numRuns: 20 },
    );
  });

  it('refuses what is not the one encoding of a point', () => {
    const [{ signature }] = rounds as [Vectors['rounds'][number]];
    const body = signature.slice(4);
    const order = '1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab';
    const refused: Record<string, Hex> = {
      nothing: '0x',
      'a byte less': signature.slice(0, -2) as Hex,
      'a byte more': `${signature}00`,
      'no flag of compression': `0x17${body}`,
      infinity: `0xc0${'00'.repeat(47)}`,
      'infinity beside a point': `0xf7${body}`,
      'an element that is not below the order': `0x9${order.slice(1)}`,
      'an x that is on no point': `0x80${'00'.repeat(46)}01`,
    };
    for (const [what, bytes] of Object.entries(refused)) {
      expect(() => decompressSignature(bytes), what).toThrowError(
        expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }),
      );
    }
  });

  it('counts rounds from genesis, the first at or after a moment', () => {
    const schedule = { genesis: BigInt(times.genesis), period: BigInt(times.period) };
    const at = (seconds: bigint) => drandRoundAt(schedule.genesis + seconds, schedule);
    expect([at(-100n), at(0n), at(1n), at(3n), at(4n), at(2997n)]).toEqual([1n, 1n, 2n, 2n, 3n, 1000n]);
  });

  it('is played by a network of one member, whose signatures a library verifies and the contract', () => {
    const file = read('../../vectors/local-beacon.json');
    expect(read('../../../contracts/test/vectors/local-beacon.json')).toBe(file);
    const vectors = JSON.parse(file) as Vectors & { secretKey: Hex };
    const network = localNetwork(vectors.secretKey);
    const key: Hex = `0x${bls12_381.shortSignatures.getPublicKey(hexToBytes(vectors.secretKey)).toHex()}`;
    expect(network.publicKey).toBe(encodeKey(key));
    expect(network.publicKey).toBe(vectors.publicKey);
    expect(vectors.rounds).toHaveLength(3);
    for (const { round, signature } of vectors.rounds) {
      expect(network.sign(BigInt(round))).toBe(signature);
      expect(verifies(signature, BigInt(round), key)).toBe(true);
      expect(verifies(signature, BigInt(round + 1), key)).toBe(false);
    }
  });
});
