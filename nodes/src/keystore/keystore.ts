// An account's key in the standard encrypted file, which geth and wallets read and write, too.
import { scrypt as slowScrypt } from '@noble/hashes/scrypt.js';
import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  randomUUID,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import type { ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { bytesToHex, getAddress, hexToBytes, keccak256, type Address, type Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { nodeError } from '../errors.ts';
import { keystoreSchema, maxScryptBytes, type DerivationOf, type Keystore } from './keystore-format.ts';

/** What opening it costs: geth's defaults, 256 MiB and about a second; or geth's light ones, 4 MiB. */
export const strengths = { standard: { n: 2 ** 18, p: 1 }, light: { n: 2 ** 12, p: 6 } } as const;

export type Strength = keyof typeof strengths;

export async function encryptKey(key: Hex, password: string, strength: Strength = 'standard'): Promise<Keystore> {
  const kdfparams = { dklen: 32, r: 8, ...strengths[strength], salt: randomBytes(32).toString('hex') };
  const iv = randomBytes(16);
  const derived = await derive({ kdf: 'scrypt', kdfparams }, password);
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(hexToBytes(key)), cipher.final()]);
  return {
    version: 3,
    id: randomUUID(),
    address: privateKeyToAddress(key).slice(2).toLowerCase(),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams,
      mac: macOf(derived, ciphertext).toString('hex'),
    },
  };
}

export async function decryptKey({ address, crypto }: Keystore, password: string): Promise<Hex> {
  const derived = await derive(crypto, password);
  const ciphertext = fromHex(crypto.ciphertext);
  if (!timingSafeEqual(macOf(derived, ciphertext), fromHex(crypto.mac))) {
    throw nodeError('PASSWORD_WRONG', 'The password does not open this key.');
  }
  const decipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), fromHex(crypto.cipherparams.iv));
  const key = bytesToHex(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
  const found = privateKeyToAddress(key);
  if (address !== undefined && getAddress(hexAddress(address)) !== found) {
    throw nodeError('KEYSTORE_INVALID', 'The file names another account than its key is of.', {
      expected: found,
      got: hexAddress(address),
    });
  }
  return key;
}

/** @param name How the caller calls the file. */
export function parseKeystore(text: string, name: string): Keystore {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = keystoreSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  // What stands in the file is not repeated: it may be a key in the clear.
  throw nodeError('KEYSTORE_INVALID', `${name} is not an encrypted key.`, {
    expected: 'Web3 Secret Storage, version 3',
    got: value === undefined ? 'no JSON' : `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? ''}`,
  });
}

/** Whose key it is, where the file says so without a password. */
export const statedAddress = ({ address }: Keystore): Address | undefined =>
  address === undefined ? undefined : getAddress(hexAddress(address));

const hexAddress = (text: string): Hex => (text.startsWith('0x') ? (text as Hex) : `0x${text}`);
const fromHex = (text: string): Buffer => Buffer.from(text.replace(/^0x/, ''), 'hex');
/** By the second half of what is derived; the first half encrypts. */
const macOf = (derived: Buffer, ciphertext: Buffer): Buffer =>
  fromHex(keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])));

type Derivation = DerivationOf extends infer Crypto
  ? Crypto extends { kdf: unknown; kdfparams: unknown }
    ? Pick<Crypto, 'kdf' | 'kdfparams'>
    : never
  : never;

const pbkdf2Async = promisify(pbkdf2);
const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

async function derive({ kdf, kdfparams }: Derivation, password: string): Promise<Buffer> {
  const salt = fromHex(kdfparams.salt);
  if (kdf === 'pbkdf2') return await pbkdf2Async(password, salt, kdfparams.c, kdfparams.dklen, 'sha256');
  const { n, r, p, dklen } = kdfparams;
  const options = { N: n, r, p, maxmem: maxScryptBytes + 2 ** 20 };
  // Node's own gives its memory back at once, so that a daemon stays small; but it refuses what the standard's vector has,
  // N from 2^(16 r) on (RFC 7914).
  if (n < 2 ** (16 * r)) return await scryptAsync(password, salt, dklen, options);
  return Buffer.from(slowScrypt(password, salt, { ...options, dkLen: dklen }));
}
