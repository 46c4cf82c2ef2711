import { defineErrors, isCoveyError, type CoveyError } from '@covey/errors';

/** Everything that pages show as their own error; `code` is stable and is what a user quotes in a report. */
export const webErrors = defineErrors({
  WEB_NETWORK: {
    kind: 'unreachable',
    meaning: 'The server cannot be reached from this browser.',
    action: 'Check your connection and try again.',
  },
  WEB_HTTP: {
    kind: 'unreachable',
    meaning: 'The server answered with an error.',
    action: 'Try again; if it stays, tell the operator the code.',
  },
  WEB_NOT_FOUND: {
    kind: 'input',
    meaning: 'The server has nothing with this identifier.',
    action: 'Check the address of the page.',
  },
  WEB_SCHEMA: {
    kind: 'mismatch',
    meaning: 'The server’s answer does not have the shape that this app knows.',
    action: 'Reload the page: app and server may be of different versions.',
  },
  WEB_TIMEOUT: {
    kind: 'unreachable',
    meaning: 'The server did not answer in time.',
    action: 'Try again in a moment.',
  },
  WEB_WALLET: {
    kind: 'fault',
    meaning: 'The wallet failed.',
    action: 'Look into the wallet; then try again.',
    retryable: true,
  },
  WEB_WALLET_REJECTED: {
    kind: 'refused',
    meaning: 'The request was declined in the wallet.',
    action: 'Nothing was sent. Start again if you want to.',
  },
  WEB_REVERTED: {
    kind: 'refused',
    meaning: 'A contract refused the transaction.',
    action: 'Nothing changed on chain but the gas; read the contract’s reason.',
  },
  WEB_VERIFY: {
    kind: 'fault',
    meaning: 'The verification could not be run.',
    action: 'Try again; it needs the round’s files.',
    retryable: true,
  },
  WEB_SEALED: {
    kind: 'fault',
    meaning: 'The sealed file could not be worked on.',
    action: 'Try again; it needs the encrypted file and its hashes.',
    retryable: true,
  },
  WEB_PROVENANCE: {
    kind: 'fault',
    meaning: 'Where the model comes from could not be read.',
    action: 'Try again; it needs every round of the model’s task, from chain and IPFS.',
    retryable: true,
  },
  WEB_NO_ROOM: {
    kind: 'refused',
    meaning: 'The browser has not enough room for the opened model.',
    action: 'Make room, or choose a browser that saves to where you choose, or use `covey pull`.',
  },
  WEB_SIGNATURE_DIFFERS: {
    kind: 'refused',
    meaning: 'The wallet signs differently each time, so that the keys of what you buy could not be found again.',
    action: 'Nothing was paid. Buy with an account whose wallet holds one whole key.',
  },
  WEB_REPLAY: {
    kind: 'fault',
    meaning: 'Past rounds could not be settled again under the proposed numbers.',
    action: 'Try again; it needs the rounds’ files.',
    retryable: true,
  },
});

export type WebErrorCode = keyof typeof webErrors.rows;

export const { error: webError, is: isWebError } = webErrors;

/** Whatever was thrown, as an error that a page can show. */
export function webErrorOf(error: unknown): CoveyError {
  if (isCoveyError(error)) return error;
  return webError('WEB_NETWORK', error instanceof Error ? error.message : String(error), { cause: error });
}
