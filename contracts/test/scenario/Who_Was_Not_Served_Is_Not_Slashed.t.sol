// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Accusation, ISlashCourt, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev In version 1 who served two thirds of the validators got the rest of them slashed.
contract WhoWasNotServedIsNotSlashedTest is PaidRoundTest {
    function test_WhereASubmissionReachesTwoThirdsTheOthersMayAbstainUnslashed() public {
        _roundWith(_list(1000, 2000, 3000));
        _allRevealed();
        // 18 of 26 seats get all; the last validator lacks submission 1.
        for (uint256 v; v < 4; ++v) {
            _commitAttestation(v, false, v == 3 ? 2 : 0);
        }
        _toAttestReveal();
        for (uint256 v; v < 4; ++v) {
            _revealAttestation(v, false, v == 3 ? 2 : 0);
        }
        _toKey();
        _keyPublished();
        _toResultCommit();
        assertEq(attestations.countedBitmap(taskId, round)[0], 7);
        ResultSummary memory truth = _summary();
        for (uint256 v; v < 3; ++v) {
            _commitResult(v, truth);
        }
        _toResultReveal();
        for (uint256 v; v < 3; ++v) {
            _revealResult(v, truth);
        }
        _toAcceptance();
        _finalized(truth);
        _claimed(truth);
        assertEq(_payOf(validators[3]), 0);
        for (uint256 reason; reason <= uint256(type(Reason).max); ++reason) {
            // Whatever bitmap the accuser brings.
            for (uint256 missing; missing < 8; ++missing) {
                _expectNotProven(validators[3], Reason(reason), missing);
            }
            // Nor is who was served by some but not by all.
            _expectNotProven(trainers[1], Reason(reason), 0);
        }
        assertEq(stakeManager.openCases(validators[3]), 0);
    }

    function _expectNotProven(address target, Reason reason, uint256 missing) private {
        Accusation memory a;
        (a.taskId, a.round, a.target, a.reason) = (taskId, round, target, reason);
        (a.evidence, a.missing) = (Cid(0x0129, keccak256("evidence")), _missing(missing));
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NotProven.selector, taskId, round, target, reason));
        court.open(a);
    }
}
