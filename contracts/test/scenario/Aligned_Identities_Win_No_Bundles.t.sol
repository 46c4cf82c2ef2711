// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";
import {Seats} from "../../src/round/Seats.sol";

/// @dev An owner of a quarter of the stake splits it over sixty identities that stand one step apart.
contract Aligned_Identities_Win_No_Bundles is Test {
    uint256 private constant SEATS = 60;
    uint256 private constant TOTAL = SEATS * 4e18;

    /// @dev Version 1's rule: one random start o for all points (j·S + o)/k.
    function _fromOneStart(uint256 end, uint256 length, uint256 offset) private pure returns (uint256) {
        return _below(end, offset) - _below(end - length, offset);
    }

    function _below(uint256 x, uint256 offset) private pure returns (uint256) {
        uint256 scaled = x * SEATS;
        return scaled <= offset ? 0 : Math.ceilDiv(scaled - offset, TOTAL);
    }

    function test_WithOneStartTheyWonAllSeatsInAQuarterOfTheDraws() public pure {
        uint256 all;
        for (uint256 n; n < 1000; ++n) {
            uint256 offset = uint256(keccak256(abi.encode(n))) % TOTAL;
            uint256 won;
            for (uint256 i; i < SEATS; ++i) {
                won += _fromOneStart((4 * i + 1) * 1e18, 1e18, offset);
            }
            assertTrue(won == 0 || won == SEATS);
            if (won == SEATS) ++all;
        }
        assertApproxEqAbs(all, 250, 60);
    }

    function test_WithAPointOfItsOwnForEachSeatTheyWinWhatTheirStakeSays() public pure {
        uint256 most;
        uint256 sum;
        for (uint256 n; n < 1000; ++n) {
            bytes32 seed = keccak256(abi.encode(n));
            uint256 won;
            for (uint256 i; i < SEATS; ++i) {
                won += Seats.inInterval((4 * i + 1) * 1e18, 1e18, TOTAL, SEATS, Seats.VALIDATORS, seed);
            }
            sum += won;
            if (won > most) most = won;
        }
        // Binomial(60, 1/4): mean 15, standard deviation 3.35. A third of the seats needs 1.5 deviations, two thirds
        // seven and a half.
        assertApproxEqAbs(sum, 15_000, 500);
        assertLt(most, 40);
    }
}
