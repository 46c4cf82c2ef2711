import type { AbiItem, AbiParameter } from './build.ts';
import { camelCase, comment, pascalCase, plural } from './names.ts';
import { natspec, qualifiedName, type Declaration } from './sources.ts';

/** What an enum is called where its own name says too little outside its contract. */
const names: Record<string, string> = {
  'ISnapshotVoting.VoteType': 'snapshotVoteType',
  'ISnapshotVoting.State': 'snapshotState',
  'ISnapshotVoting.Rejection': 'voteRejection',
};

export const enumName = (qualified: string): string => names[qualified] ?? camelCase(qualified.split('.').at(-1)!);

export const memberNames = ({ node }: Declaration): string[] => node.members!.map(({ name }) => camelCase(name!));

/** `enums.ts`: the members of every enum of ours that a function or an event of our contracts speaks of. */
export function enumsFile(declarations: readonly Declaration[], abis: readonly AbiItem[]): string {
  const spoken = new Set(
    abis
      .flatMap((item) => (item.type === 'error' ? [] : [...(item.inputs ?? []), ...(item.outputs ?? [])]))
      .flatMap(enumsOf),
  );
  const enums = declarations.filter(({ node }) => node.nodeType === 'EnumDefinition');
  return enums
    .filter((one) => spoken.has(qualifiedName(one)))
    .map((one) => {
      const name = enumName(qualifiedName(one));
      const members = memberNames(one).map((member) => `  '${member}',\n`);
      const [sentence] = natspec(one.node, 'notice')?.match(/^.*?\.(?= |$)/) ?? [];
      return (
        `${comment(sentence)}export const ${plural(name)} = [\n${members.join('')}] as const;\n\n` +
        `export type ${pascalCase(name)}Name = (typeof ${plural(name)})[number];\n`
      );
    })
    .join('\n');
}

const enumsOf = ({ internalType, components }: AbiParameter): string[] => {
  const name = /^enum ([\w.]+)/.exec(internalType ?? '')?.[1];
  return [...(name === undefined ? [] : [name]), ...(components ?? []).flatMap(enumsOf)];
};
