// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {ResultSummary, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev A thousand training nodes in a round whose policy allows 1024.
contract ThousandSubmissionsTest is RoundTest {
    uint256 private constant COUNT = 1000;

    function setUp() public override {
        super.setUp();
        _setPolicy(Param.MaxTrainers, 1024);
        taskId = _approvedTask(2, 1_000_000e18);
        _staked(0, 4);
        for (uint256 i; i < COUNT; ++i) {
            trainers.push(address(uint160(0x10000 + i)));
            _stake(trainers[i], 1000e18);
        }
        _openRound();
        _allRevealed();
        assertEq(_info().submissions, COUNT);
    }

    function test_AnAttestationOfAThousandSubmissionsIsFourWordsAndPaysForNoMore() public {
        _keyPublished();
        _toAvailability();
        uint256[] memory words = new uint256[](4);
        (words[0], words[1], words[2]) = (type(uint256).max, type(uint256).max, type(uint256).max);
        words[3] = (1 << 232) - 1;
        vm.prank(validators[0]);
        roundManager.attest(taskId, round, words);
        // Beside four words of call data and log nothing depends on how many there are.
        assertLt(vm.lastCallGas().gasTotalUsed, 55_000);
        // The others lack number 999, the first of the last word, and one lacks number 0 too.
        words[3] ^= 1 << (999 - 768);
        vm.prank(validators[1]);
        roundManager.attest(taskId, round, words);
        words[0] ^= 1;
        vm.prank(validators[2]);
        roundManager.attest(taskId, round, words);
        words[0] ^= 1;
        vm.prank(validators[3]);
        roundManager.attest(taskId, round, words);
        _toResultCommit();
        uint256[] memory counted = roundManager.countedBitmap(taskId, round);
        assertEq(counted.length, 4);
        assertEq(counted[0], type(uint256).max);
        assertEq(counted[3], ((1 << 232) - 1) ^ (1 << 231));
        assertEq(
            roundManager.missingSeats(taskId, round, 0), roundManager.validator(taskId, round, validators[2]).seats
        );
    }

    function test_TheWholeRoundIsPaidAndItsLastClaimCostsWhatItsFirstDoes() public {
        _keyPublished();
        _allAttested(type(uint256).max);
        _toResultCommit();
        ResultSummary memory truth = _summary();
        assertEq(truth.claimants, COUNT);
        _results(truth, truth, 0);
        assertLt(vm.lastCallGas().gasTotalUsed, 150_000);
        _finalized(truth);
        _openClaims(truth);
        _claimTrainer(0);
        _claimTrainer(999);
        assertGt(token.balanceOf(trainers[0]), 0);
    }

    function test_AWithheldKeyOfAFullRoundIsOneShortTransactionAndAThousandPulls() public {
        _toAvailability();
        roundManager.voidRound(taskId, round);
        assertLt(vm.lastCallGas().gasTotalUsed, 250_000);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.KeyWithheld));
        for (uint256 i; i < COUNT; i += 333) {
            roundManager.claimForfeit(taskId, round, trainers[i]);
            assertEq(token.balanceOf(trainers[i]), 10e18);
        }
    }
}
