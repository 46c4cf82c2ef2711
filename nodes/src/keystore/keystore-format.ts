import { z } from 'zod';

const hex = (bytes: number) => z.string().regex(new RegExp(`^(0x)?[0-9a-fA-F]{${2 * bytes}}$`));
const salt = z.string().regex(/^([0-9a-fA-F]{2}){1,128}$/);
const power = (value: number) => (value & (value - 1)) === 0;

/** Bytes that deriving may take: what scrypt asks for stands in a file that anybody may have written. */
export const maxScryptBytes = 2 ** 30;
const scryptBytes = ({ n, r, p }: { n: number; r: number; p: number }) => 128 * r * (n + p);

const scrypt = z
  .object({
    dklen: z.number().int().min(32).max(64),
    n: z
      .number()
      .int()
      .min(2)
      .max(2 ** 24)
      .refine(power, 'expected a power of two'),
    r: z.number().int().min(1).max(64),
    p: z.number().int().min(1).max(64),
    salt,
  })
  .refine((params) => scryptBytes(params) <= maxScryptBytes, 'expected to need at most 1 GiB');

const pbkdf2 = z.object({
  dklen: z.number().int().min(32).max(64),
  c: z.number().int().min(1).max(20_000_000),
  prf: z.literal('hmac-sha256'),
  salt,
});

const cipher = {
  cipher: z.literal('aes-128-ctr'),
  cipherparams: z.object({ iv: hex(16) }),
  ciphertext: hex(32),
  mac: hex(32),
};

/**
 * Web3 Secret Storage, version 3 (https://ethereum.org/en/developers/docs/data-structures-and-encoding/web3-secret-storage/),
 * as geth writes it. Some wallets write `Crypto`; fields beyond these are theirs.
 */
export const keystoreSchema = z.preprocess(
  (value) => {
    if (typeof value !== 'object' || value === null || !('Crypto' in value) || 'crypto' in value) return value;
    const { Crypto: crypto, ...rest } = value;
    return { ...rest, crypto };
  },
  z.object({
    version: z.literal(3),
    id: z.string().optional(),
    address: hex(20).optional(),
    crypto: z.discriminatedUnion('kdf', [
      z.object({ ...cipher, kdf: z.literal('scrypt'), kdfparams: scrypt }),
      z.object({ ...cipher, kdf: z.literal('pbkdf2'), kdfparams: pbkdf2 }),
    ]),
  }),
);

export type Keystore = z.infer<typeof keystoreSchema>;
export type DerivationOf = Keystore['crypto'];
