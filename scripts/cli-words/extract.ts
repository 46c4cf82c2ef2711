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
      if (/^(?:ok|warn|fail)$/.test(node.expression.text))
        found.errors.push(...node.arguments.flatMap((one) => textsOf(one)));
      if (node.expression.text === 'readJson' && third) found.errors.push(...textsOf(third));
      if (node.expression.text === 'readText' && second) found.errors.push(...textsOf(second));
      if (/^bad(Table|Array)$/.test(node.expression.text) && first)
        found.errors.push(...textsOf(first), ...detailsOf(second));
      if (/^(node|client|governance|protocol)Error$/.test(node.expression.text) && second)
        found.errors.push(...textsOf(second), ...detailsOf(third));
    } else if (ts.isPropertyAssignment(node) && node.name.getText() === 'notes') {
      found.errors.push(...textsOf(node.initializer));
    } else if (ts.isVariableDeclaration(node) && node.name.getText() === 'notes' && node.initializer) {
      found.errors.push(...textsOf(node.initializer));
    } else if (ts.isMethodDeclaration(node) && node.name.getText() === 'note' && node.body) {
      found.errors.push(...returnsIn(node.body).flatMap((one) => textsOf(one)));
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'InvalidArgumentError') {
      found.errors.push(...textsOf(node.arguments![0]!));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

/**
 * The keys of the texts that an expression can be: both branches of a choice, a template with its places and what is put into
 * them, and what a constant or a function of the same file stands for.
 */
function textsOf(node: ts.Expression | ts.TemplateLiteral, from: readonly ts.Node[] = []): string[] {
  if (from.includes(node)) return [];
  const inner = (one: ts.Expression): string[] => textsOf(one, [...from, node]);
  if (ts.isStringLiteralLike(node)) return wordy(node.text);
  if (ts.isTemplateExpression(node)) {
    const key = node.head.text + node.templateSpans.map(({ literal }, i) => `{${i}}${literal.text}`).join('');
    // One word in a sentence is a name, such as that of a loss; a sentence in a sentence is translated by itself.
    const within = node.templateSpans
      .flatMap(({ expression }) => inner(expression))
      .filter((text) => text.includes(' '));
    return [...wordy(key), ...within];
  }
  if (ts.isParenthesizedExpression(node)) return inner(node.expression);
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap((one) => inner(one));
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return [node.left, node.right].flatMap((one) => inner(one));
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap((one) => inner(one));
  if (ts.isIdentifier(node)) return (valueOf(node) ?? []).flatMap((one) => inner(one));
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
    return returnsOf(node.expression).flatMap((one) => inner(one));
  return [];
}

/** What the nearest constant of this name is set to. */
function valueOf(name: ts.Identifier): ts.Expression[] | undefined {
  for (let scope: ts.Node = name.parent; scope; scope = scope.parent) {
    const found = declarationsIn(scope).flatMap(({ name: bound, initializer }) => {
      if (!initializer) return [];
      if (ts.isIdentifier(bound)) return bound.text === name.text ? [initializer] : [];
      if (!ts.isArrayBindingPattern(bound) || !ts.isArrayLiteralExpression(initializer)) return [];
      const at = bound.elements.findIndex((one) => ts.isBindingElement(one) && one.name.getText() === name.text);
      return at < 0 ? [] : [initializer.elements[at]!];
    });
    if (found.length > 0) return found;
    if (ts.isFunctionLike(scope) && scope.parameters.some((one) => one.name.getText().split(/\W+/).includes(name.text)))
      return undefined;
  }
  return undefined;
}

const declarationsIn = (scope: ts.Node): ts.VariableDeclaration[] =>
  (ts.isBlock(scope) || ts.isSourceFile(scope) ? [...scope.statements] : []).flatMap((statement) =>
    ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [],
  );

/** What a function of this file gives back; an arrow too. */
function returnsOf(name: ts.Identifier): ts.Expression[] {
  const own = name
    .getSourceFile()
    .statements.find((one) => ts.isFunctionDeclaration(one) && one.name?.text === name.text);
  const [arrow] = valueOf(name) ?? [];
  const body = own ? (own as ts.FunctionDeclaration).body : arrow && ts.isArrowFunction(arrow) ? arrow.body : undefined;
  if (!body) return [];
  return ts.isBlock(body) ? returnsIn(body) : [body];
}

function returnsIn(body: ts.Block): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

/** Of what an error's details say, that which is a sentence. */
function detailsOf(node: ts.Expression | undefined): string[] {
  if (!node || !ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((property) => {
    if (!property.name || !['expected', 'got', 'hint'].includes(property.name.getText())) return [];
    if (ts.isShorthandPropertyAssignment(property)) return textsOf(property.name);
    return ts.isPropertyAssignment(property) ? textsOf(property.initializer) : [];
  });
}

/** Two letters that are no value: `--data FILE`, `{0} bytes` have them, `{0}` has none. */
const wordy = (key: string): string[] =>
  /[a-z]{2}/.test(key.replace(/\{\d+\}|--[a-z-]+|`[^`]*`/g, '')) && !isName.test(key) ? [key] : [];

/** `validation.file`: a field of a draft, which stays what it is called there; so does an address. */
const isName = /^[a-zA-Z]+(?:\.[a-zA-Z]+)+$|^\{0\}\/|^architecture$/;

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
