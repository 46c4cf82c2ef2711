import { defineErrors } from '@covey/errors';
import { inferenceErrors } from './inference/error-rows.ts';

/** Everything that reading, writing and verifying a deployment can refuse. */
export const clientErrors = defineErrors({
  CONTENT_NOT_FOUND: {
    kind: 'unreachable',
    meaning: 'No peer of the content store has the block.',
    action: 'Try another gateway or IPFS node, or later.',
  },
  CONTENT_HASH_MISMATCH: {
    kind: 'mismatch',
    meaning: 'Bytes came that are not what the CID names.',
    action: 'Ask another source: this one is broken or lies.',
    retryable: true,
  },
  CONTENT_BROKEN: {
    kind: 'unreachable',
    meaning: 'A transfer broke off, or more came than a block can have.',
    action: 'Try again, or another gateway or IPFS node: this says nothing about the content.',
  },
  CONTENT_TOO_LARGE: {
    kind: 'input',
    meaning: 'Content is larger than the caller allows, as bytes that were checked against its CID say.',
    action: 'Raise the limit if you trust the content.',
  },
  CONTENT_TIMEOUT: {
    kind: 'unreachable',
    meaning: 'Content did not arrive in time.',
    action: 'Try again, or another gateway.',
  },
  CONTENT_BAD_CID: {
    kind: 'input',
    meaning: 'Not a CID that Covey reads.',
    action: 'Give a CIDv1 in base32.',
  },
  CONTENT_NOT_A_FILE: {
    kind: 'input',
    meaning: 'The CID leads to a directory or to no well-formed UnixFS file.',
    action: 'Give the CID of the file itself.',
  },
  CONTENT_BAD_CODEC: {
    kind: 'input',
    meaning: 'A block of a codec that Covey does not store.',
    action: 'Covey stores raw, dag-pb and dag-json blocks.',
  },
  CONTENT_UNREACHABLE: {
    kind: 'unreachable',
    meaning: 'The content store does not answer.',
    action: 'Is the IPFS node running and its address right?',
  },
  CONTENT_REFUSED: {
    kind: 'unreachable',
    meaning: 'The content store answered with an error.',
    action: 'Read its message; the store may be full or ask for a token.',
  },
  CHAIN_UNREACHABLE: {
    kind: 'unreachable',
    meaning: 'The RPC endpoint does not answer.',
    action: 'Is the chain running, and the endpoint’s URL (`rpcUrls`, or --rpc of the CLI) right?',
  },
  CHAIN_WRONG: {
    kind: 'input',
    meaning: 'The RPC endpoint serves another chain than the deployment names.',
    action: 'Use an endpoint of the deployment’s chain.',
  },
  CONTRACT_REVERTED: {
    kind: 'refused',
    meaning: 'A contract refused the call; contractError names its error.',
    action: 'Look the contract’s error up in the table of contract errors.',
  },
  EVENT_MISSING: {
    kind: 'mismatch',
    meaning: 'A transaction did not emit the event that it must.',
    action: 'Is the address the contract it should be?',
  },
  GAS_LIMIT: {
    kind: 'fault',
    meaning: 'A transaction needs more gas than was allowed.',
    action: 'Send fewer at a time, or allow more.',
  },
  GAS_PRICE_LIMIT: {
    kind: 'refused',
    meaning: 'The chain asks for a higher price of gas than was allowed.',
    action: 'Wait until it falls, or allow more.',
    retryable: true,
  },
  BALANCE_TOO_LOW: {
    kind: 'refused',
    meaning: 'The account has too few tokens, or too little to pay for gas.',
    action: 'Send it what is missing.',
  },
  WALLET_MISSING: {
    kind: 'input',
    meaning: 'A write was asked of a client that has no wallet.',
    action: 'Give `createCovey` a wallet.',
  },
  CONTENT_MISSING: {
    kind: 'input',
    meaning: 'Content was asked of a client that has no reader of it.',
    action: 'Give `createCovey` a content reader, such as `gatewayStore(url)`.',
  },
  BEACON_MISSING: {
    kind: 'input',
    meaning: 'A draw needs a proof of the beacon, and no source of proofs was given.',
    action: 'Give one, such as `drandRelays()`.',
  },
  BEACON_UNREACHABLE: {
    kind: 'unreachable',
    meaning: 'No relay of the beacon gave the round that a draw needs.',
    action: 'Try again, or other relays.',
  },
  BEACON_INVALID: {
    kind: 'mismatch',
    meaning: 'The contract refused every proof of the beacon that came.',
    action: 'Use other relays: these are of another network, broken or lie.',
    retryable: true,
  },
  WALLET_REJECTED: {
    kind: 'refused',
    meaning: 'The request was declined in the wallet.',
    action: 'Try again and confirm it in the wallet.',
  },
  TRANSACTION_FAILED: {
    kind: 'fault',
    meaning: 'A transaction was mined but failed, or could not be sent.',
    action: 'Look at the transaction; then try again.',
    retryable: true,
  },
  TRANSACTION_PENDING: {
    kind: 'unreachable',
    meaning: 'A transaction was sent and no block has taken it in time.',
    action:
      'It may still be mined: look at the account before repeating what it does. Raise `--max-gas-price` if that holds it.',
  },
  LOGS_INCOMPLETE: {
    kind: 'unreachable',
    meaning: 'The RPC endpoint lacks logs that the contracts must have emitted.',
    action: 'It may lag behind, or keep no logs of that age: try again, or another endpoint.',
  },
  LOGS_INVALID: {
    kind: 'mismatch',
    meaning:
      'The RPC endpoint gave logs that cannot be: of another filter, two in one place, or of a block without them.',
    action: 'Use another endpoint: this one is broken or lies.',
    retryable: true,
  },
  HEADER_INVALID: {
    kind: 'mismatch',
    meaning: 'The RPC endpoint gave a block whose fields do not lead to its hash, or that is not the one asked for.',
    action: 'Use another endpoint: this one is broken or lies.',
    retryable: true,
  },
  CHAIN_REORGANISED: {
    kind: 'unreachable',
    meaning: 'The chain changed again and again while it was read, or the endpoint answers from two branches.',
    action: 'Try again when the chain has settled, or another endpoint.',
  },
  CHAIN_DISAGREES: {
    kind: 'mismatch',
    meaning: 'RPC endpoints that should agree gave different answers.',
    action:
      'At least one of them is broken, behind or lies: find out which, and give others (`rpcUrls`, or --rpc of the CLI).',
    retryable: true,
  },
  CHAIN_LAGGING: {
    kind: 'unreachable',
    meaning: 'The RPC endpoint is behind a block that it or another one already had.',
    action: 'Try again in a moment, or another endpoint.',
  },
  TASK_UNKNOWN: {
    kind: 'input',
    meaning: 'No task of this number.',
    action: 'Tasks count from 1 to `covey.tasks.count()`; in the CLI, `covey task show` shows one.',
    status: 404,
  },
  TASK_MISMATCH: {
    kind: 'mismatch',
    meaning: 'The task document contradicts the chain.',
    action: 'Do not work on this task: its creator published terms that differ from those on chain.',
  },
  ROUND_UNKNOWN: {
    kind: 'input',
    meaning: 'No round of this number.',
    action: 'Rounds of a task count from 0.',
    status: 404,
  },
  ROUND_NOT_READY: {
    kind: 'input',
    meaning: 'The round has not reached the step that was asked for.',
    action: 'Wait for the step: `covey.round(…).read()`, and `covey task show` of the CLI, give its deadlines.',
    retryable: true,
  },
  RESULT_MISMATCH: {
    kind: 'mismatch',
    meaning: 'A result document is not what the chain accepted.',
    action: 'Recompute the round: `covey.round(…).verify()`, or `covey verify` in the CLI.',
  },
  NOT_IN_ROUND: {
    kind: 'input',
    meaning: 'This node has nothing in this round.',
    action: 'Use the account that took part.',
  },
  LOCK_UNKNOWN: {
    kind: 'input',
    meaning: 'No lock of this number, or it was paid out.',
    action: 'List an account’s locks: `covey.escrow.of(owner)`, or `covey escrow show` in the CLI.',
    status: 404,
  },
  LISTING_UNKNOWN: {
    kind: 'input',
    meaning: 'No listing of this number.',
    action: 'Look at the list of models.',
    status: 404,
  },
  LISTING_MISMATCH: {
    kind: 'mismatch',
    meaning: 'What a listing names is not what the chain says of it.',
    action: 'Do not buy it: its manifest contradicts what disputes are decided by.',
  },
  LISTING_NOT_SOLD: {
    kind: 'refused',
    meaning: 'The listing is not for sale now.',
    action: '`covey market show` says why; others are in `covey market list`.',
  },
  ORDER_UNKNOWN: {
    kind: 'input',
    meaning: 'No order of this number.',
    action: 'List the own ones: `covey market orders`.',
    status: 404,
  },
  ORDER_STATE: {
    kind: 'refused',
    meaning: 'The order is not where this is possible.',
    action: '`covey market orders` says where it is, and what to do next.',
  },
  ORDER_KEY_UNKNOWN: {
    kind: 'input',
    meaning: 'The order was made with a key that the account does not have.',
    action: 'Use the account that ordered, with the same kind of wallet: a smart account signs otherwise.',
  },
  ORDER_KEY_WRONG: {
    kind: 'mismatch',
    meaning: 'A content key is not the one that the listing committed to.',
    action: 'A buyer disputes it: `covey market dispute`. A seller names the key file of this very model.',
  },
  NOTHING_TO_DISPUTE: {
    kind: 'refused',
    meaning: 'The delivered key is right, and so is all that it opens.',
    action: 'Use the model: `covey pull` opens it.',
  },
  MODEL_UNKNOWN: {
    kind: 'input',
    meaning: 'No accepted round made this model, and no maker registered it.',
    action: 'Give the CID of a model of an accepted round or of a listing, or TASK/ROUND.',
    status: 404,
  },
  SCORER_MISMATCH: {
    kind: 'mismatch',
    meaning: 'The local scorer is not the one that the DAO approved.',
    action: 'Update Covey, or load the approved scorer.',
  },
  ...inferenceErrors,
});

export const { error: clientError, is: isClientError } = clientErrors;

export type ClientErrorCode = keyof typeof clientErrors.rows;
