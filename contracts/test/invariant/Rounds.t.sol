// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundBooks} from "./RoundBooks.sol";

/// @dev Whatever participants, strangers and the DAO do over many rounds and tasks.
contract RoundsInvariant is RoundBooks {
    function setUp() public override {
        super.setUp();
        _populate();
        bytes4[] memory calls = new bytes4[](16);
        // Most calls play the round on.
        (calls[0], calls[1], calls[2]) = (this.play.selector, this.play.selector, this.play.selector);
        (calls[3], calls[4], calls[5]) = (this.play.selector, this.play.selector, this.settle.selector);
        (calls[6], calls[7], calls[8]) = (this.prosecute.selector, this.endCase.selector, this.fund.selector);
        (calls[9], calls[10], calls[11]) = (this.stop.selector, this.tryToVoid.selector, this.interfere.selector);
        (calls[12], calls[13], calls[14]) = (this.play.selector, this.play.selector, this.settle.selector);
        calls[15] = this.decide.selector;
        targetSelector(FuzzSelector(address(this), calls));
        targetContract(address(this));
    }

    /// @dev They hold or break for good (balances do not mend themselves), so looking after every fourth call, and after the
    /// last, loses nothing but time.
    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 100
    /// forge-config: default.invariant.check-interval = 4
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_RoundsKeepTheirPromises() public view {
        assertEq(violation, "");
        checkSeats();
        checkFunds();
        checkSupply();
        checkStakeIsBoundOnce();
    }

    function afterInvariant() public {
        _everythingEnds();
        assertEq(violation, "");
    }

    /// @dev The campaign is not hollow: a fixed walk of the same actions reaches every end.
    function test_AWalkReachesEveryEnd() public {
        vm.pauseGasMetering();
        for (uint256 i; i < 1500; ++i) {
            uint256 random = uint256(keccak256(abi.encode(i)));
            // From outside, so that each step's memory is given back.
            if (random % 8 < 6) this.play(random);
            else if (random % 16 == 6) this.settle(random);
            else if (random % 16 == 14) this.prosecute(random);
            else if (random % 16 == 7) this.endCase(random);
            else if (random % 64 == 15) this.decide(random >> 8, random >> 16);
            else this.fund(random, random >> 8);
        }
        emit log_named_uint("paid rounds", roundsPaid);
        emit log_named_uint("void rounds", roundsVoid);
        emit log_named_uint("repeats", repeats);
        emit log_named_uint("rulings", rulings);
        emit log_named_uint("claims", claimsPaid);
        emit log_named_uint("cases", court.caseCount());
        emit log_named_uint("tasks", taskManager.taskCount());
        emit log_named_uint("slashes", slashed);
        emit log_named_uint("overturned", overturned);
        emit log_named_uint("rounds that emitted", roundsEmitted);
        assertGt(roundsPaid, 10);
        assertGt(roundsVoid, 5);
        assertGt(repeats, 2);
        assertGt(rulings, 2);
        assertGt(claimsPaid, 20);
        assertGt(court.caseCount(), 10);
        assertGt(taskManager.taskCount(), 5);
        assertGt(slashed, 5);
        assertGt(overturned, 0);
        assertGt(roundsEmitted, 3);
        invariant_RoundsKeepTheirPromises();
        afterInvariant();
    }
}
