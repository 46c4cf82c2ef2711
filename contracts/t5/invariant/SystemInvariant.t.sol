// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {SystemBooks} from "./SystemBooks.sol";

/// @dev The whole system under random use by everybody: tasks with long and short rounds, delegations, slashes, emission,
/// escrow, votes and the DAO.
contract SystemInvariant is SystemBooks {
    bytes4[] private selectors;

    function setUp() public override {
        super.setUp();
        _populate();
        selectors = new bytes4[](16);
        selectors[0] = this.playShortRound.selector;
        selectors[1] = this.playShortRoundAgain.selector;
        selectors[2] = this.playLongRound.selector;
        selectors[3] = this.settleRound.selector;
        selectors[4] = this.fundOrEndTask.selector;
        selectors[5] = this.stakeOrDelegate.selector;
        selectors[6] = this.unstake.selector;
        selectors[7] = this.collectAndClaim.selector;
        selectors[8] = this.report.selector;
        selectors[9] = this.endCase.selector;
        selectors[10] = this.lockOrUnlock.selector;
        selectors[11] = this.moveTokensAndVotes.selector;
        selectors[12] = this.emitDaily.selector;
        selectors[13] = this.decide.selector;
        selectors[14] = this.passTime.selector;
        selectors[15] = this.usurp.selector;
        targetSelector(FuzzSelector(address(this), selectors));
        targetContract(address(this));
    }

    /// @dev One campaign for all of them. They hold or break for good (balances do not mend themselves), so looking after
    /// every eighth call, and after the last, loses nothing but time.
    /// forge-config: default.invariant.check-interval = 8
    function invariant_TheBooksOfTheWholeSystemBalance() public view {
        assertEq(violation, "");
        checkSupply();
        checkStakeIsBackedToTheWei();
        checkVotesAreWhatOwnersHold();
        checkTasksHoldWhatTheyOwe();
        checkClaimsNeverPassTheirPools();
        checkSlashesStayInsideTheirCases();
    }

    /// @dev The campaign is not hollow: a walk of the same actions reaches all that the books are about.
    function test_ARandomWalkReachesEveryKindOfEvent() public {
        for (uint256 i; i < 1000; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            (bool done,) = address(this).call(abi.encodePacked(selectors[seed % 16], _next(seed), _next(seed + 1)));
            assertTrue(done, "no action reverts");
        }
        uint256 uncollectedOnce;
        for (uint256 id = 1; id <= court.caseCount(); ++id) {
            if (court.slashCase(id).taken != 0) ++uncollectedOnce;
        }
        emit log_named_uint("paid rounds", roundsPaid);
        emit log_named_uint("void rounds", roundsVoid);
        emit log_named_uint("claims", claimsPaid);
        emit log_named_uint("cases", court.caseCount());
        emit log_named_uint("executed with effect", uncollectedOnce);
        emit log_named_uint("mints", emission.mints());
        emit log_named_uint("locks", escrow.lockCount());
        emit log_named_uint("rewards held", stakeManager.rewardsHeld());
        assertGt(roundsPaid, 5);
        assertGt(roundsVoid, 5);
        assertGt(claimsPaid, 10);
        assertGt(court.caseCount(), 5);
        assertGt(uncollectedOnce, 2);
        assertGt(emission.mints(), 2);
        assertGt(escrow.lockCount(), 5);
        assertGt(stakeManager.rewardsHeld(), 0);
        invariant_TheBooksOfTheWholeSystemBalance();
        afterInvariant();
    }

    /// @dev Whatever happened, calls that anyone may make (and owners asking for their own) bring everything to its end.
    function afterInvariant() public {
        _everybodyLeaves();
        assertEq(violation, "");
        checkSupply();
        checkNothingIsLocked();
    }
}
