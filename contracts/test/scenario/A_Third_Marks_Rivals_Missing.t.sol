// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ResultSummary} from "../../src/types/Types.sol";
import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev In version 1 a third of the seats that marked rivals missing took three honest trainers their pay, and brought validators
/// 99.7 % of the pool.
contract AThirdMarksRivalsMissingTest is PaidRoundTest {
    function test_AThirdOfTheSeatsThatMarksRivalsMissingChangesNothing() public {
        _roundWith(_list(1000, 2000, 3000));
        _allRevealed();
        uint256 state = vm.snapshotState();
        _attested(0);
        _paid(_summary());
        uint256[4] memory honest = _pays();

        vm.revertToState(state);
        // 8 of 26 seats, more than 30 %, say that nobody else's submission was there.
        _attested(6);
        assertEq(attestations.countedBitmap(taskId, round)[0], 7, "all count");
        _paid(_summary());
        uint256[4] memory attacked = _pays();
        for (uint256 i; i < 4; ++i) {
            assertEq(attacked[i], honest[i]);
        }
    }

    function test_WhoMarksThemMissingAndStaysAwayOnlyLosesItsOwnPay() public {
        _roundWith(_list(1000, 2000, 3000));
        _allRevealed();
        uint256 state = vm.snapshotState();
        _attested(0);
        _paid(_summary());
        uint256[4] memory honest = _pays();
        uint256 liar = _payOf(validators[3]);

        vm.revertToState(state);
        _attested(6);
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
        uint256[4] memory attacked = _pays();
        for (uint256 i; i < 3; ++i) {
            assertEq(attacked[i], honest[i]);
        }
        assertEq(attacked[3], honest[3] - liar);
    }

    /// @param missing What the last validator says to be missing.
    function _attested(uint256 missing) private {
        for (uint256 v; v < 4; ++v) {
            _commitAttestation(v, false, v == 3 ? missing : 0);
        }
        _toAttestReveal();
        for (uint256 v; v < 4; ++v) {
            _revealAttestation(v, false, v == 3 ? missing : 0);
        }
        _toKey();
        _keyPublished();
        _toResultCommit();
    }

    /// @dev Of each trainer, and of all validators.
    function _pays() private view returns (uint256[4] memory pays) {
        for (uint256 i; i < 3; ++i) {
            pays[i] = _payOf(trainers[i]);
            assertGt(pays[i], 0);
        }
        pays[3] = _payOfValidators();
    }
}
