import { snapshotVotingConstants } from '@covey/contracts/abi/constants';
import type { Address, Hex } from 'viem';
import type { Action } from '../catalogue/action.ts';
import { executeCall } from './execution.ts';
import type { Execution } from './execution.ts';
import type { BlockCall, CallOutcome, RawLog } from './simulate-block.ts';

/** Code of the marker: writes an empty log. PUSH0 PUSH0 LOG0 STOP. */
export const markerCode: Hex = '0x5f5fa000';

/** The most actions that a DAO executes at once. */
export const maxActions = Number(snapshotVotingConstants.MAX_ACTIONS);

/**
 * Which action wrote which log. A node gives the logs of a whole execution; so the same actions run again with a call in
 * between that writes a mark. Where marks and actions are too many for one execution, several run, each as far as the
 * marks fit.
 *
 * @returns Index into `logs` at which each action begins; undefined where the marks change what happens.
 */
export async function attributeLogs(
  execution: Execution,
  logs: readonly RawLog[],
  marker: Address,
  run: (call: BlockCall) => Promise<CallOutcome>,
): Promise<number[] | undefined> {
  const count = execution.actions.length;
  const starts = [0];
  while (starts.length < count) {
    const first = starts.length;
    const end = Math.min(count, Math.floor((maxActions - 1 + first) / 2));
    const outcome = await run(executeCall(marked(execution, marker, first, end)));
    if (!outcome.ok) return undefined;
    const found = readMarks(outcome.logs, logs, marker);
    if (found?.length !== (end < count ? end - first + 1 : count - first)) return undefined;
    starts.push(...found);
  }
  return starts;
}

/** The first `end` actions with a mark before each from `first` on, and one at the end where more follow. */
function marked(execution: Execution, marker: Address, first: number, end: number): Execution {
  const mark: Action = { to: marker, value: 0n, data: '0x' };
  const actions: Action[] = [];
  let allowFailureMap = 0n;
  for (const [index, action] of execution.actions.slice(0, end).entries()) {
    if (index >= first) actions.push(mark);
    if ((execution.allowFailureMap >> BigInt(index)) & 1n) allowFailureMap |= 1n << BigInt(actions.length);
    actions.push(action);
  }
  if (end < execution.actions.length) actions.push(mark);
  return { ...execution, actions, allowFailureMap, gas: execution.gas * 2n };
}

/** How many logs stand before each mark; undefined unless those are the logs without marks. */
function readMarks(withMarks: readonly RawLog[], logs: readonly RawLog[], marker: Address): number[] | undefined {
  const marks: number[] = [];
  let position = 0;
  // The last one is the DAO's own of the execution, which lists the actions and so the marks too.
  for (const log of withMarks.slice(0, -1)) {
    if (log.address.toLowerCase() === marker) {
      marks.push(position);
      continue;
    }
    const same = logs[position];
    if (same?.data !== log.data || same.address !== log.address || `${same.topics}` !== `${log.topics}`) {
      return undefined;
    }
    position++;
  }
  return marks;
}
