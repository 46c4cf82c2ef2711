import { commanderSentences, commands, covey, exitCodes, groups, jsonHelp, terms } from '@covey/nodes/cli';
import ts from 'typescript';

export interface Extracted {
  phrases: string[];
  lines: string[];
  errors: string[];
}

/** Every text that a source hands to people: say`…`, phrase('…'), sentence`…`, what errors and parsers say. */
export function extractWords(path: string, text: string): Extracted {
  const found: Extracted = { phrases: [], lines: [], errors: [] };
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'say') {
      found.lines.push(...textsOf(node.template));
    } else if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'sentence') {
      found.errors.push(...textsOf(node.template));
    } else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [first, second, third] = node.arguments;
      if (node.expression.text === 'phrase' && first) found.phrases.push(...textsOf(first));
      if (/^(?:ok|warn|fail)$/.test(node.expression.text)) found.errors.push(...node.arguments.flatMap(textsOf));
      if (node.expression.text === 'readJson' && third) found.errors.push(...textsOf(third));
      if (node.expression.text === 'readText' && second) found.errors.push(...textsOf(second));
      if (/^bad(Table|Array)$/.test(node.expression.text) && first)
        found.errors.push(...textsOf(first), ...detailsOf(second));
      if (/^(node|client|governance|protocol)Error$/.test(node.expression.text) && second)
        found.errors.push(...textsOf(second), ...detailsOf(third));
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'InvalidArgumentError') {
      found.errors.push(...textsOf(node.arguments![0]!));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

/** The keys of the texts that an expression can be: both branches of a choice, a template with its places. */
function textsOf(node: ts.Expression | ts.TemplateLiteral): string[] {
  if (ts.isStringLiteralLike(node)) return wordy(node.text);
  if (ts.isTemplateExpression(node)) {
    return wordy(node.head.text + node.templateSpans.map(({ literal }, i) => `{${i}}${literal.text}`).join(''));
  }
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  return [];
}

/** Of what an error's details say, that which is a sentence. */
function detailsOf(node: ts.Expression | undefined): string[] {
  if (!node || !ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((property) =>
    ts.isPropertyAssignment(property) && ['expected', 'got', 'hint'].includes(property.name.getText())
      ? textsOf(property.initializer)
      : [],
  );
}

/** Two letters that are no value: `--data FILE`, `{0} bytes` have them, `{0}` has none. */
const wordy = (key: string): string[] => (/[a-z]{2}/.test(key.replace(/\{\d+\}|--[a-z-]+|`[^`]*`/g, '')) ? [key] : []);

/** What help shows, and the names that the chain's numbers have. */
export function wordsOfProgram(): string[] {
  const why = commands.flatMap(({ examples }) => examples.map((example) => example.split(/ {3}# /)[1] ?? ''));
  const means = Object.values(exitCodes).map((code) => code.means);
  const texts = [...described(covey()), ...Object.values(groups), ...why, ...means, jsonHelp];
  return [...commanderSentences.phrases, ...texts, ...terms].filter((text) => wordy(text).length > 0);
}

const described = (command: ReturnType<typeof covey>): string[] => [
  command.description(),
  ...[...command.options, ...command.registeredArguments].map(({ description }) => description),
  ...command.commands.flatMap(described),
];

/** What commander and others of our own say of a case. */
export const sentencesOfOthers = commanderSentences.errors;
