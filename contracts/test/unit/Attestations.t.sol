// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Attestation, AttestationCounts, AttestationStage, IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ISubmissions} from "../../src/interfaces/ISubmissions.sol";
import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {Role, RoundPhase, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Three submissions, and validators with 5, 6, 7, … seats who say what they could fetch.
abstract contract AttestationsTest is RoundTest {
    uint256 internal constant SUBMISSIONS = 3;
    bytes32 internal constant TOP_232 = bytes32(type(uint256).max << 24);

    /// @dev What one validator says: whether it commits, whether it reveals that, and what.
    struct Says {
        bool commits;
        bool reveals;
        bool ciphertextMissing;
        uint256 missing;
    }

    uint256 internal seats;

    function _validatorCount() internal pure virtual returns (uint256);

    function setUp() public override {
        super.setUp();
        _aSeatPerThousand(_validatorCount());
        _aTrainerSeatPerThousand(SUBMISSIONS);
        _roundOf(SUBMISSIONS, _validatorCount());
        _allRevealed();
        seats = _info().validatorSeats;
    }

    /// @dev Whatever validators say, what counts is what the rule says, word for word; and so is who is excused.
    function testFuzz_WhatCountsIsTheRuleOverAllSeats(uint256 random) public {
        Says[] memory says = new Says[](_validatorCount());
        for (uint256 v; v < says.length; ++v) {
            uint256 r = uint256(keccak256(abi.encode(random, v)));
            says[v].commits = r % 16 != 0;
            says[v].reveals = says[v].commits && (r >> 8) % 5 != 0;
            says[v].ciphertextMissing = (r >> 16) % 4 == 0;
            // Often one at a time, so that the two bounds are met from both sides.
            says[v].missing = (r >> 24) % 3 == 0 ? (r >> 32) % 8 : (r >> 24) % 2 << (random % SUBMISSIONS);
        }
        _say(says);
        _check(says);
    }

    function _say(Says[] memory says) internal {
        for (uint256 v; v < says.length; ++v) {
            if (says[v].commits) _commitAttestation(v, says[v].ciphertextMissing, says[v].missing);
        }
        _toAttestReveal();
        for (uint256 v; v < says.length; ++v) {
            if (says[v].reveals) _revealAttestation(v, says[v].ciphertextMissing, says[v].missing);
        }
        assertEq(uint8(attestations.failure(taskId, round)), uint8(VoidReason.None), "not before the reveals end");
        assertEq(attestations.countedBitmap(taskId, round).length, 0);
        _toKey();
    }

    function _check(Says[] memory says) internal {
        (uint256 revealedSeats, uint256 ciphertext) = _sums(says);
        uint256 counted;
        for (uint32 i; i < SUBMISSIONS; ++i) {
            uint256 missing = _missingOf(says, i);
            assertEq(attestations.missingSeats(taskId, round, 0, i), missing);
            if (2 * missing < seats && 3 * (revealedSeats - missing) >= revealedSeats) counted |= 1 << i;
        }
        VoidReason reason = 2 * revealedSeats < seats
            ? VoidReason.NotAttested
            : 2 * ciphertext >= seats
                ? VoidReason.CiphertextMissing
                : counted == 0 ? VoidReason.NothingCounted : VoidReason.None;
        AttestationCounts memory c = attestations.attestationCounts(taskId, round, 0);
        assertEq(c.revealedSeats, revealedSeats);
        assertEq(c.ciphertextMissing, ciphertext);
        assertEq(uint8(attestations.failure(taskId, round)), uint8(reason));
        uint256[] memory bitmap = attestations.countedBitmap(taskId, round);
        assertEq(bitmap.length, reason == VoidReason.NotAttested ? 0 : 1);
        if (bitmap.length != 0) assertEq(bitmap[0], counted);
        for (uint256 v; v < says.length; ++v) {
            _checkExcuse(says[v], v, counted);
        }
        // A key is for what can be scored.
        bytes32 key = _key(0);
        if (reason != VoidReason.None) {
            vm.expectRevert(abi.encodeWithSelector(IAttestations.NothingCounted.selector, reason));
            attestations.publishKey(taskId, round, key);
            assertEq(attestations.keyOf(taskId, round), bytes32(0));
        } else {
            attestations.publishKey(taskId, round, key);
            assertEq(attestations.keyOf(taskId, round), key);
        }
    }

    /// @dev By the bitmap that it revealed, and by no other.
    function _checkExcuse(Says memory says, uint256 v, uint256 counted) private view {
        bool due = says.reveals && (says.ciphertextMissing || says.missing & counted != 0);
        address node = validators[v];
        uint256[] memory words = _missing(says.missing);
        assertEq(attestations.excused(taskId, round, node, says.ciphertextMissing, words), due);
        assertFalse(attestations.excused(taskId, round, node, !says.ciphertextMissing, words));
        words[0] ^= 1;
        assertFalse(attestations.excused(taskId, round, node, says.ciphertextMissing, words));
        assertFalse(attestations.excused(taskId, round, node, says.ciphertextMissing, new uint256[](0)));
    }

    function _sums(Says[] memory says) private view returns (uint256 revealedSeats, uint256 ciphertext) {
        for (uint256 v; v < says.length; ++v) {
            if (!says[v].reveals) continue;
            revealedSeats += _seatsOf(validators[v]);
            if (says[v].ciphertextMissing) ciphertext += _seatsOf(validators[v]);
        }
    }

    function _missingOf(Says[] memory says, uint256 i) private view returns (uint256 sum) {
        for (uint256 v; v < says.length; ++v) {
            if (says[v].reveals && (says[v].missing >> i) & 1 == 1) sum += _seatsOf(validators[v]);
        }
    }

    /// @dev Validators whose bit is set in `who` reveal; of them those in `first` lack the first submission, and those in
    /// `ciphertext` the shard.
    function _sayFirst(uint256 who, uint256 first, uint256 ciphertext) internal {
        Says[] memory says = new Says[](_validatorCount());
        for (uint256 v; v < says.length; ++v) {
            says[v] = Says(true, (who >> v) & 1 == 1, (ciphertext >> v) & 1 == 1, (first >> v) & 1);
        }
        _say(says);
        _check(says);
    }

    /// @dev From the state before anybody spoke.
    function _counted(uint256 who, uint256 first) internal returns (uint256 bitmap) {
        uint256 state = vm.snapshotState();
        _sayFirst(who, first, 0);
        bitmap = attestations.countedBitmap(taskId, round)[0];
        vm.revertToState(state);
    }

    function _reason(uint256 who, uint256 ciphertext) internal returns (VoidReason reason) {
        uint256 state = vm.snapshotState();
        _sayFirst(who, 0, ciphertext);
        reason = attestations.failure(taskId, round);
        vm.revertToState(state);
    }
}

/// @dev 5, 6, 7, 8 and 9 of 35 seats.
contract AttestationsOfAnOddNumberTest is AttestationsTest {
    function _validatorCount() internal pure override returns (uint256) {
        return 5;
    }

    function test_SeventeenSeatsAreFewerThanHalf() public {
        assertEq(_counted(31, 24), 7, "8 + 9 lack it");
        assertEq(_counted(31, 7), 6, "5 + 6 + 7 lack it");
    }

    function test_OfEighteenThatRevealSixMustHaveIt() public {
        assertEq(_counted(7, 5), 7, "5 + 7 lack it, 6 have it");
        assertEq(_counted(7, 6), 6, "6 + 7 lack it, fewer than half of all, and 5 have it");
    }

    function test_TheQuorumIsEighteenSeats() public {
        assertEq(uint8(_reason(24, 0)), uint8(VoidReason.NotAttested), "8 + 9");
        assertEq(uint8(_reason(7, 0)), uint8(VoidReason.None), "5 + 6 + 7");
    }

    function test_TheCiphertextIsMissingForEighteenSeats() public {
        assertEq(uint8(_reason(31, 24)), uint8(VoidReason.None), "8 + 9");
        assertEq(uint8(_reason(31, 7)), uint8(VoidReason.CiphertextMissing), "5 + 6 + 7");
    }
}

/// @dev 5, 6, 7 and 8 of 26 seats.
contract AttestationsOfAnEvenNumberTest is AttestationsTest {
    function _validatorCount() internal pure override returns (uint256) {
        return 4;
    }

    function test_ThirteenSeatsAreHalf() public {
        assertEq(_counted(15, 5), 7, "5 + 7 lack it");
        assertEq(_counted(15, 6), 6, "6 + 7 lack it");
        assertEq(uint8(_reason(15, 5)), uint8(VoidReason.None));
        assertEq(uint8(_reason(15, 6)), uint8(VoidReason.CiphertextMissing));
    }

    function test_TheQuorumIsThirteenSeats() public {
        assertEq(uint8(_reason(5, 0)), uint8(VoidReason.NotAttested), "5 + 7");
        assertEq(uint8(_reason(6, 0)), uint8(VoidReason.None), "6 + 7");
        assertEq(uint8(_reason(0, 0)), uint8(VoidReason.NotAttested));
    }

    function test_ACommitmentIsOnceAndOfWhoHasSeats() public {
        vm.expectRevert(ISubmissions.EmptyCommitment.selector);
        vm.prank(validators[0]);
        attestations.commitAttestation(taskId, round, bytes32(0));
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NoSeat.selector, trainers[0]));
        vm.prank(trainers[0]);
        attestations.commitAttestation(taskId, round, bytes32(uint256(1)));
        vm.expectEmit(address(attestations));
        emit IAttestations.AttestationCommitted(taskId, round, validators[1], 0, 6, keccak256("what is missing"));
        vm.prank(validators[1]);
        attestations.commitAttestation(taskId, round, keccak256("what is missing"));
        Attestation memory a = attestations.attestation(taskId, round, 0, validators[1]);
        assertEq(uint8(a.stage), uint8(AttestationStage.Committed));
        assertEq(a.seats, 6);
        assertEq(a.hash, keccak256("what is missing") & TOP_232);
        vm.expectRevert(_wrongStage(validators[1], AttestationStage.None, AttestationStage.Committed));
        vm.prank(validators[1]);
        attestations.commitAttestation(taskId, round, bytes32(uint256(1)));
        AttestationCounts memory c = attestations.attestationCounts(taskId, round, 0);
        assertEq(c.committed, 1);
        assertEq(c.committedSeats, 6);
        _toAttestReveal();
        vm.expectRevert(_wrongPhase(RoundPhase.Attest, RoundPhase.AttestReveal));
        vm.prank(validators[2]);
        attestations.commitAttestation(taskId, round, bytes32(uint256(1)));
    }

    function test_ARevealIsWhatWasCommittedAndCountsOnce() public {
        _commitAttestation(0, true, 5);
        uint256[] memory words = _missing(5);
        bytes32 salt = _salt(0);
        bytes32 expected = keccak256(abi.encode(taskId, round, uint8(0), validators[0], true, words, salt)) & TOP_232;
        vm.expectRevert(_wrongPhase(RoundPhase.AttestReveal, RoundPhase.Attest));
        vm.prank(validators[0]);
        attestations.revealAttestation(taskId, round, true, words, salt);
        _toAttestReveal();
        words = _missing(4);
        bytes32 got = keccak256(abi.encode(taskId, round, uint8(0), validators[0], true, words, salt)) & TOP_232;
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.CommitmentMismatch.selector, validators[0], expected, got));
        vm.prank(validators[0]);
        attestations.revealAttestation(taskId, round, true, words, salt);
        words = _missing(5);
        vm.expectRevert(_wrongStage(validators[1], AttestationStage.Committed, AttestationStage.None));
        vm.prank(validators[1]);
        attestations.revealAttestation(taskId, round, true, words, salt);
        vm.expectEmit(address(attestations));
        emit IAttestations.AttestationRevealed(taskId, round, validators[0], 0, 5, true, words);
        vm.prank(validators[0]);
        attestations.revealAttestation(taskId, round, true, words, salt);
        Attestation memory a = attestations.attestation(taskId, round, 0, validators[0]);
        assertEq(uint8(a.stage), uint8(AttestationStage.Revealed));
        assertEq(a.hash, keccak256(abi.encode(true, words)) & TOP_232);
        vm.expectRevert(_wrongStage(validators[0], AttestationStage.Committed, AttestationStage.Revealed));
        vm.prank(validators[0]);
        attestations.revealAttestation(taskId, round, true, words, salt);
    }

    function test_ABitmapHasAWordForEach256AndNamesSubmissionsOnly() public {
        _commitWords(0, new uint256[](0));
        _commitWords(1, new uint256[](2));
        uint256[] memory eighth = new uint256[](1);
        eighth[0] = 8;
        _commitWords(2, eighth);
        _toAttestReveal();
        bytes memory length = abi.encodeWithSelector(IAttestations.BitmapLength.selector, 1, 0);
        _expectRefused(0, new uint256[](0), length);
        length = abi.encodeWithSelector(IAttestations.BitmapLength.selector, 1, 2);
        _expectRefused(1, new uint256[](2), length);
        _expectRefused(2, eighth, abi.encodeWithSelector(IAttestations.BitmapOutOfRange.selector, 8, 3));
    }

    function test_AKeyIsTheCommittedOneOnceInItsWindow() public {
        bytes32 key = _key(0);
        vm.expectRevert(_wrongPhase(RoundPhase.Key, RoundPhase.Attest));
        attestations.publishKey(taskId, round, key);
        _allAttested(0);
        bytes32 expected = keccak256(abi.encode(key));
        bytes32 got = keccak256(abi.encode(_key(1)));
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongKey.selector, expected, got));
        attestations.publishKey(taskId, round, _key(1));
        vm.expectEmit(address(attestations));
        emit IAttestations.KeyPublished(taskId, round, key);
        vm.prank(stranger);
        attestations.publishKey(taskId, round, key);
        vm.expectRevert(IAttestations.KeyAlreadyPublished.selector);
        attestations.publishKey(taskId, round, key);
        _toResultCommit();
        vm.expectRevert(_wrongPhase(RoundPhase.Key, RoundPhase.ResultCommit));
        attestations.publishKey(taskId, round, key);
    }

    /// @dev What was said of one attempt is nothing in the next, which has commitments of its own.
    function test_AttemptsStandApart() public {
        _allAttested(7);
        assertEq(uint8(attestations.failure(taskId, round)), uint8(VoidReason.NothingCounted));
        assertFalse(_excused(0, 7), "nothing counts");
        _expectRepeated(VoidReason.NothingCounted);
        assertEq(uint8(attestations.failure(taskId, round)), uint8(VoidReason.None), "the reveals are to come");
        assertEq(attestations.missingSeats(taskId, round, 0, 0), 26, "stays for good");
        assertEq(attestations.missingSeats(taskId, round, 1, 0), 0);
        _validatorsJoin();
        _draw(Role.Validator);
        assertEq(uint8(attestations.attestation(taskId, round, 1, validators[0]).stage), uint8(AttestationStage.None));
        // A commitment names its attempt: the one of the first is nobody's now.
        bytes32 old = keccak256(abi.encode(taskId, round, uint8(0), validators[0], false, _missing(0), _salt(0)));
        bytes32 due = keccak256(abi.encode(taskId, round, uint8(1), validators[0], false, _missing(0), _salt(0)));
        vm.prank(validators[0]);
        attestations.commitAttestation(taskId, round, old);
        for (uint256 v = 1; v < 4; ++v) {
            _commitAttestation(v, false, v == 1 ? 1 : 0);
        }
        _toAttestReveal();
        uint256[] memory words = _missing(0);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISubmissions.CommitmentMismatch.selector, validators[0], old & TOP_232, due & TOP_232
            )
        );
        vm.prank(validators[0]);
        attestations.revealAttestation(taskId, round, false, words, _salt(0));
        for (uint256 v = 1; v < 4; ++v) {
            _revealAttestation(v, false, v == 1 ? 1 : 0);
        }
        _toKey();
        assertEq(attestations.countedBitmap(taskId, round)[0], 7);
        assertTrue(_excused(1, 1), "of the present attempt");
        assertFalse(_excused(2, 7), "what it said before");
        attestations.publishKey(taskId, round, _key(0));
        assertEq(attestations.attestationCounts(taskId, round, 0).revealed, 4);
        assertEq(attestations.attestationCounts(taskId, round, 1).revealed, 3);
    }

    function _excused(uint256 v, uint256 missing) private view returns (bool) {
        return attestations.excused(taskId, round, validators[v], false, _missing(missing));
    }

    function _commitWords(uint256 v, uint256[] memory words) private {
        bytes32 commitment = keccak256(abi.encode(taskId, round, uint8(0), validators[v], false, words, _salt(v)));
        vm.prank(validators[v]);
        attestations.commitAttestation(taskId, round, commitment);
    }

    function _expectRefused(uint256 v, uint256[] memory words, bytes memory why) private {
        vm.expectRevert(why);
        vm.prank(validators[v]);
        attestations.revealAttestation(taskId, round, false, words, _salt(v));
    }

    function _wrongStage(address who, AttestationStage expected, AttestationStage actual)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IAttestations.WrongAttestationStage.selector, who, expected, actual);
    }
}
