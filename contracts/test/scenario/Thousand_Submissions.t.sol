// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {VoidReason, Ranking, ResultSummary, Role} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev As many training nodes as there can be seats. Validators have 5, 6, 7 and 8 of 26.
contract ThousandSubmissionsTest is RoundTest {
    uint256 private constant COUNT = 1024;

    function _ranking() internal pure override returns (Ranking) {
        return Ranking.Contribution;
    }

    function setUp() public override {
        super.setUp();
        _setPolicy(Param.TrainerSeats, COUNT);
        _aSeatPerThousand(4);
        taskId = _approvedTask(2, 1_000_000e18);
        _staked(0, 4);
        for (uint256 i; i < COUNT; ++i) {
            trainers.push(address(uint160(0x10000 + i)));
            _stake(trainers[i], 1000e18);
            _allocate(trainers[i], taskId, Role.Trainer, 1e18);
        }
        _openRound();
        _allRevealed();
        assertEq(submissions.counts(taskId, round).revealed, COUNT);
        assertEq(submissions.counts(taskId, round).revealedSeats, COUNT, "equal stakes have a seat each");
    }

    function test_AnAttestationIsFourWordsAndPaysForNoMore() public {
        uint256[][4] memory words;
        for (uint256 v; v < 4; ++v) {
            words[v] = new uint256[](4);
            // Three of four lack the last one, and one of them the first too.
            if (v != 0) words[v][3] = 1 << 255;
        }
        words[2][0] = 1;
        for (uint256 v; v < 4; ++v) {
            bytes32 commitment =
                keccak256(abi.encode(taskId, round, uint8(0), validators[v], false, words[v], _salt(v)));
            vm.prank(validators[v]);
            attestations.commitAttestation(taskId, round, commitment);
        }
        _toAttestReveal();
        for (uint256 v; v < 4; ++v) {
            vm.prank(validators[v]);
            attestations.revealAttestation(taskId, round, false, words[v], _salt(v));
            // Beside four words of call data and log nothing depends on how many there are.
            if (v == 0) assertLt(vm.lastCallGas().gasTotalUsed, 60_000);
        }
        _toKey();
        uint256[] memory counted = attestations.countedBitmap(taskId, round);
        assertEq(counted.length, 4);
        assertEq(counted[0], type(uint256).max);
        assertEq(counted[1], type(uint256).max);
        assertEq(counted[2], type(uint256).max);
        assertEq(counted[3], type(uint256).max >> 1);
        assertEq(attestations.missingSeats(taskId, round, 0, 0), 7);
        assertEq(attestations.missingSeats(taskId, round, 0, 1023), 21);
        assertEq(attestations.missingSeats(taskId, round, 0, 1022), 0);
        assertTrue(attestations.excused(taskId, round, validators[2], false, words[2]), "lacked what counts");
        assertFalse(attestations.excused(taskId, round, validators[1], false, words[1]), "lacked what does not");
        _keyPublished();
    }

    function test_TheWholeRoundIsPaidAndItsLastClaimCostsWhatItsFirstDoes() public {
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
        ResultSummary memory truth = _summary();
        assertEq(truth.claimants, COUNT);
        assertEq(truth.paidSeats, COUNT);
        _results(truth, truth, 0);
        _finalized(truth);
        _openClaims(truth);
        assertLt(vm.lastCallGas().gasTotalUsed, 400_000);
        _claimTrainer(0);
        uint256 first = vm.lastCallGas().gasTotalUsed;
        _claimTrainer(COUNT - 1);
        assertApproxEqAbs(vm.lastCallGas().gasTotalUsed, first, 60_000);
        assertGt(token.balanceOf(trainers[0]), token.balanceOf(trainers[COUNT - 1]));
        assertGt(token.balanceOf(trainers[COUNT - 1]), 0);
    }

    function test_AWithheldKeyOfAFullRoundIsOneShortTransactionAndAThousandPulls() public {
        _allAttested(0);
        _toResultCommit();
        results.voidRound(taskId, round);
        assertLt(vm.lastCallGas().gasTotalUsed, 300_000);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.KeyWithheld));
        for (uint256 i; i < COUNT; i += 341) {
            submissions.claimForfeit(taskId, round, trainers[i]);
            assertEq(token.balanceOf(trainers[i]), uint256(2000e18) / COUNT);
        }
    }
}
