/** Stable codes of everything that this package can refuse. */
export type GovernanceErrorCode =
  | 'GOV_ANVIL_START'
  | 'GOV_TX_REVERTED'
  | 'GOV_EVENT_MISSING'
  | 'GOV_CALL_REVERTED'
  | 'GOV_UNKNOWN_PROPOSAL'
  | 'GOV_PROPOSAL_FORBIDDEN'
  | 'GOV_VOTE_FORBIDDEN'
  | 'GOV_EXECUTION_FORBIDDEN'
  | 'GOV_NO_VOTING_POWER'
  | 'GOV_DATE_OUT_OF_BOUNDS'
  | 'GOV_INVALID_ARGUMENT'
  | 'GOV_UNKNOWN_PARAM'
  | 'GOV_UNKNOWN_FORM'
  | 'GOV_PERMISSIONS'
  | 'GOV_ENVELOPE_MALFORMED'
  | 'GOV_ENVELOPE_TYPE'
  | 'GOV_ENVELOPE_DOMAIN'
  | 'GOV_ENVELOPE_SIGNER'
  | 'GOV_ENVELOPE_SIGNATURE'
  | 'GOV_CHOICE_INVALID'
  | 'GOV_GAS_LIMIT'
  | 'GOV_PLUGIN_MISSING'
  | 'GOV_NOT_BINDABLE'
  | 'GOV_HUB_UNREACHABLE'
  | 'GOV_HUB_ANSWER'
  | 'GOV_CONTENT_MISMATCH'
  | 'GOV_SIMULATION_FAILED'
  | 'GOV_SIMULATION_TIMEOUT'
  | 'GOV_SIMULATION_TOO_LARGE'
  | 'GOV_SIMULATION_UNSUPPORTED';

interface GovernanceErrorDetails {
  expected?: unknown;
  got?: unknown;
  hint?: string;
  cause?: unknown;
}

const show = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? v.toString() : v));

/** One class for the whole package: `code` is what programs switch on, the message is for people. */
export class GovernanceError extends Error {
  readonly code: GovernanceErrorCode;
  readonly expected?: unknown;
  readonly got?: unknown;
  readonly hint?: string;

  constructor(code: GovernanceErrorCode, message: string, details: GovernanceErrorDetails = {}) {
    const parts = [message];
    if ('expected' in details) parts.push(`Expected: ${show(details.expected)}.`);
    if ('got' in details) parts.push(`Got: ${show(details.got)}.`);
    if (details.hint) parts.push(details.hint);
    super(parts.join(' '), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GovernanceError';
    this.code = code;
    this.expected = details.expected;
    this.got = details.got;
    this.hint = details.hint;
  }
}
