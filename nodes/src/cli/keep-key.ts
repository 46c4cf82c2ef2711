import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { getAddress, type Address, type Hex } from 'viem';
import { nodeError } from '../errors.ts';
import { decryptKey, encryptKey, type Strength } from '../keystore/keystore.ts';
import { keepKey, keptKeys, readKeystore } from '../keystore/keystore-folder.ts';
import { privateKeyOf, readKeyText, readPassword } from './account.ts';
import { changeConfig, loadConfig, userFolder } from './config/config-file.ts';
import { flag, optional, type Values } from './define-command.ts';
import { keystoreOptions } from './options.ts';
import { askHidden } from './terminal.ts';
import { canAsk } from './wizard.ts';
import { say } from './words/say.ts';

/** Where keys are kept, and how. */
export const keepOptions = {
  passwordFile: keystoreOptions.passwordFile,
  keystoreDir: optional(
    '--keystore-dir <folder>',
    'where encrypted keys are kept (default: Covey’s folder of the user)',
  ),
  lightKdf: flag('--light-kdf', 'a key that opens with 4 MiB and little time, and is easier to guess'),
};

export type KeepOptions = Values<typeof keepOptions>;

export interface Kept {
  address: Address;
  keystore: string;
}

export const keystoreFolder = ({ keystoreDir }: Pick<KeepOptions, 'keystoreDir'>): string =>
  keystoreDir ?? join(userFolder(), 'keystore');

export const makeKey = (options: KeepOptions): Promise<Kept> => keep(generatePrivateKey(), options);

/** A key in the clear, or from another encrypted file, is encrypted anew; without a file it is asked for, unseen. */
export async function importKey(
  { keyFile, keystore }: { keyFile?: string | undefined; keystore?: string | undefined },
  options: KeepOptions,
): Promise<Kept> {
  if (keystore !== undefined) {
    const encrypted = await readKeystore(keystore);
    const password = await readPassword(options, say`Password of ${keystore}:`);
    return await keep(await decryptKey(encrypted, password), options, password);
  }
  if (keyFile !== undefined) return await keep(privateKeyOf(await readKeyText(keyFile), keyFile), options);
  if (!canAsk()) {
    throw nodeError('CONFIG_INVALID', 'Which key? There is no terminal to ask on.', {
      expected: '--key-file FILE or --keystore FILE',
    });
  }
  return await keep(
    privateKeyOf(await askHidden(say`Private key (64 hex digits, not shown):`), 'What was typed'),
    options,
  );
}

async function keep(key: Hex, options: KeepOptions, known?: string): Promise<Kept> {
  const folder = keystoreFolder(options);
  const address = getAddress(privateKeyToAddress(key));
  const same = (await keptKeys(folder)).find((kept) => kept.address === address);
  if (same) {
    throw nodeError('CONFIG_INVALID', `${address} is kept already.`, { got: same.path });
  }
  const password = known ?? (await readPassword(options, say`New password for ${address}:`, true));
  const strength: Strength = options.lightKdf ? 'light' : 'standard';
  return { address, keystore: await keepKey(folder, await encryptKey(key, password, strength)) };
}

/** A config file that names no account yet names this one from now on; gives its path, or what there is instead. */
export async function nameInConfig(config: string | undefined, { keystore }: Kept): Promise<string | undefined> {
  const file = await loadConfig(config);
  if (!file || file.config.keystore !== undefined) return undefined;
  await changeConfig(file.path, { keystore });
  return file.path;
}
