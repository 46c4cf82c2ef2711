/**
 * The syntax trees of our contracts, by the parser of npm's solc: a second's work, for nothing is compiled. From them come
 * the facts that an ABI leaves out: names of enums, constants, what stands in a table, what NatSpec says.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../process.ts';

/** What we read of solc's nodes; all trees are plain JSON. */
export interface SyntaxNode {
  nodeType: string;
  name?: string;
  nodes?: SyntaxNode[];
  members?: SyntaxNode[];
  documentation?: { text: string } | null;
  [field: string]: unknown;
}

/** A declaration with the contract (or library, or interface) that it stands in, if it stands in one. */
export interface Declaration {
  file: string;
  contract: string | undefined;
  node: SyntaxNode;
}

interface CompilerOutput {
  errors?: { severity: string; formattedMessage: string }[];
  sources: Record<string, { ast: SyntaxNode }>;
}

const folder = 'contracts/src';

/** Every declaration of our sources in the order of files and lines. */
export function readDeclarations(): Declaration[] {
  const require = createRequire(join(root, 'contracts', 'package.json'));
  const { compile } = require('solc') as { compile: (input: string, callbacks: object) => string };
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sol'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .sort();
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(files.map((file) => [file, { urls: [file] }])),
    settings: { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } },
  };
  // Sources go through the callback: see scripts/solc.
  const read = (file: string) => ({ contents: readFileSync(join(root, file), 'utf8') });
  const output = JSON.parse(compile(JSON.stringify(input), { import: read })) as CompilerOutput;
  const failed = output.errors?.filter(({ severity }) => severity === 'error') ?? [];
  if (failed.length > 0) throw new Error(failed.map(({ formattedMessage }) => formattedMessage).join('\n'));
  return files.flatMap((file) =>
    (output.sources[file]?.ast.nodes ?? []).flatMap((node) => [
      { file, contract: undefined, node },
      ...(node.nodeType === 'ContractDefinition'
        ? (node.nodes ?? []).map((inner) => ({ file, contract: node.name, node: inner }))
        : []),
    ]),
  );
}

/** As ABIs call it in `internalType`: `TaskState`, or `ISnapshotVoting.State` where it stands in a contract. */
export const qualifiedName = ({ contract, node }: Declaration): string =>
  contract === undefined ? `${node.name}` : `${contract}.${node.name}`;

/** Lines of one tag of a NatSpec comment as one line; undefined where it is not there. */
export function natspec(node: SyntaxNode, tag: 'notice' | 'custom:action'): string | undefined {
  const [, ...parts] = ` ${node.documentation?.text ?? ''}`.split(/(?:^|\s)@(?=[a-z])/);
  const found = parts.find((part) => part.startsWith(`${tag} `));
  return found?.slice(tag.length).replaceAll(/\s+/g, ' ').trim();
}
