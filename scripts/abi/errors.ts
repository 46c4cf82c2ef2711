import { isOurs, signatureOf, type AbiItem, type Contract } from './build.ts';
import { libraryErrors } from './library-errors.ts';
import { quote } from './names.ts';
import { natspec, type Declaration } from './sources.ts';

interface Said {
  meaning: string;
  action?: string | undefined;
}

/**
 * `errors.ts`: what every error of a deployment's contracts means and what to do, from NatSpec (`@notice`,
 * `@custom:action`) and `library-errors.ts`. One name is one error of ours: same arguments and same words wherever it is
 * declared.
 */
export function errorsFile(declarations: readonly Declaration[], contracts: readonly Contract[]): string {
  const said = readWords(declarations);
  const thrown = new Map<string, { item: AbiItem; by: string[] }>();
  for (const contract of contracts) {
    for (const item of contract.abi.filter(({ type }) => type === 'error')) {
      const known = thrown.get(item.name!);
      if (known && signatureOf(known.item) !== signatureOf(item)) {
        // The DAO's contracts are not ours to rename: what ours says of the name holds for theirs.
        if (!isOurs(contract)) continue;
        throw new Error(`the error ${item.name} has two signatures: give one of them another name`);
      }
      thrown.set(item.name!, { item, by: [...(known?.by ?? []), contract.row.name] });
    }
  }
  const rows = [...thrown]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { item, by }]) => {
      const words = said.get(name) ?? libraryErrors[name];
      if (words === undefined) throw new Error(`the error ${name} has no @notice and is not in library-errors.ts`);
      const fields = [
        `signature: '${name}(${(item.inputs ?? []).map((input) => `${input.type} ${input.name}`.trim()).join(', ')})'`,
        `contracts: [${by.map(quote).join(', ')}]`,
        `meaning: ${quote(words.meaning)}`,
        ...(words.action === undefined ? [] : [`action: ${quote(words.action)}`]),
      ];
      return `  ${name}: {\n${fields.map((field) => `    ${field},\n`).join('')}  },\n`;
    });
  return `export interface ContractError {
  signature: string;
  /** Which contracts of a deployment may refuse with it. */
  contracts: readonly string[];
  meaning: string;
  /** What to do about it, where that does not follow. */
  action?: string;
}

/** Every custom error of a deployment’s contracts by its name. */
export const contractErrors: Readonly<Record<string, ContractError>> = {
${rows.join('')}};
`;
}

function readWords(declarations: readonly Declaration[]): Map<string, Said> {
  const said = new Map<string, Said>();
  for (const { file, node } of declarations) {
    if (node.nodeType !== 'ErrorDefinition') continue;
    const meaning = natspec(node, 'notice');
    if (meaning === undefined) throw new Error(`${file}: the error ${node.name} has no @notice`);
    const words: Said = { meaning: withoutUnits(meaning), action: natspec(node, 'custom:action') };
    const other = said.get(node.name!);
    if (other && (other.meaning !== words.meaning || other.action !== words.action)) {
      throw new Error(`${file}: the error ${node.name} says something else than another of its name`);
    }
    said.set(node.name!, words);
  }
  return said;
}

/** Without the units that NatSpec tells who calls the contract: people are shown COVEY, times and parts of 1. */
const withoutUnits = (meaning: string): string =>
  meaning.replace(/,(?: in)? (?:wei|seconds|unix seconds|1e18 = (?:all|1))(?=[.;])/g, '').replace(/\b1e18\b/g, '1');
