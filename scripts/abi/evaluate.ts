import { keccak256, stringToHex } from 'viem';
import { qualifiedName, type Declaration, type SyntaxNode } from './sources.ts';

/** An exact fraction: 0.5e18 is 5/10 · 10^18. */
type Fraction = readonly [numerator: bigint, denominator: bigint];

const units: Record<string, bigint> = {
  wei: 1n,
  gwei: 10n ** 9n,
  ether: 10n ** 18n,
  seconds: 1n,
  minutes: 60n,
  hours: 3600n,
  days: 86_400n,
  weeks: 604_800n,
};

/** Solidity's constant expressions as far as our sources use them; anything else is refused. */
export class Evaluator {
  readonly #declarations: readonly Declaration[];

  constructor(declarations: readonly Declaration[]) {
    this.#declarations = declarations;
  }

  /** The value of an integer expression that stands in `scope` (a contract, or undefined for a file's own level). */
  integer(expression: SyntaxNode, scope: string | undefined): bigint {
    const [numerator, denominator] = this.#fraction(expression, scope);
    if (numerator % denominator !== 0n) throw new Error(`${numerator}/${denominator} is no integer`);
    return numerator / denominator;
  }

  /** `keccak256("text")`. */
  hash(expression: SyntaxNode): `0x${string}` {
    const call = expression as SyntaxNode & { expression?: SyntaxNode; arguments?: SyntaxNode[] };
    const [text] = call.arguments ?? [];
    if (call.expression?.name !== 'keccak256' || text?.kind !== 'string') throw refused(expression);
    return keccak256(stringToHex(text.value as string));
  }

  #fraction(node: SyntaxNode, scope: string | undefined): Fraction {
    switch (node.nodeType) {
      case 'Literal':
        return literal(node);
      case 'TupleExpression':
        return this.#fraction((node.components as SyntaxNode[])[0]!, scope);
      case 'BinaryOperation':
        return operate(
          node.operator as string,
          this.#fraction(node.leftExpression as SyntaxNode, scope),
          this.#fraction(node.rightExpression as SyntaxNode, scope),
        );
      case 'Identifier':
        return this.#constant(node.name!, scope);
      case 'FunctionCall': {
        // A conversion such as `uint256(x)` of a value that fits.
        const [argument] = node.arguments as SyntaxNode[];
        const target = node.expression as SyntaxNode;
        if (target.nodeType !== 'ElementaryTypeNameExpression' || argument === undefined) throw refused(node);
        if (!(target.typeName as SyntaxNode).name?.startsWith('uint')) throw refused(node);
        return this.#fraction(argument, scope);
      }
      case 'MemberAccess':
        return [this.#maximum(node), 1n];
      default:
        throw refused(node);
    }
  }

  #constant(name: string, scope: string | undefined): Fraction {
    const found = this.#declarations.filter(
      ({ contract, node }) =>
        node.constant === true && node.name === name && (contract === scope || contract === undefined),
    );
    const declaration = found.find(({ contract }) => contract === scope) ?? found[0];
    if (declaration === undefined) throw new Error(`there is no constant ${name} in ${scope ?? 'any file'}`);
    return this.#fraction(declaration.node.value as SyntaxNode, declaration.contract);
  }

  /** `type(X).max` of an enum or an unsigned integer. */
  #maximum(node: SyntaxNode): bigint {
    const call = node.expression as SyntaxNode;
    const [type] = (call.arguments ?? []) as SyntaxNode[];
    if (node.memberName !== 'max' || (call.expression as SyntaxNode | undefined)?.name !== 'type') throw refused(node);
    if (type?.nodeType === 'ElementaryTypeNameExpression') {
      const bits = /^uint(\d+)$/.exec((type.typeName as SyntaxNode).name ?? '')?.[1];
      if (bits !== undefined) return 2n ** BigInt(bits) - 1n;
    }
    const declaration = this.#declarations.find(
      (one) => one.node.nodeType === 'EnumDefinition' && qualifiedName(one) === type?.name,
    );
    if (declaration === undefined) throw refused(node);
    return BigInt(declaration.node.members!.length - 1);
  }
}

function literal(node: SyntaxNode): Fraction {
  if (node.kind !== 'number') throw refused(node);
  const text = (node.value as string).replaceAll('_', '');
  const unit = units[(node.subdenomination as string | undefined) ?? 'wei'];
  if (unit === undefined) throw refused(node);
  if (text.startsWith('0x')) return [BigInt(text) * unit, 1n];
  const [, whole = '', fraction = '', exponent = '0'] = /^(\d*)(?:\.(\d+))?(?:e(\d+))?$/i.exec(text) ?? [];
  if (whole === '' && fraction === '') throw refused(node);
  return [BigInt(whole + fraction) * 10n ** BigInt(exponent) * unit, 10n ** BigInt(fraction.length)];
}

function operate(operator: string, [a, b]: Fraction, [c, d]: Fraction): Fraction {
  if (operator === '+') return [a * d + c * b, b * d];
  if (operator === '-') return [a * d - c * b, b * d];
  if (operator === '*') return [a * c, b * d];
  // Constants divide exactly or not at all: typed ones would round down, literal ones would not.
  if (operator === '/') return [a * d, b * c];
  if (operator === '<<' && b === 1n && d === 1n) return [a << c, 1n];
  if (operator === '**' && b === 1n && d === 1n) return [a ** c, 1n];
  throw new Error(`no constant is computed by ${operator}`);
}

const refused = (node: SyntaxNode): Error =>
  new Error(`a constant is written as ${node.nodeType}, which scripts/abi/evaluate.ts does not read`);
