// Whose key signs, and how it is opened: never from an argument, which others could see.
import { readFile } from 'node:fs/promises';
import type { Address, Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { nodeError } from '../errors.ts';
import { decryptKey, statedAddress } from '../keystore/keystore.ts';
import { readKeystore } from '../keystore/keystore-folder.ts';
import { askHidden } from './terminal.ts';
import { canAsk } from './wizard.ts';
import { say } from './words/say.ts';

export interface KeyOptions {
  keyFile?: string | undefined;
  keystore?: string | undefined;
  passwordFile?: string | undefined;
}

/** From a file in hex, an encrypted file, or the environment, in this order; a config file yields to the environment. */
export async function openKey(options: KeyOptions): Promise<Hex> {
  const { keyFile, keystore } = options;
  if (keyFile !== undefined) return privateKeyOf(await readKeyText(keyFile), keyFile);
  if (keystore !== undefined) {
    const encrypted = await readKeystore(keystore);
    return await decryptKey(encrypted, await readPassword(options, say`Password of ${keystore}:`));
  }
  return privateKeyOf(process.env.COVEY_PRIVATE_KEY ?? '', 'COVEY_PRIVATE_KEY');
}

/** The account of a key, without its password where the file says it; undefined where no key is named. */
export async function accountOf(options: KeyOptions): Promise<Address | undefined> {
  const { keyFile, keystore } = options;
  if (keyFile === undefined && keystore === undefined && !process.env.COVEY_PRIVATE_KEY) return undefined;
  const stated = keyFile === undefined && keystore !== undefined && statedAddress(await readKeystore(keystore));
  return stated || privateKeyToAddress(await openKey(options));
}

export async function readKeyText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read the key file ${path}.`, { cause });
  }
}

/** 64 hex digits, with 0x or without. */
export function privateKeyOf(written: string, source: string): Hex {
  const text = written.trim();
  const hex = text.startsWith('0x') ? text : `0x${text}`;
  if (/^0x[0-9a-fA-F]{64}$/.test(hex)) return hex as Hex;
  throw nodeError('CONFIG_INVALID', text ? `${source} is not a private key.` : 'This command needs an account.', {
    expected: text
      ? '64 hex digits'
      : '--keystore FILE, --key-file FILE, COVEY_PRIVATE_KEY, or a keystore in the config file',
    hint: text ? undefined : 'Make one with `covey account new`.',
  });
}

/** Of a key that exists, or asked twice for a new one. */
export async function readPassword({ passwordFile }: KeyOptions, question: string, isNew = false): Promise<string> {
  const given = passwordFile === undefined ? process.env.COVEY_PASSWORD : await passwordOf(passwordFile);
  if (given !== undefined) return isNew ? notEmpty(given) : given;
  if (!canAsk()) {
    throw nodeError('CONFIG_INVALID', 'The password cannot be asked: there is no terminal.', {
      expected: '--password-file FILE or COVEY_PASSWORD',
    });
  }
  const password = await askHidden(question);
  if (isNew) notEmpty(password);
  if (isNew && (await askHidden(say`The same again:`)) !== password) {
    throw nodeError('CONFIG_INVALID', 'The two passwords differ; nothing was written.');
  }
  return password;
}

function notEmpty(password: string): string {
  if (password === '') throw nodeError('CONFIG_INVALID', 'An empty password protects nothing.');
  return password;
}

/** The first line, as geth takes it. */
async function passwordOf(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0]!;
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read the password file ${path}.`, { cause });
  }
}
