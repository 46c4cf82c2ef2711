import {
  attestationStages,
  beaconKinds,
  caseStates,
  custodianKinds,
  disputeVerdicts,
  faults,
  knownErrorsAbi,
  listingKinds,
  orderStates,
  reasons,
  requestStates,
  resultStages,
  roles,
  roundPhases,
  snapshotStates,
  taskStates,
  voidReasons,
  voteRejections,
} from '@covey/contracts/abi';
import { refusalFacts, saleStates } from '@covey/client';
import { rankings, taskModes } from '@covey/protocol';
import { columnTypes } from '../../data/import/index.ts';
import { troubleNames } from '../../daemon/trouble-names.ts';
import { steps } from '../../log/sentences.ts';
import { standings } from '../task-view/situation.ts';

/** Words that stand alone in lines: names of the chain and of this program, which no source has as a text of its own. */
export const terms: readonly string[] = [
  ...[attestationStages, beaconKinds, caseStates, custodianKinds, reasons, resultStages, roles, roundPhases].flat(),
  ...[
    snapshotStates.filter((state) => state !== 'submission'),
    standings,
    taskModes,
    columnTypes,
    rankings,
    taskStates,
    troubleNames,
    voidReasons,
    voteRejections,
  ].flat(),
  ...Object.values(steps),
  // Arguments of contracts' errors.
  ...knownErrorsAbi.flatMap(({ name, inputs }) => refusalFacts(name, Array(inputs.length).fill('')).map(labelOf)),
  // States of a TokenVoting proposal, its votes, what becomes of a call, and why a vote is not sent.
  ...['pending', 'active', 'succeeded', 'defeated', 'executed', 'yes', 'no', 'abstain', 'done', 'failed'],
  ...['undone', 'notReached'],
  // The time in which votes of Snapshot are brought on chain.
  'taking votes',
  ...['proposal', 'alias', 'time', 'choice', 'superseded', 'signature', 'counted', 'power'],
  // Who runs, what is computed, what is stored, and what data is.
  ...['keeper', 'creator', 'training', 'scoring', 'submission', 'model', 'delta', 'result', 'text', 'image', 'tabular'],
  // Requests at the desk, and what the DAO said of them.
  ...[requestStates.filter((state) => state !== 'none'), disputeVerdicts].flat(),
  // Listings and orders of models.
  ...[listingKinds, orderStates, saleStates, faults].flat(),
  ...['seller'],
  // Steps of a verification and of a replay.
  ...['core', 'chain', 'task', 'document', 'shard', 'base', 'fetch', 'open', 'train', 'score', 'model', 'done'],
  ...['rounds', 'cases', 'purchases', 'emission'],
];

function labelOf({ label }: { label: string }): string {
  return label;
}
