import { connect } from '@covey/client';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { decodeAction, decodeActions } from '@covey/governance';
import type { DecodedAction } from '../schema/index.ts';
import { wireAction } from '../schema/wire-action.ts';
import type { Origin } from '../store/tables/rounds.ts';
import { namedDeployment } from './plugin.ts';
import type { Reader } from './reader.ts';

/** What a proposal of either kind will do. */
interface Decision {
  /** Different for every proposal there is. */
  key: string;
  actions: { to: `0x${string}`; value: string; data: `0x${string}` }[];
  executed: Origin | null;
}

/** What actions do does not change once a proposal is decided; before that, old values may. */
const decided = new Map<string, DecodedAction[]>();
const REMEMBERED = 500;

/** Actions in plain words; old values of the policy are those of now, or of the block before execution. */
export async function readActions(reader: Reader, row: Decision): Promise<DecodedAction[]> {
  const deployment = await namedDeployment(reader);
  const key = [deployment.dao, deployment.snapshotVoting, row.key, row.executed?.transactionHash].join();
  const known = decided.get(key);
  if (known !== undefined) return known;
  const actions = row.actions.map(({ to, value, data }) => ({ to, value: BigInt(value), data }));
  try {
    const blockNumber = row.executed === null ? undefined : BigInt(row.executed.blockNumber - 1);
    const options = blockNumber === undefined ? {} : { blockNumber };
    const described = (await decodeActions(connect({ deployment, publicClient: reader.client }), actions, options)).map(
      wireAction,
    );
    if (row.executed !== null) {
      if (decided.size >= REMEMBERED) decided.clear();
      decided.set(key, described);
    }
    return described;
  } catch {
    // Old values need the chain, and some nodes have forgotten that block; the calls themselves need neither.
    return actions.map((action) => wireAction(decodeAction(action, deployment)));
  }
}

/** The kinds alone, for lists. */
export function kindsOf(deployment: Deployment, actions: Decision['actions']): string[] {
  return actions.map(
    ({ to, value, data }) => wireAction(decodeAction({ to, value: BigInt(value), data }, deployment)).kind,
  );
}
