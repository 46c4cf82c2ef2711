import { readFileSync } from 'node:fs';
import { bytesToHex, hexToBytes, keccak256, numberToHex, stringToBytes, verifyTypedData, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { buyerKeyMessage, buyerSecret } from './buyer-key.ts';
import { G1, ORDER, decodeG1, encodeG1, scalarOf } from './g1.ts';
import { contentKeyHash } from './open.ts';
import { keyEvidence, proveShared, verifyShared } from './shared-point.ts';
import { publicKeyOf, unwrapKey, wrapKey } from './wrap.ts';

interface KeyCase {
  chainId: number;
  escrow: Hex;
  orderId: string;
  secret: Hex;
  r: Hex;
  key: Hex;
  keyHash: Hex;
  publicKey: Hex;
  R: Hex;
  wrapped: Hex;
  unwrapped: Hex;
  S: Hex;
  c: Hex;
  z: Hex;
  wrongKey: boolean;
}
const path = new URL('../../../contracts/test/vectors/sealed.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as { keys: KeyCase[] };
const orderOf = ({ chainId, escrow, orderId }: KeyCase) => ({ chainId, escrow, orderId: BigInt(orderId) });
const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe.each(vectors.keys)('golden vector of order $orderId', (vector) => {
  const order = orderOf(vector);
  const secret = BigInt(vector.secret);
  const proof = { S: vector.S, c: BigInt(vector.c), z: BigInt(vector.z) };

  it('unwraps and proves', () => {
    expect(publicKeyOf(secret)).toBe(vector.publicKey);
    expect(bytesToHex(unwrapKey(order, secret, vector))).toBe(vector.unwrapped);
    expect(contentKeyHash(hexToBytes(vector.unwrapped)) !== vector.keyHash).toBe(vector.wrongKey);
    expect(proveShared(order, secret, vector.R)).toEqual(proof);
    expect(verifyShared(order, vector.publicKey, vector.R, proof)).toBe(true);
    if (vector.wrongKey) expect(keyEvidence(order, secret, vector, vector.keyHash)).toEqual(proof);
    else
      expect(() => keyEvidence(order, secret, vector, vector.keyHash)).toThrowError(
        refused('PROTOCOL_INVALID_ARGUMENT'),
      );
  });
});

describe('a wrapped key', () => {
  const [vector] = vectors.keys as [KeyCase];
  const order = orderOf(vector);
  const secret = BigInt(vector.secret);

  it('is of no use to another order, escrow, chain or buyer', () => {
    const others = [
      { ...order, orderId: order.orderId + 1n },
      { ...order, chainId: order.chainId + 1 },
      { ...order, escrow: `0x${'11'.repeat(20)}` as Hex },
    ];
    for (const other of others) expect(bytesToHex(unwrapKey(other, secret, vector))).not.toBe(vector.key);
    expect(bytesToHex(unwrapKey(order, secret + 1n, vector))).not.toBe(vector.key);
    const delivery = wrapKey(order, vector.publicKey, hexToBytes(vector.key), 12_345n);
    expect(bytesToHex(unwrapKey(order, secret, delivery))).toBe(vector.key);
    expect(delivery.wrapped).not.toBe(vector.wrapped);
  });

  it('cannot be disputed with a point that is not the shared one', () => {
    const honest = proveShared(order, secret, vector.R);
    const lie = encodeG1(decodeG1(honest.S).add(G1.BASE));
    for (const change of [
      { S: lie },
      { c: honest.c + 1n },
      { z: honest.z + 1n },
      { c: honest.c + ORDER },
      { z: 0n },
      { c: 0n },
    ])
      expect(verifyShared(order, vector.publicKey, vector.R, { ...honest, ...change })).toBe(false);
    expect(verifyShared({ ...order, orderId: 99n }, vector.publicKey, vector.R, honest)).toBe(false);
    // A proof for another secret does not serve.
    expect(verifyShared(order, vector.publicKey, vector.R, proveShared(order, secret + 1n, vector.R))).toBe(false);
  });

  it('takes no point that is infinity, off the curve, outside the subgroup or written otherwise', () => {
    // On the curve, x = 4: the cofactor keeps it out of the subgroup.
    const [x, y] = [4n, G1.Fp.sqrt(68n)];
    expect(G1.fromAffine({ x, y }).isTorsionFree()).toBe(false);
    const element = (value: bigint) => value.toString(16).padStart(128, '0');
    const honest = vector.publicKey.slice(2);
    const p = G1.Fp.ORDER;
    const hostile = [
      '00'.repeat(128),
      `${element(x)}${element(y)}`,
      `${element(1n)}${element(1n)}`,
      `${element(BigInt(`0x${honest.slice(0, 128)}`) + p)}${honest.slice(128)}`,
      honest.slice(2),
      `${honest}00`,
      honest.toUpperCase(),
      'zz'.repeat(128),
    ];
    for (const bytes of hostile) {
      const key: Hex = `0x${bytes}`;
      expect(() => wrapKey(order, key, hexToBytes(vector.key), 7n)).toThrowError(refused('PROTOCOL_INVALID_POINT'));
      expect(() => unwrapKey(order, secret, { R: key, wrapped: vector.wrapped })).toThrowError(
        refused('PROTOCOL_INVALID_POINT'),
      );
    }
    for (const scalar of [0n, ORDER, -1n])
      expect(() => publicKeyOf(scalar)).toThrowError(refused('PROTOCOL_INVALID_ARGUMENT'));
    expect(() => scalarOf(new Uint8Array(48))).toThrowError(refused('PROTOCOL_INVALID_ARGUMENT'));
    expect(() => scalarOf(new Uint8Array(47).fill(1))).toThrowError(refused('PROTOCOL_INVALID_ARGUMENT'));
  });
});

describe('a buyer’s secret', () => {
  const wallet = privateKeyToAccount(keccak256(stringToBytes('buyer')));
  const place = { chainId: 31_337, escrow: `0x${'e5'.repeat(20)}` as Hex, account: wallet.address };

  it('follows from a wallet’s signature, and is another for each order', async () => {
    const message = buyerKeyMessage(place);
    const signature = await wallet.signTypedData(message);
    expect(await verifyTypedData({ ...message, address: wallet.address, signature })).toBe(true);
    expect(await wallet.signTypedData(buyerKeyMessage(place))).toBe(signature);
    const secrets = [
      buyerSecret(place, signature, 1n),
      buyerSecret(place, signature, 1n, 1),
      buyerSecret(place, signature, 2n),
      buyerSecret({ ...place, chainId: 1 }, signature, 1n),
    ];
    expect(new Set(secrets).size).toBe(secrets.length);
    expect(buyerSecret(place, signature, 1n)).toBe(secrets[0]);
  });

  it('does not hang on how a wallet writes its signature', async () => {
    const signature = await wallet.signTypedData(buyerKeyMessage(place));
    const q = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = BigInt(`0x${signature.slice(66, 130)}`);
    const v = signature.slice(130);
    const others: Hex[] = [
      `${signature.slice(0, 130) as Hex}${v === '1b' ? '00' : '01'}`,
      `${signature.slice(0, 66) as Hex}${numberToHex(q - s, { size: 32 }).slice(2)}${v === '1b' ? '1c' : '1b'}`,
    ];
    for (const other of others) expect(buyerSecret(place, other, 1n)).toBe(buyerSecret(place, signature, 1n));
    expect(() => buyerSecret(place, '0x1234', 1n)).toThrowError(refused('PROTOCOL_INVALID_ARGUMENT'));
  });
});
