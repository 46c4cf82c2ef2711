// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {CODEC_DAG_JSON} from "../types/Codecs.sol";
import {Cid, TaskTerms, Windows} from "../types/Types.sol";

/// @title What the terms of a task may be
library TaskTermsCheck {
    /// @notice Reverts unless a task can have these terms by the policy in force.
    function check(IPolicy policy, uint16 maxRounds, Cid calldata document, TaskTerms calldata terms) internal view {
        if (document.codec != CODEC_DAG_JSON || document.digest == bytes32(0)) {
            revert ITaskManager.InvalidTerms("document");
        }
        if (terms.rounds == 0 || terms.rounds > maxRounds) revert ITaskManager.InvalidTerms("rounds");
        if (terms.keyCommitments.length != uint256(terms.rounds) + 1) {
            revert ITaskManager.InvalidTerms("keyCommitments");
        }
        for (uint256 i; i < terms.keyCommitments.length; ++i) {
            if (terms.keyCommitments[i] == bytes32(0)) revert ITaskManager.InvalidTerms("keyCommitments");
        }
        // A minimum that no stake reaches makes a task in which nobody can take part: the token's cap has 90 bits.
        if (terms.minTrainerStake > type(uint96).max) revert ITaskManager.InvalidTerms("minTrainerStake");
        if (terms.minValidatorStake > type(uint96).max) revert ITaskManager.InvalidTerms("minValidatorStake");

        Param[] memory params = new Param[](4);
        (params[0], params[1], params[2], params[3]) =
        (Param.MinTrainerStake, Param.MinValidatorStake, Param.MinWindow, Param.MaxWindow);
        uint256[] memory values = policy.read(params, policy.version());
        if (terms.minTrainerStake < values[0]) {
            revert ITaskManager.StakeMinimumTooLow(terms.minTrainerStake, values[0]);
        }
        if (terms.minValidatorStake < values[1]) {
            revert ITaskManager.StakeMinimumTooLow(terms.minValidatorStake, values[1]);
        }
        Windows calldata w = terms.windows;
        uint32[8] memory windows =
            [w.join, w.commit, w.reveal, w.attest, w.attestReveal, w.key, w.resultCommit, w.resultReveal];
        for (uint256 i; i < windows.length; ++i) {
            if (windows[i] < values[2] || windows[i] > values[3]) {
                revert ITaskManager.WindowOutOfBounds(windows[i], values[2], values[3]);
            }
        }
    }
}
