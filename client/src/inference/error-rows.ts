import type { ErrorRow } from '@covey/errors';

/** What asking a host can end with: rows of the package's table of errors. */
export const inferenceErrors = {
  HOST_UNREACHABLE: {
    kind: 'unreachable',
    meaning: 'A host does not answer, or broke off.',
    action: 'Ask another host; what it was paid for this answer is all that can be lost.',
  },
  HOST_REFUSED: {
    kind: 'refused',
    meaning: 'A host refused a request; its code says why.',
    action: 'Change what the message names, or ask another host.',
  },
  HOST_ANSWER_INVALID: {
    kind: 'mismatch',
    meaning: 'A host’s answer is not what was asked, or not signed by the host: it proves nothing.',
    action: 'Ask another host.',
  },
  HOST_WRONG_ANSWER: {
    kind: 'mismatch',
    meaning: 'A host signed an answer that its model does not give.',
    action: 'Open a case with `covey audit --open`: the evidence is there.',
  },
  HOST_OVERCHARGES: {
    kind: 'mismatch',
    meaning: 'A host demands more than its price, or says that more is due than was signed.',
    action: 'Ask another host, and close the channel: it can take no more than what was signed.',
  },
  HOST_TOO_DEAR: {
    kind: 'refused',
    meaning: 'An answer costs more than the caller allows.',
    action: 'Allow more, ask for less, or ask a cheaper host.',
  },
  CHANNEL_EMPTY: {
    kind: 'refused',
    meaning: 'A channel holds less than the next answer costs.',
    action: 'Top it up with `covey channel open`, or ask for less.',
  },
  REQUEST_UNKNOWN: {
    kind: 'refused',
    meaning: 'Nobody asked the desk this.',
    action: 'See `covey desk list` for what was asked.',
  },
  REQUEST_UNREADABLE: {
    kind: 'mismatch',
    meaning: 'What was asked at the desk is no request document, or is about another model than its order.',
    action:
      'Ask anew with a `covey.request/1`, as `covey desk ask` writes it; the fee goes back when the time is over.',
  },
  REQUEST_PENDING: {
    kind: 'refused',
    meaning: 'A request at the desk is over already, or waits for an answer, a dispute or a ruling.',
    action: 'Come back when its window is over: `covey desk show` says when.',
  },
  ANSWER_TOO_LONG: {
    kind: 'refused',
    meaning: 'An answer has more bytes than the desk takes.',
    action: 'Ask for fewer tokens or rows.',
  },
  ANSWER_HOLDS: {
    kind: 'refused',
    meaning: 'An answer is the one that its model gives: there is nothing to dispute.',
    action: 'Nothing to do: whoever disputes it loses the bond.',
  },
  HOST_NONE: {
    kind: 'unreachable',
    meaning: 'No host that serves the model gave an answer that holds.',
    action: 'Try again later; `covey host list` shows who serves what.',
  },
  MODEL_AMBIGUOUS: {
    kind: 'input',
    meaning: 'Hosts mean different models by one name: anybody may call anything so.',
    action:
      'Name the model by the CID of its weights, or one host with `--host`; `covey host list --model` shows them.',
  },
  SCORER_OTHER: {
    kind: 'mismatch',
    meaning: 'An answer comes from another core than the one at hand, so that its bits say nothing.',
    action: 'Replay it with the core that it names.',
  },
} as const satisfies Record<string, ErrorRow>;
