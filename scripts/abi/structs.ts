import type { AbiItem, AbiParameter } from './build.ts';
import { camelCase, comment, pascalCase } from './names.ts';
import type { Declaration, SyntaxNode } from './sources.ts';

/** Structs that are hashed or handed over outside a call whose ABI has them. */
const wanted = ['Cid', 'TaskTerms', 'ResultSummary', 'TrainerLeaf', 'Action', 'VotingSettings', 'MintSettings'];

/**
 * `structs.ts`: types for `encodeAbiParameters`, of the structs above and of what each function of the library
 * `Commitments` hashes; and the names of a round's windows and ends in their order.
 */
export function structsFile(declarations: readonly Declaration[], abis: readonly AbiItem[]): string {
  const structs = collectStructs(abis);
  const types = wanted.map((name) => {
    const components = structs.get(name);
    if (components === undefined) throw new Error(`no ABI has the struct ${name}`);
    return `export const ${camelCase(name)}Type = ${render({ type: 'tuple', components })} as const;\n`;
  });
  const commitments = declarations
    .filter(({ contract, node }) => contract === 'Commitments' && node.nodeType === 'FunctionDefinition')
    .map(({ node }) => {
      const parameters = (node.parameters as SyntaxNode).parameters as SyntaxNode[];
      requireHashOf(node, parameters);
      const lines = parameters.map((one) => `  ${render(parameterOf(one, structs, declarations))},\n`);
      return `${comment('keccak256 of their ABI encoding is the commitment.')}export const ${node.name}Types = [\n${lines.join('')}] as const;\n`;
    });
  return [
    ...types,
    ...commitments,
    names(structs, 'Windows', 'window', 'Windows of a round, in their order.'),
    names(
      structs,
      'Deadlines',
      'deadline',
      'What a round has an end of, in their order: windows, and hard ends of draws.',
    ),
  ].join('\n');
}

/** The members of a struct in their order. */
function names(structs: ReadonlyMap<string, AbiParameter[]>, struct: string, one: string, about: string): string {
  const members = structs.get(struct);
  if (members === undefined) throw new Error(`no ABI has the struct ${struct}`);
  const lines = members.map(({ name }) => `  '${name}',\n`);
  return (
    `${comment(about)}export const ${one}Names = [\n${lines.join('')}] as const;\n\n` +
    `export type ${pascalCase(one)}Name = (typeof ${one}Names)[number];\n`
  );
}

/** Components of every struct that an ABI names. */
function collectStructs(abis: readonly AbiItem[]): Map<string, AbiParameter[]> {
  const found = new Map<string, AbiParameter[]>();
  const visit = ({ internalType, components }: AbiParameter): void => {
    const name = /^struct (?:\w+\.)?(\w+)/.exec(internalType ?? '')?.[1];
    if (name === undefined || components === undefined) return;
    found.set(name, found.get(name) ?? components);
    components.forEach(visit);
  };
  for (const item of abis) [...(item.inputs ?? []), ...(item.outputs ?? [])].forEach(visit);
  return found;
}

/** `return keccak256(abi.encode(<the parameters, in their order>));` and nothing else. */
function requireHashOf(node: SyntaxNode, parameters: readonly SyntaxNode[]): void {
  const [statement, ...more] = (node.body as SyntaxNode).statements as SyntaxNode[];
  const hash = statement?.expression as SyntaxNode | undefined;
  const [encoded] = (hash?.arguments ?? []) as SyntaxNode[];
  const encode = encoded?.expression as SyntaxNode | undefined;
  const given = ((encoded?.arguments ?? []) as SyntaxNode[]).map(({ name }) => name);
  const plain =
    more.length === 0 &&
    (hash?.expression as SyntaxNode | undefined)?.name === 'keccak256' &&
    (encode?.expression as SyntaxNode | undefined)?.name === 'abi' &&
    encode?.memberName === 'encode';
  if (!plain || given.join() !== parameters.map(({ name }) => name).join()) {
    throw new Error(`Commitments.${node.name} is not keccak256(abi.encode(its parameters in their order))`);
  }
}

function parameterOf(
  { name, typeName }: SyntaxNode,
  structs: ReadonlyMap<string, AbiParameter[]>,
  declarations: readonly Declaration[],
): AbiParameter {
  const type = typeName as SyntaxNode;
  if (type.nodeType === 'ElementaryTypeName') return { name: name!, type: type.name! };
  if (type.nodeType === 'ArrayTypeName') {
    const element = parameterOf({ ...type, name, typeName: type.baseType } as SyntaxNode, structs, declarations);
    return { ...element, type: `${element.type}[]` };
  }
  const struct = (type.pathNode as SyntaxNode).name!;
  const value = declarations.find(
    ({ node }) => node.nodeType === 'UserDefinedValueTypeDefinition' && node.name === struct,
  );
  if (value) return { name: name!, type: (value.node.underlyingType as SyntaxNode).name! };
  const components = structs.get(struct);
  if (components === undefined) throw new Error(`no ABI has the struct ${struct}`);
  return { name: name!, type: 'tuple', components };
}

/** On one line; what only Solidity's own types say is left out. */
function render({ name, type, components }: AbiParameter): string {
  const parts = [
    ...(name ? [`name: '${name}'`] : []),
    `type: '${type}'`,
    ...(components ? [`components: [${components.map(render).join(', ')}]`] : []),
  ];
  return `{ ${parts.join(', ')} }`;
}
