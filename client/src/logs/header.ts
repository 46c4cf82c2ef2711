import { isHex, keccak256, toRlp, type Hex } from 'viem';
import { clientError } from '../errors.ts';
import { parseBloom, type Bloom } from './bloom.ts';
import { inTurns, type Rpc } from './rpc.ts';

/** What proven reads use of a block's header. */
export interface Header {
  number: bigint;
  hash: Hex;
  parentHash: Hex;
  /** Unix seconds. */
  timestamp: bigint;
  logsBloom: Bloom;
  receiptsRoot: Hex;
  /** Hashes of its transactions. */
  transactions: readonly Hex[];
}

/**
 * Fields of a header in the order of its RLP, with the optional ones of each fork after London: Shanghai's withdrawals,
 * Cancun's blobs and beacon root, Prague's requests (EIP-1559, 4895, 4844, 4788, 7685).
 */
const fields = [
  ['parentHash', 'bytes'],
  ['sha3Uncles', 'bytes'],
  ['miner', 'bytes'],
  ['stateRoot', 'bytes'],
  ['transactionsRoot', 'bytes'],
  ['receiptsRoot', 'bytes'],
  ['logsBloom', 'bytes'],
  ['difficulty', 'number'],
  ['number', 'number'],
  ['gasLimit', 'number'],
  ['gasUsed', 'number'],
  ['timestamp', 'number'],
  ['extraData', 'bytes'],
  ['mixHash', 'bytes'],
  ['nonce', 'bytes'],
  ['baseFeePerGas', 'number'],
  ['withdrawalsRoot', 'bytes'],
  ['blobGasUsed', 'number'],
  ['excessBlobGas', 'number'],
  ['parentBeaconBlockRoot', 'bytes'],
  ['requestsHash', 'bytes'],
] as const;
const mandatory = 15;

/** The hash that a header's fields lead to; null when one is missing or of another form. */
export function hashHeader(raw: Readonly<Record<string, unknown>>): Hex | null {
  const items: Hex[] = [];
  for (const [at, [name, form]] of fields.entries()) {
    const value = raw[name];
    if (value === undefined || value === null) {
      if (at < mandatory) return null;
      continue;
    }
    if (!isHex(value)) return null;
    items.push(form === 'number' ? rlpNumber(value) : value);
  }
  return keccak256(toRlp(items));
}

/** RLP writes numbers without leading zeros, and zero as nothing. */
export function rlpNumber(value: Hex): Hex {
  const digits = value.slice(2).replace(/^0+/, '');
  return digits === '' ? '0x' : `0x${digits.length % 2 === 0 ? '' : '0'}${digits}`;
}

/** Whether an endpoint's chain hashes its headers as Ethereum does, as its first header showed. */
const hashesLikeEthereum = new WeakMap<Rpc, boolean>();

function parseHeader(rpc: Rpc, answer: unknown): Header {
  const raw = answer as Record<string, unknown>;
  const { number, hash, parentHash, timestamp, logsBloom, receiptsRoot, transactions } = raw;
  const hashes = [hash, parentHash, receiptsRoot];
  if (!hashes.every((value) => isHex(value) && value.length === 66) || !isHex(logsBloom) || logsBloom.length !== 514) {
    throw invalid('a block', JSON.stringify(answer).slice(0, 200));
  }
  if (!isHex(number) || !isHex(timestamp)) throw invalid('a block that was mined', String(number));
  if (!Array.isArray(transactions) || !transactions.every((value) => isHex(value))) {
    throw invalid('hashes of transactions', String(transactions));
  }
  const computed = hashHeader(raw);
  if (!hashesLikeEthereum.has(rpc)) hashesLikeEthereum.set(rpc, computed === hash);
  if (hashesLikeEthereum.get(rpc) === true && computed !== hash) {
    throw invalid(`a header that hashes to ${String(hash)}`, String(computed));
  }
  return {
    number: BigInt(number),
    hash: hash as Hex,
    parentHash: parentHash as Hex,
    timestamp: BigInt(timestamp),
    logsBloom: parseBloom(logsBloom),
    receiptsRoot: receiptsRoot as Hex,
    transactions,
  };
}

function invalid(expected: string, got: string) {
  return clientError('HEADER_INVALID', 'The endpoint’s answer about a block contradicts itself.', { expected, got });
}

/**
 * A block's header by number, by hash, or the newest; undefined where the endpoint has none. On chains that hash headers
 * as Ethereum does its hash is computed here, so that nothing in it can be other than the hash says (HEADER_INVALID).
 */
export async function readHeader(
  rpc: Rpc,
  block: bigint | Hex | 'latest',
  options: { signal?: AbortSignal } = {},
): Promise<Header | undefined> {
  const isHash = typeof block === 'string' && block !== 'latest';
  const answer = await rpc.request(
    isHash
      ? { method: 'eth_getBlockByHash', params: [block, false] }
      : { method: 'eth_getBlockByNumber', params: [block === 'latest' ? block : `0x${block.toString(16)}`, false] },
    options,
  );
  if (answer === null || answer === undefined) return undefined;
  const header = parseHeader(rpc, answer);
  if (block !== 'latest' && (isHash ? header.hash : header.number) !== block) {
    throw invalid(`block ${block}`, `block ${header.number}, ${header.hash}`);
  }
  return header;
}

/** Several headers, each of which must be there; `missing` makes the error. */
export async function readHeaders(
  rpc: Rpc,
  numbers: readonly bigint[],
  missing: (number: bigint) => Error,
  options: { signal?: AbortSignal } = {},
): Promise<Map<bigint, Header>> {
  const found = await inTurns(numbers, async (number) => {
    const header = await readHeader(rpc, number, options);
    if (header === undefined) throw missing(number);
    return header;
  });
  return new Map(found.map((header) => [header.number, header]));
}
