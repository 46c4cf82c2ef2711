// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

// Ids of the permissions that the DAO grants. "where" is the contract named, "who" the holder in brackets.

/// @dev CoveyToken (Emission).
bytes32 constant MINT_PERMISSION = keccak256("MINT_PERMISSION");
/// @dev CoveyToken (DAO).
bytes32 constant SET_CUSTODIAN_PERMISSION = keccak256("SET_CUSTODIAN_PERMISSION");
/// @dev Policy (DAO).
bytes32 constant SET_POLICY_PERMISSION = keccak256("SET_POLICY_PERMISSION");
/// @dev Policy (DAO).
bytes32 constant SET_SCORER_PERMISSION = keccak256("SET_SCORER_PERMISSION");
/// @dev StakeManager (SlashCourt, AnswerCases).
bytes32 constant SLASH_PERMISSION = keccak256("SLASH_PERMISSION");
/// @dev StakeManager (RoundManager, HostRegistry).
bytes32 constant BIND_PERMISSION = keccak256("BIND_PERMISSION");
/// @dev StakeManager (SlashCourt, HostRegistry).
bytes32 constant UNBIND_PERMISSION = keccak256("UNBIND_PERMISSION");
/// @dev TaskManager (DAO).
bytes32 constant APPROVE_TASK_PERMISSION = keccak256("APPROVE_TASK_PERMISSION");
/// @dev TaskManager (RoundManager).
bytes32 constant ROUND_PERMISSION = keccak256("ROUND_PERMISSION");
/// @dev TaskManager (RewardDistributor).
bytes32 constant PAY_OUT_PERMISSION = keccak256("PAY_OUT_PERMISSION");
/// @dev TaskManager (Submissions).
bytes32 constant PAY_FORFEIT_PERMISSION = keccak256("PAY_FORFEIT_PERMISSION");
/// @dev TaskManager (RewardDistributor, Emission).
bytes32 constant RETURN_BUDGET_PERMISSION = keccak256("RETURN_BUDGET_PERMISSION");
/// @dev RoundManager (Results).
bytes32 constant ROUND_STEP_PERMISSION = keccak256("ROUND_STEP_PERMISSION");
/// @dev Results (DAO).
bytes32 constant RULE_ROUND_PERMISSION = keccak256("RULE_ROUND_PERMISSION");
/// @dev SlashCourt (DAO).
bytes32 constant OVERTURN_PERMISSION = keccak256("OVERTURN_PERMISSION");
/// @dev HostRegistry (AnswerCases, InferenceDesk).
bytes32 constant HOLD_HOST_PERMISSION = keccak256("HOLD_HOST_PERMISSION");
/// @dev AnswerCases (InferenceDesk).
bytes32 constant CONVICT_HOST_PERMISSION = keccak256("CONVICT_HOST_PERMISSION");
/// @dev AnswerCases, InferenceDesk (DAO).
bytes32 constant RULE_ANSWER_PERMISSION = keccak256("RULE_ANSWER_PERMISSION");
/// @dev ModelMarket (DAO).
bytes32 constant SET_PAYMENT_TOKEN_PERMISSION = keccak256("SET_PAYMENT_TOKEN_PERMISSION");
/// @dev StakeManager, VoteEscrow, TaskManager, ModelMarket, KeyEscrow, InferenceChannels, InferenceDesk
/// (DAO).
bytes32 constant PAUSE_DEPOSITS_PERMISSION = keccak256("PAUSE_DEPOSITS_PERMISSION");
/// @dev DAO (TokenVoting, SnapshotVoting). Aragon's.
bytes32 constant EXECUTE_PERMISSION = keccak256("EXECUTE_PERMISSION");
/// @dev SnapshotVoting (DAO). Aragon's plugins use the same id.
bytes32 constant UPDATE_VOTING_SETTINGS_PERMISSION = keccak256("UPDATE_VOTING_SETTINGS_PERMISSION");
/// @dev SnapshotVoting (DAO).
bytes32 constant VETO_PERMISSION = keccak256("VETO_PERMISSION");
