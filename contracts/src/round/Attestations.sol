// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Attestation, AttestationCounts, AttestationStage, IAttestations} from "../interfaces/IAttestations.sol";
import {IRoundManager, RoundInfo} from "../interfaces/IRoundManager.sol";
import {ISubmissions} from "../interfaces/ISubmissions.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {Commitments} from "../types/Commitments.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {RoundPhase, VoidReason} from "../types/Types.sol";
import {Availability} from "./Availability.sol";

/// @title What validators could fetch, and the shard's key
/// @notice Nobody has a privilege here.
/// @dev A validator's word, from the lowest bit: stage 8 | seats 16, and above them the top 232 bits of the commitment, then of
/// what was revealed (2^116 tries to find two that agree).
contract Attestations is IAttestations {
    using Availability for Availability.Counters;

    struct Attempt {
        AttestationCounts counts;
        bool somethingMissing;
        mapping(address validator => uint256) words;
        mapping(uint256 word => Availability.Counters) missing;
    }

    struct Round {
        bytes32 key;
        mapping(uint8 attempt => Attempt) attempts;
    }

    bytes32 private constant TOP_232 = bytes32(type(uint256).max << 24);

    IRoundManager public immutable roundManager;
    ISubmissions public immutable submissions;
    ITaskManager public immutable taskManager;

    mapping(TaskId taskId => mapping(RoundNumber round => Round)) private _rounds;

    constructor(address roundManager_, address submissions_, address taskManager_) {
        roundManager = IRoundManager(roundManager_);
        submissions = ISubmissions(submissions_);
        taskManager = ITaskManager(taskManager_);
    }

    /// @inheritdoc IAttestations
    function commitAttestation(TaskId taskId, RoundNumber round, bytes32 commitment) external {
        if (commitment == bytes32(0)) revert ISubmissions.EmptyCommitment();
        (address validator, uint16 seats, uint8 attempt) =
            roundManager.seatIn(taskId, round, RoundPhase.Attest, msg.sender);
        Attempt storage a = _rounds[taskId][round].attempts[attempt];
        AttestationStage stage = _stageOf(a.words[validator]);
        if (stage != AttestationStage.None) {
            revert WrongAttestationStage(validator, AttestationStage.None, stage);
        }
        a.words[validator] = uint256(commitment & TOP_232) | uint256(seats) << 8 | uint256(AttestationStage.Committed);
        // All seats together are at most 255, and who has none commits nothing.
        a.counts.committedSeats += seats;
        a.counts.committed += 1;
        emit AttestationCommitted(taskId, round, validator, attempt, seats, commitment);
    }

    /// @inheritdoc IAttestations
    function revealAttestation(
        TaskId taskId,
        RoundNumber round,
        bool ciphertextMissing,
        uint256[] calldata missing,
        bytes32 salt
    ) external {
        uint8 attempt = roundManager.attemptIn(taskId, round, RoundPhase.AttestReveal);
        Attempt storage a = _rounds[taskId][round].attempts[attempt];
        address validator = msg.sender;
        // What a node committed its own key opens too, without asking who its operator is: the salt says who may.
        if (_stageOf(a.words[validator]) != AttestationStage.Committed) {
            (validator,) = roundManager.actingIn(taskId, round, RoundPhase.AttestReveal, msg.sender);
        }
        uint16 seats = _committedSeats(
            a,
            validator,
            Commitments.attestationCommitment(taskId, round, attempt, validator, ciphertextMissing, missing, salt)
        );
        if (ciphertextMissing) a.counts.ciphertextMissing += seats;
        a.words[validator] = uint256(Commitments.attestationHash(ciphertextMissing, missing) & TOP_232) | uint256(seats)
            << 8 | uint256(AttestationStage.Revealed);
        uint16 count = a.counts.submissions;
        // Safe narrowing: there are at most as many submissions as seats. None is revealed any more.
        if (count == 0) a.counts.submissions = count = uint16(_submissions(taskId, round));
        _count(a, missing, seats, count);
        emit AttestationRevealed(taskId, round, validator, attempt, seats, ciphertextMissing, missing);
    }

    /// @inheritdoc IAttestations
    /// @dev Not of a round in which nothing can be scored: its shard stays hidden, and the round repeats.
    function publishKey(TaskId taskId, RoundNumber round, bytes32 key) external {
        RoundInfo memory info = roundManager.round(taskId, round);
        if (info.phase != RoundPhase.Key) {
            revert IRoundManager.WrongPhase(taskId, round, RoundPhase.Key, info.phase);
        }
        Round storage r = _rounds[taskId][round];
        if (r.key != bytes32(0)) revert KeyAlreadyPublished();
        VoidReason reason = _failure(r.attempts[info.attempt], info.validatorSeats, _submissions(taskId, round));
        if (reason != VoidReason.None) revert NothingCounted(reason);
        bytes32 expected = taskManager.keyCommitment(taskId, RoundNumber.unwrap(round));
        bytes32 got = Commitments.keyCommitment(key);
        if (got != expected || key == bytes32(0)) revert ITaskManager.WrongKey(expected, got);
        r.key = key;
        emit KeyPublished(taskId, round, key);
    }

    /// @inheritdoc IAttestations
    function attestation(TaskId taskId, RoundNumber round, uint8 attempt, address validator)
        external
        view
        returns (Attestation memory)
    {
        uint256 word = _rounds[taskId][round].attempts[attempt].words[validator];
        return Attestation(_stageOf(word), _seatsOf(word), bytes32(word) & TOP_232);
    }

    /// @inheritdoc IAttestations
    function attestationCounts(TaskId taskId, RoundNumber round, uint8 attempt)
        external
        view
        returns (AttestationCounts memory)
    {
        return _rounds[taskId][round].attempts[attempt].counts;
    }

    /// @inheritdoc IAttestations
    function countedBitmap(TaskId taskId, RoundNumber round) external view returns (uint256[] memory bitmap) {
        RoundInfo memory info = roundManager.round(taskId, round);
        Attempt storage a = _rounds[taskId][round].attempts[info.attempt];
        uint256 count = _submissions(taskId, round);
        if (!_revealsEnded(info) || !_hasQuorum(a.counts, info.validatorSeats)) return bitmap;
        bitmap = new uint256[](Availability.words(count));
        for (uint256 w; w < bitmap.length; ++w) {
            bitmap[w] = _countedWord(a, a.counts, info.validatorSeats, count, w);
        }
    }

    /// @inheritdoc IAttestations
    function missingSeats(TaskId taskId, RoundNumber round, uint8 attempt, uint32 index)
        external
        view
        returns (uint16)
    {
        return uint16(_rounds[taskId][round].attempts[attempt].missing[index / 256].countOf(index % 256));
    }

    /// @inheritdoc IAttestations
    function failure(TaskId taskId, RoundNumber round) external view returns (VoidReason) {
        RoundInfo memory info = roundManager.round(taskId, round);
        if (!_revealsEnded(info)) return VoidReason.None;
        return _failure(_rounds[taskId][round].attempts[info.attempt], info.validatorSeats, _submissions(taskId, round));
    }

    /// @inheritdoc IAttestations
    function keyOf(TaskId taskId, RoundNumber round) external view returns (bytes32) {
        return _rounds[taskId][round].key;
    }

    /// @inheritdoc IAttestations
    function excused(
        TaskId taskId,
        RoundNumber round,
        address validator,
        bool ciphertextMissing,
        uint256[] calldata missing
    ) external view returns (bool) {
        RoundInfo memory info = roundManager.round(taskId, round);
        Attempt storage a = _rounds[taskId][round].attempts[info.attempt];
        uint256 word = a.words[validator];
        if (_stageOf(word) != AttestationStage.Revealed) return false;
        if (Commitments.attestationHash(ciphertextMissing, missing) & TOP_232 != bytes32(word) & TOP_232) return false;
        if (ciphertextMissing) return true;
        uint256 count = _submissions(taskId, round);
        for (uint256 w; w < missing.length; ++w) {
            if (missing[w] & _countedWord(a, a.counts, info.validatorSeats, count, w) != 0) return true;
        }
        return false;
    }

    /// @dev Seats of who committed exactly this and has not revealed it.
    function _committedSeats(Attempt storage a, address validator, bytes32 commitment) private view returns (uint16) {
        uint256 word = a.words[validator];
        AttestationStage stage = _stageOf(word);
        if (stage != AttestationStage.Committed) {
            revert WrongAttestationStage(validator, AttestationStage.Committed, stage);
        }
        (bytes32 expected, bytes32 got) = (bytes32(word) & TOP_232, commitment & TOP_232);
        if (got != expected) revert ISubmissions.CommitmentMismatch(validator, expected, got);
        return _seatsOf(word);
    }

    /// @dev Adds a revealed bitmap to the counters.
    function _count(Attempt storage a, uint256[] calldata missing, uint16 seats, uint256 count) private {
        uint256 words = Availability.words(count);
        if (missing.length != words) revert BitmapLength(words, missing.length);
        bool any;
        for (uint256 w; w < words; ++w) {
            uint256 bits = missing[w];
            if (bits == 0) continue;
            // Safe narrowing: there are at most as many submissions as seats.
            if (bits & ~Availability.mask(count, w) != 0) revert BitmapOutOfRange(bits, uint32(count));
            any = true;
            a.missing[w].add(bits, seats);
        }
        a.counts.revealedSeats += seats;
        a.counts.revealed += 1;
        if (any) a.somethingMissing = true;
    }

    /// @dev Why nothing can be scored, once the reveals have ended. Stops at the first word in which something counts.
    function _failure(Attempt storage a, uint256 seats, uint256 count) private view returns (VoidReason) {
        AttestationCounts memory c = a.counts;
        if (!_hasQuorum(c, seats)) return VoidReason.NotAttested;
        if (2 * uint256(c.ciphertextMissing) >= seats) return VoidReason.CiphertextMissing;
        uint256 words = Availability.words(count);
        for (uint256 w; w < words; ++w) {
            if (_countedWord(a, c, seats, count, w) != 0) return VoidReason.None;
        }
        return VoidReason.NothingCounted;
    }

    /// @dev Which of 256 submissions count: fewer than half of all seats lack it, and a third of those that revealed have it,
    /// which is m < N/2 and 3·(R − m) ≥ R, so m ≤ min((N − 1)/2, ⌊2R/3⌋).
    function _countedWord(Attempt storage a, AttestationCounts memory c, uint256 seats, uint256 count, uint256 word)
        private
        view
        returns (uint256)
    {
        uint256 all = Availability.mask(count, word);
        if (!a.somethingMissing) return all;
        uint256 most = (seats - 1) / 2;
        uint256 byRevealed = 2 * uint256(c.revealedSeats) / 3;
        return all & a.missing[word].atMost(most < byRevealed ? most : byRevealed);
    }

    function _submissions(TaskId taskId, RoundNumber round) private view returns (uint256) {
        return submissions.counts(taskId, round).revealed;
    }

    /// @dev At least half of all seats revealed.
    function _hasQuorum(AttestationCounts memory c, uint256 seats) private pure returns (bool) {
        return 2 * uint256(c.revealedSeats) >= seats;
    }

    /// @dev Of the present attempt. What is revealed then stays for good.
    function _revealsEnded(RoundInfo memory info) private view returns (bool) {
        uint40 end = info.deadlines.attestReveal;
        return end != 0 && block.timestamp >= end;
    }

    function _stageOf(uint256 word) private pure returns (AttestationStage) {
        return AttestationStage(uint8(word));
    }

    function _seatsOf(uint256 word) private pure returns (uint16) {
        return uint16(word >> 8);
    }
}
