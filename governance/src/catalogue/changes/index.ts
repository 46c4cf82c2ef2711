import type { DecodedCall } from '../decoded.ts';
import { multiTokenChangesOf, nftChangesOf, tokenChangesOf } from './assets.ts';
import type { Change } from './change.ts';
import { daoChangesOf } from './dao.ts';
import { depositChangesOf } from './deposits.ts';
import { implementationChange } from './implementation.ts';
import type { Ledger } from './ledger.ts';
import { marketChangesOf } from './market.ts';
import { pluginChangesOf } from './plugins.ts';
import { policyChangesOf } from './policy.ts';
import { answerChangesOf, requestChangesOf, rulingChangesOf, slashChangesOf } from './rulings.ts';
import { taskChangesOf } from './tasks.ts';
import { snapshotChangesOf, votingChangesOf } from './voting.ts';

type Reader = (call: DecodedCall, ledger: Ledger) => Promise<Change[]>;

const upgrades: Reader = async (call, ledger) =>
  call.function.startsWith('upgradeTo') ? [await implementationChange(call, ledger)] : [];

/** Who knows what a call of a contract changes. */
const readers: Partial<Record<DecodedCall['contract'], readonly Reader[]>> = {
  dao: [daoChangesOf],
  tokenVoting: [votingChangesOf, upgrades],
  snapshotVoting: [snapshotChangesOf],
  pluginSetupProcessor: [pluginChangesOf],
  token: [tokenChangesOf],
  policy: [policyChangesOf],
  stakeManager: [depositChangesOf],
  voteEscrow: [depositChangesOf],
  modelMarket: [marketChangesOf, depositChangesOf],
  keyEscrow: [depositChangesOf],
  inferenceChannels: [depositChangesOf],
  inferenceDesk: [requestChangesOf, depositChangesOf],
  answerCases: [answerChangesOf],
  taskManager: [taskChangesOf, depositChangesOf],
  results: [rulingChangesOf],
  slashCourt: [slashChangesOf],
  erc20: [tokenChangesOf],
  erc721: [nftChangesOf],
  erc1155: [multiTokenChangesOf],
  uups: [upgrades],
};

/** What the call itself changes; not its permissions, nor the calls inside it. */
export async function changesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const changes: Change[] = [];
  for (const reader of readers[call.contract] ?? []) changes.push(...(await reader(call, ledger)));
  return changes;
}
