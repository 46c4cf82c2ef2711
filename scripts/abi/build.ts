import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../process.ts';
import { artifacts, type ArtifactRow, type ArtifactSource } from './artifacts.ts';

export interface AbiParameter {
  name?: string;
  type: string;
  internalType?: string;
  indexed?: boolean;
  components?: AbiParameter[];
}

export interface AbiItem {
  type: string;
  name?: string;
  inputs?: AbiParameter[];
  outputs?: AbiParameter[];
}

export interface Contract {
  row: ArtifactRow;
  abi: AbiItem[];
  /** Creation code. */
  bytecode: string;
}

/** Builds what is built by forge, and reads every contract of the table. */
export function buildContracts(): Contract[] {
  const sources = artifacts.flatMap((row) => row.from);
  for (const profile of new Set(sources.flatMap((source) => (source.kind === 'forge' ? [source.profile] : [])))) {
    build(profile);
  }
  return artifacts.map((row) => {
    const loaded = row.from.map(load);
    const abi = union(loaded.map((artifact) => artifact.abi));
    return { row, abi, bytecode: creationCode(row.name, loaded[0]!.bytecode) };
  });
}

/** True for what we wrote: the others are Aragon's. */
export const isOurs = ({ row }: Contract): boolean =>
  row.from.some((source) => source.kind === 'forge' && source.profile === 'default');

/** Each item once, in the order of its first appearance. */
export function union(lists: readonly AbiItem[][]): AbiItem[] {
  const items = new Map<string, AbiItem>();
  for (const item of lists.flat()) {
    const key = `${item.type} ${signatureOf(item)}`;
    if (!items.has(key)) items.set(key, item);
  }
  return [...items.values()];
}

export const signatureOf = (item: AbiItem): string =>
  `${item.name ?? ''}(${(item.inputs ?? []).map(typeOf).join(',')})`;

const typeOf = ({ type, components }: AbiParameter): string =>
  components ? `(${components.map(typeOf).join(',')})${type.slice('tuple'.length)}` : type;

function build(profile: string): void {
  const local = join(root, 'node_modules', '.bin', 'forge');
  const forge = existsSync(local) ? local : 'forge';
  const run = spawnSync(forge, ['build', '--skip', 'test', '--skip', 'script'], {
    cwd: root,
    env: { ...process.env, FOUNDRY_PROFILE: profile },
    encoding: 'utf8',
  });
  if (run.status !== 0) {
    throw new Error(
      `forge build (profile ${profile}) failed:\n${run.error ?? ''}${run.stdout ?? ''}${run.stderr ?? ''}`,
    );
  }
}

function load(source: ArtifactSource): { abi: AbiItem[]; bytecode: string } {
  if (source.kind === 'forge') {
    const out = source.profile === 'default' ? 'contracts' : source.profile;
    const artifact = JSON.parse(readFileSync(join(root, 'out', out, source.artifact), 'utf8')) as {
      abi: AbiItem[];
      bytecode: { object: string };
    };
    return { abi: artifact.abi, bytecode: artifact.bytecode.object };
  }
  const require = createRequire(join(root, 'contracts', 'package.json'));
  const factories = require(source.module) as Record<string, { abi: AbiItem[]; bytecode: string } | undefined>;
  const factory = factories[source.factory];
  if (!factory) throw new Error(`${source.module} exports no ${source.factory}`);
  return { abi: factory.abi, bytecode: factory.bytecode };
}

function creationCode(name: string, bytecode: string): string {
  const code = bytecode.startsWith('0x') ? bytecode : `0x${bytecode}`;
  if (!/^0x([0-9a-f]{2})*$/i.test(code)) throw new Error(`${name}: bytecode is empty or needs linking`);
  return code;
}
