import { BaseError, numberToHex } from 'viem';
import type { Address, Hex } from 'viem';
import type { ReadClient } from '@covey/client';
import { governanceError } from '../errors.ts';

export interface BlockCall {
  from?: Address;
  to: Address;
  data: Hex;
  value?: bigint;
  gas: bigint;
  /** It is what a transaction would do, and pays as one: code sees the price of gas. Needs `from`. */
  pays?: true;
}

export interface CallOutcome {
  ok: boolean;
  /** What it returned, or the bytes with which it reverted. */
  data: Hex;
  gasUsed: bigint;
  logs: readonly RawLog[];
  /** What the node says of a failure that is no revert: out of gas, not enough coins. */
  message?: string;
}

export interface RawLog {
  address: Address;
  topics: readonly Hex[];
  data: Hex;
}

export interface BlockSetting {
  /** The block on whose state it runs. */
  parent: bigint;
  /** Unix seconds. */
  time: bigint;
  /** Gas limit of the simulated block. */
  gasLimit: bigint;
  /** Wei a unit of gas. What runs sees them, so that no code can tell a simulation by gas that is free. */
  price: { baseFee: bigint; gasPrice: bigint };
  /** Code that stands at an address, in the simulation only. */
  code?: Readonly<Record<Address, Hex>>;
  /** Longest that the node may take, in milliseconds; then GOV_SIMULATION_TIMEOUT. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Codes and words with which nodes say that they have no such method. */
const unsupported = /not (found|supported|available|exist|allowed|implemented)|unsupported|unknown method|-32601/i;

/** Wei: pays for any gas at any price, and no amount overflows by it. */
const purse = 10n ** 30n;

/** Runs calls one after the other in one block on top of `parent`, and changes nothing. */
export async function simulateBlock(
  client: ReadClient,
  calls: readonly BlockCall[],
  block: BlockSetting,
): Promise<CallOutcome[]> {
  const { baseFee, gasPrice } = block.price;
  const payers = calls.flatMap(({ from, pays }) => (from && pays ? [from] : []));
  const stateOverrides = Object.fromEntries([
    ...Object.entries(block.code ?? {}).map(([address, code]) => [address, { code }]),
    // Who sends the transaction is not known; the plugin stands for it, and has what the gas costs.
    ...payers.map((address) => [address, { balance: numberToHex(purse) }]),
  ]) as Record<Address, { code: Hex } | { balance: Hex }>;
  const request = client.request({
    method: 'eth_simulateV1',
    params: [
      {
        blockStateCalls: [
          {
            blockOverrides: {
              time: numberToHex(block.time),
              gasLimit: numberToHex(block.gasLimit),
              baseFeePerGas: numberToHex(baseFee),
            },
            stateOverrides,
            calls: calls.map(({ from, to, data, value, gas, pays }) => ({
              ...(from && { from }),
              to,
              data,
              gas: numberToHex(gas),
              ...(value && { value: numberToHex(value) }),
              ...(from && pays && { gasPrice: numberToHex(gasPrice) }),
            })),
          },
        ],
        traceTransfers: true,
        validation: false,
      },
      numberToHex(block.parent),
    ],
  } as never) as Promise<readonly SimulatedBlock[]>;
  let blocks: readonly SimulatedBlock[];
  try {
    blocks = await bounded(request, block);
  } catch (error) {
    throw simulationError(error);
  }
  const results = blocks[0]?.calls;
  if (results?.length !== calls.length) {
    throw governanceError('GOV_SIMULATION_FAILED', 'The node answered for other calls than those simulated.', {
      expected: calls.length,
      got: results?.length ?? 0,
    });
  }
  return results.map(outcome);
}

interface SimulatedBlock {
  calls: readonly {
    status: Hex;
    returnData?: Hex;
    gasUsed: Hex;
    logs?: readonly RawLog[];
    error?: { message?: string; data?: unknown };
  }[];
}

function outcome({ status, returnData, gasUsed, logs, error }: SimulatedBlock['calls'][number]): CallOutcome {
  const ok = BigInt(status) === 1n;
  // Geth gives the bytes of a revert with the error, anvil as what was returned.
  const reverted = typeof error?.data === 'string' ? (error.data as Hex) : undefined;
  return {
    ok,
    data: (ok ? returnData : (reverted ?? returnData)) ?? '0x',
    gasUsed: BigInt(gasUsed),
    logs: logs ?? [],
    ...(!ok && error?.message && { message: error.message }),
  };
}

/** The answer, or an error once it takes too long or nobody wants it any more; the node may go on by itself. */
export async function bounded<T>(
  request: Promise<T>,
  { timeoutMs, signal }: Pick<BlockSetting, 'timeoutMs' | 'signal'>,
): Promise<T> {
  signal?.throwIfAborted();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort: (() => void) | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          governanceError('GOV_SIMULATION_TIMEOUT', 'The node did not finish the simulation in time.', {
            expected: `${timeoutMs} ms at most`,
            hint: 'What takes this long to simulate may also not fit into a block.',
          }),
        ),
      timeoutMs,
    );
    abort = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([request, end]);
  } finally {
    clearTimeout(timer);
    if (abort) signal?.removeEventListener('abort', abort);
    request.catch(() => undefined); // it may fail later, when nobody listens
  }
}

function simulationError(error: unknown): unknown {
  if (!(error instanceof BaseError)) return error;
  const text = `${(error as { code?: unknown }).code} ${error.shortMessage} ${error.details}`;
  if (isUnsupported(error)) {
    return governanceError('GOV_SIMULATION_UNSUPPORTED', 'This node cannot simulate (eth_simulateV1).', {
      got: error.details,
      cause: error,
    });
  }
  if (error.walk((cause) => (cause as Error).name === 'ResponseBodyTooLargeError')) {
    return governanceError('GOV_SIMULATION_TOO_LARGE', 'What the execution writes is too much to be read.', {
      cause: error,
    });
  }
  return governanceError('GOV_SIMULATION_FAILED', `The node could not simulate: ${error.shortMessage}`, {
    got: text.slice(0, 500),
    cause: error,
  });
}

/** Whether a node's refusal means that it does not have the method. */
export function isUnsupported(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const methodErrors = ['MethodNotFoundRpcError', 'MethodNotSupportedRpcError', 'UnsupportedProviderMethodError'];
  const known = error.walk((cause) => methodErrors.includes((cause as Error).name));
  return known !== null || unsupported.test(`${error.details}`);
}
