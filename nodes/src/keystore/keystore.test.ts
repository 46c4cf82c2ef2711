import { Wallet } from '@ethersproject/wallet';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateKeyToAddress } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { decryptKey, encryptKey, parseKeystore, statedAddress } from './keystore.ts';
import { keepKey, keptKeys, readKeystore } from './keystore-folder.ts';

const code = (value: string): unknown => expect.objectContaining({ code: value });
const secret = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d';
const cipher = 'aes-128-ctr';
const id = '3198bc9c-6672-5ab3-d995-4942343ae5b6';

/** The two test vectors of the Web3 Secret Storage definition; password `testpassword`. */
const vectors = {
  pbkdf2: {
    crypto: {
      cipher,
      cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
      ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
      kdf: 'pbkdf2',
      kdfparams: {
        c: 262_144,
        dklen: 32,
        prf: 'hmac-sha256',
        salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
      },
      mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
    },
    id,
    version: 3,
  },
  scrypt: {
    crypto: {
      cipher,
      cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
      ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
      kdf: 'scrypt',
      kdfparams: {
        dklen: 32,
        n: 262_144,
        p: 8,
        r: 1,
        salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
      },
      mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
    },
    id,
    version: 3,
  },
};

const parse = (value: unknown) => parseKeystore(JSON.stringify(value), 'key');

describe('an encrypted key', () => {
  it.each(Object.entries(vectors))('is read as the standard’s %s vector', async (_, vector) => {
    expect(await decryptKey(parse(vector), 'testpassword')).toBe(secret);
  });

  it('is read back, by another implementation too, and refused to a wrong password', async () => {
    const made = await encryptKey(secret, 'pass wörd', 'light');
    expect(statedAddress(made)).toBe(privateKeyToAddress(secret));
    expect(await decryptKey(parse(made), 'pass wörd')).toBe(secret);
    expect(Wallet.fromEncryptedJsonSync(JSON.stringify(made), 'pass wörd').privateKey).toBe(secret);
    await expect(decryptKey(made, 'pass word')).rejects.toEqual(code('PASSWORD_WRONG'));
    const other = { ...made, address: '11'.repeat(20) };
    await expect(decryptKey(other, 'pass wörd')).rejects.toEqual(code('KEYSTORE_INVALID'));
  });

  it('asks for what geth asks for, where nobody wants less', async () => {
    const { crypto } = await encryptKey(secret, 'x');
    expect(crypto).toMatchObject({ kdf: 'scrypt', kdfparams: { n: 262_144, r: 8, p: 1, dklen: 32 } });
  });

  it('is refused with what is wrong, without what stands in it', () => {
    const { scrypt } = vectors;
    const withParams = (change: object) => ({
      ...scrypt,
      crypto: { ...scrypt.crypto, kdfparams: { ...scrypt.crypto.kdfparams, ...change } },
    });
    const wrong = [
      { ...scrypt, version: 1 },
      withParams({ n: 3 }),
      withParams({ n: 2 ** 24, r: 64 }),
      withParams({ dklen: 16 }),
    ];
    for (const value of wrong) expect(() => parse(value)).toThrowError(code('KEYSTORE_INVALID'));
    expect(() => parse(withParams({ n: 2 ** 24, r: 64 }))).toThrowError(/not an encrypted key/);
    try {
      parseKeystore(secret, 'key');
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain(secret.slice(2));
    }
  });
});

describe('a folder of keys', () => {
  it('keeps each for its owner alone, under the name that geth gives it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'covey-keys-'));
    try {
      const made = await encryptKey(secret, 'x', 'light');
      const path = await keepKey(folder, made, new Date(Date.UTC(2026, 11, 1, 2, 3, 4, 5)));
      expect(path).toBe(join(folder, `UTC--2026-12-01T02-03-04.005000000Z--${made.address}`));
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      await writeFile(join(folder, 'notes.txt'), 'no key');
      expect(await keptKeys(folder)).toEqual([{ path, address: privateKeyToAddress(secret) }]);
      expect(await readKeystore(path)).toEqual(made);
      expect(await keptKeys(join(folder, 'none'))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
