// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev In version 1 copies of the best model took the ranks of rivals: 52 % to 99 % of the pool. Ranks are by seats now.
contract CopiesTakeNobodysRankTest is PaidRoundTest {
    function test_ANodeThatSplitsIntoCopiesTakesNoRankOfARivalAndGainsNothing() public {
        uint256 clean = vm.snapshotState();
        uint256[] memory stakes = new uint256[](2);
        (stakes[0], stakes[1]) = (4000, 4000);
        _roundWith(stakes);
        _scorable();
        _paid(_summary());
        (uint256 one, uint256 rival) = (_payOf(trainers[0]), _payOf(trainers[1]));
        assertGt(one, rival);
        vm.revertToState(clean);

        // Four identities that commit the best model, each a little different, before the rival's.
        stakes = new uint256[](5);
        for (uint256 i; i < 4; ++i) {
            stakes[i] = 1000;
        }
        stakes[4] = 4000;
        _roundWith(stakes);
        _scorable();
        _paid(_summary());
        uint256 copies;
        for (uint256 i; i < 4; ++i) {
            copies += _payOf(trainers[i]);
        }
        assertEq(_payOf(trainers[4]), rival);
        assertLe(copies, one);
        assertApproxEqAbs(copies, one, 4);
    }
}
