// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {Ranking} from "../../src/types/Types.sol";
import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev In version 1 one junk update, or a crowd of junk identities, sent the whole pool to validators.
contract JunkUpdatesSendNothingToValidatorsTest is PaidRoundTest {
    /// @dev So many of the first submissions gave something.
    uint256 private useful;

    function test_WhateverPartOfTheUpdatesIsJunkValidatorsGetTheSame() public {
        _roundWith(_list(1000, 2000, 3000));
        _scorable();
        uint256 state = vm.snapshotState();
        uint256[4] memory validatorsGot;
        uint256[4] memory trainersGot;
        for (uint256 count; count <= 3; ++count) {
            useful = count;
            _paid(_summary());
            validatorsGot[count] = _payOfValidators();
            for (uint256 i; i < 3; ++i) {
                trainersGot[count] += _payOf(trainers[i]);
            }
            vm.revertToState(state);
        }
        for (uint256 count; count < 3; ++count) {
            assertEq(validatorsGot[count], validatorsGot[3]);
        }
        assertEq(trainersGot[0], 0, "nothing was given, and nothing paid");
        // One sixth of the seats gets at most three sixths of the trainers' part, and all of them all of it.
        uint256 part = (POOL - POOL / 100) * 6 / 10;
        assertEq(trainersGot[1], part / 2);
        assertApproxEqAbs(trainersGot[3], part, 3);
    }

    function _ranking() internal pure override returns (Ranking) {
        return Ranking.Contribution;
    }

    function _leaves() internal view override returns (TrainerLeaf[] memory leaves) {
        leaves = super._leaves();
        uint256 count = useful;
        assembly ("memory-safe") {
            mstore(leaves, count)
        }
    }
}
