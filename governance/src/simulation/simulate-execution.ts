import { encodeAbiParameters, getAddress, keccak256, size, sliceHex } from 'viem';
import type { Address, Hex } from 'viem';
import { contractAt } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from '../catalogue/action.ts';
import type { CoveyChain } from '@covey/client';
import { governanceError, isGovernanceError } from '../errors.ts';
import { attributeLogs, markerCode, maxActions } from './attribute.ts';
import { balanceChange, holdingsFor, purseCode } from './balances.ts';
import { executeCall, executeResult, explainFailure } from './execution.ts';
import type { Execution } from './execution.ts';
import { namedError } from './failure.ts';
import { readLog } from './logs.ts';
import type { ReadLog } from './logs.ts';
import { readBothSides } from './read-both-sides.ts';
import { reducedSimulation } from './reduced.ts';
import type {
  SimulatedCall,
  SimulatedCallStatus,
  SimulatedError,
  SimulationFailure,
  SimulationNote,
  SimulationReport,
} from './report.ts';
import { simulateBlock } from './simulate-block.ts';
import type { BlockCall, BlockSetting, CallOutcome } from './simulate-block.ts';
import { storageChanges } from './storage.ts';
import { upgradeChanges } from './upgrades.ts';
import { watchesFor } from './watches.ts';

export interface SimulateExecutionParameters {
  actions: readonly Action[];
  /** The plugin that makes the DAO execute. Default: TokenVoting. */
  from?: 'tokenVoting' | 'snapshotVoting';
  /** Unix seconds at which it is executed, for instance the end of the vote. Default, and at least: right after the block. */
  at?: number | bigint;
  /** The block on whose state it runs. Default: the newest. */
  blockNumber?: bigint;
  /** Bit i allows action i to fail without undoing the others; TokenVoting keeps it with the proposal. */
  allowFailureMap?: bigint;
  /** Most gas that the execution gets. Default: what a transaction may have on Ethereum since Fusaka. */
  gasLimit?: number;
  /** Longest wait for each answer of the node, in milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export type SimulateExecutionReturnType = SimulationReport;

/** EIP-7825: no transaction may have more. */
const transactionGas = 16_777_216;
/** Room for the execution and for the reads around it; nodes may still give less. */
const blockGas = 100_000_000n;
/** More cannot be sent as one transaction. */
const maxCalldata = 131_072;
/** Errors after which a plain call still tells whether the execution works. */
const lesserCodes: readonly string[] = ['GOV_SIMULATION_UNSUPPORTED', 'GOV_SIMULATION_TOO_LARGE'];
const maxLogs = 1_000;
const maxTargets = 64;
/** Wei a unit of gas: what quiet chains ask at least for the base fee, and a usual tip on top. */
const gwei = 10n ** 9n;

function priceAt(baseFeePerGas: bigint | null): BlockSetting['price'] {
  const baseFee = baseFeePerGas !== null && baseFeePerGas > gwei ? baseFeePerGas : gwei;
  return { baseFee, gasPrice: baseFee + gwei };
}

/**
 * One possible execution: runs the actions as the DAO would, called by the plugin that would call it, on the state of a
 * block and at its price of gas, and reads what that changes. Nothing is sent; all that it needs is the chain's
 * JSON-RPC. Other proposals, and time, can still change the outcome until the vote is executed.
 */
export async function simulateExecution(
  covey: CoveyChain,
  parameters: SimulateExecutionParameters,
): Promise<SimulationReport> {
  const { publicClient, deployment } = covey;
  const { actions, from = 'tokenVoting', timeoutMs = 30_000, signal } = parameters;
  const { allowFailureMap = 0n, gasLimit = transactionGas } = parameters;
  checkActions(actions);
  const plugin = deployment[from];
  if (!plugin) {
    throw governanceError('GOV_INVALID_ARGUMENT', 'This DAO has no SnapshotVoting installed.', { got: from });
  }
  signal?.throwIfAborted();
  const { blockNumber } = parameters;
  const head = await publicClient.getBlock(blockNumber === undefined ? {} : { blockNumber });
  if (head.number === null || head.hash === null) {
    throw governanceError('GOV_SIMULATION_FAILED', 'The node gives a block without a number.');
  }
  const next = head.timestamp + 1n;
  const time = BigInt(parameters.at ?? 0) > next ? BigInt(parameters.at ?? 0) : next;
  const execution: Execution = { dao: deployment.dao, from: plugin, actions, allowFailureMap, gas: BigInt(gasLimit) };
  const call = executeCall(execution);
  const helpers = helperAddresses(call, head.hash);
  const block: BlockSetting = {
    parent: head.number,
    time,
    gasLimit: blockGas,
    price: priceAt(head.baseFeePerGas),
    code: { [helpers.marker]: markerCode, [helpers.purse]: purseCode },
    timeoutMs,
    signal,
  };
  const run = (calls: readonly BlockCall[]) => simulateBlock(publicClient, calls, block);
  const base = {
    block: { number: `${head.number}`, hash: head.hash, timestamp: Number(head.timestamp) },
    at: Number(time),
    from: { address: getAddress(plugin), contract: from },
    gasLimit,
  };

  let outcome: CallOutcome;
  try {
    outcome = await runOne(run, call);
  } catch (error) {
    if (!isGovernanceError(error) || !lesserCodes.includes(error.code)) throw error;
    // A node that can simulate blocks can move the time of a plain call too.
    const movesTime = error.code === 'GOV_SIMULATION_TOO_LARGE';
    const reduced = await reducedSimulation(publicClient, execution, block, movesTime);
    return {
      ok: !reduced.failure,
      ...reduced,
      ...base,
      ...(!movesTime && { at: base.block.timestamp }),
      gas: 0,
      calls: describeCalls(execution, deployment, reduced.failure),
      logs: [],
      balances: [],
      state: [],
      notes: [{ code: 'REDUCED', detail: error.message }],
    };
  }

  const targets = await targetNotes(covey, actions, head.number);
  const gas = Number(outcome.gasUsed);
  if (!outcome.ok) {
    const failure = await explainFailure(execution, outcome, run);
    const calls = describeCalls(execution, deployment, failure);
    return { ok: false, failure, ...base, gas, calls, logs: [], balances: [], state: [], notes: targets };
  }

  const notes: SimulationNote[] = [...targets];
  const logs = outcome.logs.slice(0, maxLogs).map((log) => readLog(log, deployment));
  if (outcome.logs.length > maxLogs) notes.push({ code: 'CUT', what: 'logs', kept: maxLogs, of: outcome.logs.length });
  const starts = await attributeLogs(execution, outcome.logs, helpers.marker, (one) => runOne(run, one));
  if (!starts)
    notes.push({ code: 'NOT_ATTRIBUTED', detail: 'The actions behave otherwise when they are looked at one by one.' });
  // The last log is the DAO's own, of the execution.
  const byCall = starts && splitLogs(logs, [...starts, outcome.logs.length - 1]);
  const failed = failedActions(outcome, actions.length);
  const calls = describeCalls(execution, deployment, undefined, failed, byCall);

  const watches = watchesFor(logs, deployment);
  const holdings = holdingsFor(logs, actions, deployment, helpers.purse);
  const read = await readBothSides(
    [...watches, ...holdings.map(({ view }) => ({ before: view, after: view }))],
    call,
    run,
  );
  notes.push(...read.notes);
  const state = watches.flatMap((watch, i) => watch.changes(read.before[i], read.after[i]));
  const balances = holdings.flatMap((holding, i) => {
    const at = watches.length + i;
    return balanceChange(holding, read.before[at], read.after[at], deployment);
  });
  state.push(...(await upgradeChanges(covey, logs, head.number)));
  const { storage, notes: storageNotes } = await storageChanges(covey, call, block);
  notes.push(...storageNotes);
  const rest = byCall ? logs.slice(outcome.logs.length - 1) : logs;
  return {
    ok: true,
    ...base,
    gas,
    calls,
    logs: rest.map(({ shown }) => shown),
    balances,
    state,
    ...(storage && { storage }),
    notes,
  };
}

function checkActions(actions: readonly Action[]) {
  if (actions.length === 0 || actions.length > maxActions) {
    throw governanceError('GOV_INVALID_ARGUMENT', 'A DAO executes a limited number of actions.', {
      expected: `1 to ${maxActions}`,
      got: actions.length,
    });
  }
  const bytes = actions.reduce((sum, { data }) => sum + size(data), 0);
  if (bytes > maxCalldata) {
    throw governanceError('GOV_INVALID_ARGUMENT', 'The actions are too large for one transaction.', {
      expected: `${maxCalldata} bytes at most`,
      got: bytes,
    });
  }
}

/** Addresses that no action can know, because they depend on all of them and on the block. */
function helperAddresses({ data }: BlockCall, blockHash: Hex): { marker: Address; purse: Address } {
  const address = (name: string) =>
    sliceHex(
      keccak256(
        encodeAbiParameters([{ type: 'string' }, { type: 'bytes' }, { type: 'bytes32' }], [name, data, blockHash]),
      ),
      12,
    );
  return { marker: address('marker'), purse: address('purse') };
}

async function runOne(run: (calls: readonly BlockCall[]) => Promise<CallOutcome[]>, call: BlockCall) {
  const [outcome] = await run([call]);
  if (!outcome) throw governanceError('GOV_SIMULATION_FAILED', 'The node answered nothing.');
  return outcome;
}

/** Actions that were allowed to fail, and did. */
function failedActions(outcome: CallOutcome, count: number): Map<number, SimulatedError> {
  const result = executeResult(outcome);
  const failed = new Map<number, SimulatedError>();
  for (let i = 0; result && i < count; i++) {
    if ((result.failureMap >> BigInt(i)) & 1n) failed.set(i, namedError(result.results[i] ?? '0x'));
  }
  return failed;
}

const splitLogs = (logs: readonly ReadLog[], bounds: readonly number[]): ReadLog[][] =>
  bounds.slice(0, -1).map((start, i) => logs.slice(start, bounds[i + 1]));

function describeCalls(
  { actions }: Execution,
  deployment: Deployment,
  failure?: SimulationFailure,
  failed = new Map<number, SimulatedError>(),
  logs?: ReadLog[][],
): SimulatedCall[] {
  const statusOf = (index: number): SimulatedCallStatus => {
    if (!failure) return failed.has(index) ? 'failed' : 'done';
    if (failure.index === undefined || index > failure.index) return 'notReached';
    return index === failure.index ? 'failed' : 'undone';
  };
  return actions.map(({ to }, index) => {
    const status = statusOf(index);
    const contract = contractAt(deployment, to);
    const { reason, error, args } = (index === failure?.index ? failure : failed.get(index)) ?? {};
    return {
      index,
      ok: status === 'done',
      status,
      to: getAddress(to),
      ...(contract && { contract }),
      ...(reason !== undefined && { failure: { reason, ...(error && { error }), ...(args && { args }) } }),
      logs: (logs?.[index] ?? []).map(({ shown }) => shown),
    };
  });
}

/** Actions whose target is strange to this Covey: without code they do nothing, with code they do what that says. */
async function targetNotes(
  { publicClient, deployment }: CoveyChain,
  actions: readonly Action[],
  blockNumber: bigint,
): Promise<SimulationNote[]> {
  const strange = actions.flatMap(({ to, data }, index) =>
    contractAt(deployment, to) || data === '0x' ? [] : [{ to: getAddress(to), index }],
  );
  const addresses = [...new Set(strange.map(({ to }) => to))].slice(0, maxTargets);
  const codes = new Map(
    await Promise.all(
      addresses.map(async (address) => [address, await publicClient.getCode({ address, blockNumber })] as const),
    ),
  );
  return strange.flatMap(({ to, index }): SimulationNote[] =>
    codes.has(to) ? [{ code: codes.get(to) === undefined ? 'NO_CODE' : 'UNKNOWN_CONTRACT', index }] : [],
  );
}
