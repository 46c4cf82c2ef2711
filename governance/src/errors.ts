import { defineErrors } from '@covey/errors';

/** Everything that this package can refuse. */
export const governanceErrors = defineErrors({
  GOV_ANVIL_START: {
    kind: 'fault',
    meaning: 'The local chain of the tests did not start.',
    action: 'Look at its output; is its port free?',
  },
  GOV_EVENT_MISSING: {
    kind: 'mismatch',
    meaning: 'A transaction did not emit the event that it must.',
    action: 'Is the address the contract it should be?',
  },
  GOV_UNKNOWN_PROPOSAL: {
    kind: 'input',
    meaning: 'There is no proposal of this number or id.',
    action: 'List the proposals: `listProposals`, or `covey proposal list` in the CLI.',
    status: 404,
  },
  GOV_PROPOSAL_FORBIDDEN: {
    kind: 'refused',
    meaning: 'This account may not propose.',
    action: 'Hold or be delegated the voting power that a proposal needs, a block before.',
  },
  GOV_VOTE_FORBIDDEN: {
    kind: 'refused',
    meaning: 'This account may not vote on this proposal, or not any more.',
    action: 'Voting power counts from the block before the proposal; look at its dates.',
  },
  GOV_EXECUTION_FORBIDDEN: {
    kind: 'refused',
    meaning: 'The proposal cannot be executed now.',
    action: 'It must have passed and its vote must have ended.',
  },
  GOV_NO_VOTING_POWER: {
    kind: 'refused',
    meaning: 'No voting power existed at the proposal’s block.',
    action: 'Delegate or stake tokens before the next proposal.',
  },
  GOV_DATE_OUT_OF_BOUNDS: {
    kind: 'refused',
    meaning: 'A date of the proposal is outside of the plugin’s bounds.',
    action: 'Choose dates that the voting settings allow.',
  },
  GOV_INVALID_ARGUMENT: {
    kind: 'input',
    meaning: 'A value is outside of what a function accepts.',
    action: 'Give a value inside the bounds that the message names.',
  },
  GOV_UNKNOWN_PARAM: {
    kind: 'input',
    meaning: 'No governed number has this name.',
    action: 'List them: `governanceForms`, or `covey proposal forms` in the CLI.',
  },
  GOV_UNKNOWN_FORM: {
    kind: 'input',
    meaning: 'No form of a call has this name.',
    action: 'List them: `governanceForms`, or `covey proposal forms` in the CLI.',
  },
  GOV_PERMISSIONS: {
    kind: 'mismatch',
    meaning: 'The live permissions are not those of the design.',
    action: 'Do not use this deployment before the difference is explained.',
  },
  GOV_ENVELOPE_MALFORMED: {
    kind: 'input',
    meaning: 'A signed message does not have the envelope’s shape.',
    action: 'Sign it with Snapshot’s client or with Covey.',
  },
  GOV_ENVELOPE_TYPE: {
    kind: 'input',
    meaning: 'The types of a signed message are none that a hub takes.',
    action: 'Sign it with Snapshot’s client or with Covey.',
  },
  GOV_ENVELOPE_DOMAIN: {
    kind: 'input',
    meaning: 'The domain of a signed message is not Snapshot’s.',
    action: 'Sign it with Snapshot’s client or with Covey.',
  },
  GOV_ENVELOPE_SIGNER: {
    kind: 'input',
    meaning: 'The message names another author than its envelope.',
    action: 'Sign with the account that the message names.',
  },
  GOV_ENVELOPE_SIGNATURE: {
    kind: 'input',
    meaning: 'The signature is not the author’s.',
    action: 'Sign it again with the author’s account.',
  },
  GOV_CHOICE_INVALID: {
    kind: 'input',
    meaning: 'A choice does not fit the type of the vote.',
    action: 'Choose as the type of the vote asks.',
  },
  GOV_PLUGIN_MISSING: {
    kind: 'input',
    meaning: 'The DAO has not installed the plugin that this needs.',
    action: 'Install it by a proposal first.',
  },
  GOV_NOT_BINDABLE: {
    kind: 'input',
    meaning: 'This Snapshot proposal cannot bind the DAO.',
    action: 'Only those bind whose plugins field commits to the calls.',
  },
  GOV_HUB_UNREACHABLE: {
    kind: 'unreachable',
    meaning: 'The Snapshot hub does not answer.',
    action: 'Try again, or name another hub.',
  },
  GOV_HUB_ANSWER: {
    kind: 'unreachable',
    meaning: 'The Snapshot hub gave an answer that cannot be used.',
    action: 'Name another hub: what it says is checked and did not hold.',
  },
  GOV_CONTENT_MISMATCH: {
    kind: 'mismatch',
    meaning: 'A message is not what its content identifier names.',
    action: 'Ask another source: this one is broken or lies.',
    retryable: true,
  },
  GOV_SIMULATION_FAILED: {
    kind: 'fault',
    meaning: 'The node could not simulate the execution.',
    action: 'Read the message; another endpoint may be able to.',
  },
  GOV_SIMULATION_TIMEOUT: {
    kind: 'unreachable',
    meaning: 'The simulation did not end in time.',
    action: 'Try again, or an endpoint with more room.',
  },
  GOV_SIMULATION_TOO_LARGE: {
    kind: 'fault',
    meaning: 'The simulation’s answer is larger than is read.',
    action: 'Simulate fewer calls at a time.',
  },
  GOV_SIMULATION_UNSUPPORTED: {
    kind: 'fault',
    meaning: 'The endpoint cannot simulate (no eth_simulateV1).',
    action: 'Use an endpoint of geth, anvil or another that offers it.',
  },
});

export const { error: governanceError, is: isGovernanceError } = governanceErrors;

export type GovernanceErrorCode = keyof typeof governanceErrors.rows;
