import { basename } from 'node:path';
import type { Evaluator } from './evaluate.ts';
import { camelCase } from './names.ts';
import type { Declaration, SyntaxNode } from './sources.ts';

/** Integers of at most so many bits are numbers in TypeScript, as in viem. */
const numberBits = 48;

/**
 * `constants.ts`: what our contracts, libraries and files fix for good. A private constant is nobody else's business, and a
 * word that is no number means something to code only, but for a permission's id.
 */
export function constantsFile(declarations: readonly Declaration[], evaluator: Evaluator): string {
  const groups = new Map<string, string[]>();
  for (const declaration of declarations) {
    const { file, contract, node } = declaration;
    if (node.constant !== true || node.visibility === 'private') continue;
    const value = valueOf(declaration, evaluator);
    if (value === undefined) continue;
    const group = `${camelCase(contract ?? basename(file, '.sol'))}Constants`;
    const line = `  ${node.name}: ${value},\n`;
    groups.set(group, [...(groups.get(group) ?? []), line]);
  }
  return [...groups].map(([name, lines]) => `export const ${name} = {\n${lines.join('')}} as const;\n`).join('\n');
}

function valueOf({ contract, node }: Declaration, evaluator: Evaluator): string | undefined {
  const type = (node.typeName as SyntaxNode).name ?? '';
  const value = node.value as SyntaxNode;
  if (type === 'bytes32' && node.name!.endsWith('_PERMISSION')) return `'${evaluator.hash(value)}'`;
  if (type === 'bytes' && value.kind === 'hexString') return `'0x${value.hexValue as string}'`;
  const bits = /^uint(\d+)$/.exec(type)?.[1];
  if (bits === undefined) return undefined;
  const integer = evaluator.integer(value, contract);
  return Number(bits) <= numberBits ? `${integer}` : `${integer}n`;
}
