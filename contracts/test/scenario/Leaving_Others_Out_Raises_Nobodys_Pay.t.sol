// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {ResultSummary, Role} from "../../src/types/Types.sol";
import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev What an excluded, silent or absent participant would have earned is carried, never shared among the others.
contract LeavingOthersOutRaisesNobodysPayTest is PaidRoundTest {
    /// @dev Whose submissions earn nothing.
    uint256 private excluded;

    function test_AnAbsentValidatorsPayIsCarried() public {
        _roundWith(_list(1000, 2000, 3000));
        _scorable();
        uint256 state = vm.snapshotState();
        _paid(_summary());
        uint256[7] memory all = _pays();
        vm.revertToState(state);
        ResultSummary memory truth = _summary();
        for (uint256 v = 1; v < 4; ++v) {
            _commitResult(v, truth);
        }
        _toResultReveal();
        for (uint256 v = 1; v < 4; ++v) {
            _revealResult(v, truth);
        }
        _toAcceptance();
        _finalized(truth);
        _claimed(truth);
        uint256[7] memory without = _pays();
        for (uint256 i; i < 7; ++i) {
            assertEq(without[i], i == 3 ? 0 : all[i]);
        }
    }

    function test_ATrainerThatIsLeftOutRaisesNoValidatorsPayAndNoBetterTrainers() public {
        _roundWith(_list(1000, 2000, 3000));
        _scorable();
        uint256 state = vm.snapshotState();
        _paid(_summary());
        uint256[7] memory all = _pays();
        vm.revertToState(state);
        // The last in the order, which has half of the seats.
        excluded = 1;
        _paid(_summary());
        uint256[7] memory without = _pays();
        for (uint256 i; i < 7; ++i) {
            assertEq(without[i], i == 2 ? 0 : all[i]);
        }
    }

    function test_SeatsThatNobodyDrewOrUsedAreCarried() public {
        // The third trainer has half of the seats and does nothing with them.
        _roundWith(_list(1000, 2000, 3000));
        _draw(Role.Trainer);
        _commit(0);
        _commit(1);
        _toReveal();
        _reveal(0);
        _reveal(1);
        _draw(Role.Validator);
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
        _paid(_summary());
        uint256 part = distributor.rewards(taskId, round).trainersPart;
        uint256 weights = 1e18 + 0.9e18 + 0.81e18 + 0.729e18 + 0.6561e18 + 0.59049e18;
        assertEq(_payOf(trainers[0]), part * 1e18 / weights);
        assertEq(_payOf(trainers[1]), part * (0.9e18 + 0.81e18) / weights);
    }

    function _leaves() internal view override returns (TrainerLeaf[] memory leaves) {
        leaves = super._leaves();
        uint256 count = leaves.length - excluded;
        assembly ("memory-safe") {
            mstore(leaves, count)
        }
    }

    /// @dev Of three trainers, then of four validators.
    function _pays() private view returns (uint256[7] memory pays) {
        for (uint256 i; i < 7; ++i) {
            pays[i] = _payOf(i < 3 ? trainers[i] : validators[i - 3]);
        }
    }
}
