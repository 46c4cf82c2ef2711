import { memberNames } from './enums.ts';
import type { Evaluator } from './evaluate.ts';
import { camelCase, quote } from './names.ts';
import type { Declaration, SyntaxNode } from './sources.ts';

/** One line `if (x == Enum.Member) return value;` of a function that says something of every member of an enum. */
interface Case {
  member: string;
  value: SyntaxNode;
}

/**
 * `policy-numbers.ts`: every row of `PolicyCatalogue.describe`, and by which number `SlashFacts` slashes for a reason. Both
 * functions are chains of `if (x == Enum.Member) return …;` that end in a revert.
 */
export function policyNumbersFile(declarations: readonly Declaration[], evaluator: Evaluator): string {
  const fields = find(declarations, 'StructDefinition', undefined, 'ParamDescription').node.members!.map(
    ({ name }) => name!,
  );
  const units = new Set<string>();
  const topics = new Set<string>();
  const rows = casesOf(declarations, 'PolicyCatalogue', 'describe', 'Param').map(({ member, value }) => {
    const given = value.arguments as SyntaxNode[];
    if ((value.expression as SyntaxNode).name !== 'ParamDescription' || given.length !== fields.length) {
      throw new Error(`the row of Param.${member} is no ParamDescription of ${fields.join(', ')}`);
    }
    const entries = fields.map((field, i) => {
      const argument = given[i]!;
      const text = argument.kind === 'string' ? (argument.value as string) : undefined;
      return [field, text === undefined ? `${evaluator.integer(argument, 'PolicyCatalogue')}n` : quote(text)] as const;
    });
    const { name, ...about } = Object.fromEntries(entries) as { name: string } & Record<string, string>;
    units.add(about.unit!);
    topics.add(about.topic!);
    if (name !== `'${camelCase(member)}'`) throw new Error(`the row of Param.${member} is named ${name}`);
    return `  ${camelCase(member)}: {\n${Object.entries(about)
      .map(([field, text]) => `    ${field}: ${text},\n`)
      .join('')}  },\n`;
  });
  const ratios = casesOf(declarations, 'SlashFacts', '_ratioOf', 'Reason').map(({ member, value }) => {
    if ((value.expression as SyntaxNode | undefined)?.name !== 'Param') throw new Error(`${member} has no Param`);
    return `  ${camelCase(member)}: '${camelCase(value.memberName as string)}',\n`;
  });
  return `import type { ParamName, ReasonName } from './enums.ts';

/** \`ratio\` is scaled by 1e18. */
export const policyUnits = [${[...units].join(', ')}] as const;

export type PolicyUnit = (typeof policyUnits)[number];

/** Headings under which pages show the numbers. */
export const policyTopics = [${[...topics].join(', ')}] as const;

export type PolicyTopic = (typeof policyTopics)[number];

interface PolicyNumber {
  unit: PolicyUnit;
  topic: PolicyTopic;
  /** Hard bounds in code, which no vote can pass. */
  min: bigint;
  max: bigint;
  /** What a new deployment starts with. */
  initial: bigint;
  meaning: string;
}

/** Every governed number, in the order of \`Param\`. */
export const policyNumbers = {
${rows.join('')}} as const satisfies Record<ParamName, PolicyNumber>;

/** By which governed number a slash case takes of the stake, for each reason. */
export const slashRatios = {
${ratios.join('')}} as const satisfies Record<ReasonName, ParamName>;
`;
}

/** Every case of such a function; refuses one that misses a member, or that falls through. */
function casesOf(declarations: readonly Declaration[], contract: string, name: string, enumName: string): Case[] {
  const statements = (find(declarations, 'FunctionDefinition', contract, name).node.body as SyntaxNode)
    .statements as SyntaxNode[];
  const cases = statements.slice(0, -1).map((statement): Case => {
    const condition = statement.condition as SyntaxNode | undefined;
    const member = condition?.rightExpression as SyntaxNode | undefined;
    const value = (statement.trueBody as SyntaxNode | undefined)?.expression as SyntaxNode | undefined;
    const asked = condition?.operator === '==' && (member?.expression as SyntaxNode | undefined)?.name === enumName;
    if (!asked || value === undefined || statement.falseBody != null) {
      throw new Error(`${contract}.${name} has a line other than \`if (x == ${enumName}.Member) return …;\``);
    }
    return { member: member!.memberName as string, value };
  });
  if (statements.at(-1)?.nodeType !== 'RevertStatement')
    throw new Error(`${contract}.${name} does not end in a revert`);
  const wanted = memberNames(find(declarations, 'EnumDefinition', undefined, enumName));
  const found = cases.map(({ member }) => camelCase(member));
  if (wanted.join() !== found.join()) {
    throw new Error(`${contract}.${name} has cases for ${found.join(', ')}; ${enumName} is ${wanted.join(', ')}`);
  }
  return cases;
}

function find(
  declarations: readonly Declaration[],
  nodeType: string,
  contract: string | undefined,
  name: string,
): Declaration {
  const found = declarations.find(
    (one) => one.node.nodeType === nodeType && one.contract === contract && one.node.name === name,
  );
  if (found === undefined) throw new Error(`no source has the ${nodeType} ${contract ?? ''} ${name}`);
  return found;
}
