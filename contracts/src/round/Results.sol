// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Attestation, AttestationStage} from "../interfaces/IAttestations.sol";
import {IResults, ResultStage} from "../interfaces/IResults.sol";
import {ISubmissions} from "../interfaces/ISubmissions.sol";
import {Commitments} from "../types/Commitments.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {ResultSummary, RoundPhase} from "../types/Types.sol";
import {ResultState} from "./ResultState.sol";
import {ResultVerdict} from "./ResultVerdict.sol";
import {Summaries} from "./Summaries.sol";

/// @title Results of a round: committed and revealed here, decided on in ResultVerdict
/// @notice Trust: the DAO rules on challenged results (see `ResultVerdict`); nobody else has a privilege here.
/// @dev A result needs the shard's key, and the key that something can be scored. So results exist of one attempt of a round
/// only, the last, and where there is one the round neither repeats nor lacks its key.
contract Results is ResultVerdict {
    using Summaries for ResultSummary;

    constructor(
        address dao_,
        address token_,
        address policy_,
        address taskManager_,
        address roundManager_,
        address submissions_,
        address attestations_
    ) ResultState(dao_, token_, policy_, taskManager_, roundManager_, submissions_, attestations_) {}

    /// @inheritdoc IResults
    function commitResult(TaskId taskId, RoundNumber round, bytes32 commitment) external {
        (address node, uint8 attempt) = roundManager.actingIn(taskId, round, RoundPhase.ResultCommit, msg.sender);
        if (commitment == bytes32(0)) revert ISubmissions.EmptyCommitment();
        if (attestations.keyOf(taskId, round) == bytes32(0)) revert KeyMissing(taskId, round);
        Attestation memory attested = attestations.attestation(taskId, round, attempt, node);
        if (attested.stage != AttestationStage.Revealed) revert NotAttested(node);
        uint16 seats = attested.seats;
        Result storage r = _results[taskId][round];
        _requireStage(node, ResultStage.None, _stageOf(r.validators[node]));
        r.validators[node] = _word(commitment, seats, ResultStage.Committed);
        Head memory h = r.head;
        // No overflow, here and below: all validators together have at most 255 seats.
        h.committedSeats += seats;
        h.committed += 1;
        r.head = h;
        emit ResultCommitted(taskId, round, node, seats, commitment);
    }

    /// @inheritdoc IResults
    function revealResult(TaskId taskId, RoundNumber round, ResultSummary calldata summary, bytes32 salt) external {
        address node = msg.sender;
        Result storage r = _results[taskId][round];
        uint256 word = r.validators[node];
        // What a node committed its own key opens too, without asking who its operator is: the salt says who may.
        if (_stageOf(word) != ResultStage.Committed) {
            (node,) = roundManager.actingIn(taskId, round, RoundPhase.ResultReveal, msg.sender);
            word = r.validators[node];
            _requireStage(node, ResultStage.Committed, _stageOf(word));
        }
        uint256 stake = roundManager.validatorStakeIn(taskId, round, RoundPhase.ResultReveal, node);
        bytes32 resultHash = summary.hash();
        {
            bytes32 expected = bytes32(word) & TOP_232;
            bytes32 got = Commitments.resultCommitment(taskId, round, node, resultHash, salt) & TOP_232;
            if (got != expected) revert ISubmissions.CommitmentMismatch(node, expected, got);
        }
        uint16 seats = _seatsOf(word);
        r.validators[node] = _word(resultHash, seats, ResultStage.Revealed);
        // A hash that has a tally has been checked.
        if (_tally(r, resultHash, seats, stake)) {
            summary.requireValid(submissions.counts(taskId, round));
        }
        emit ResultRevealed(taskId, round, node, seats, resultHash, summary);
    }

    /// @dev Keeps the leading result: seats only ever grow, so it changes only to the one that grows.
    /// @return first Whether nobody had revealed this result before.
    function _tally(Result storage r, bytes32 resultHash, uint16 seats, uint256 stake) private returns (bool first) {
        Tally memory t = r.tallies[resultHash];
        Head memory h = r.head;
        first = t.count == 0;
        if (first) t.order = r.hashes++;
        t.seats += seats;
        t.count += 1;
        // Safe narrowing: all effective stake together is below 2^90.
        t.stake += uint128(stake);
        r.tallies[resultHash] = t;

        h.revealedSeats += seats;
        h.revealed += 1;
        if (t.seats > h.leadingSeats || (t.seats == h.leadingSeats && t.order < h.leadingOrder)) {
            (h.leadingSeats, h.leadingOrder) = (t.seats, t.order);
            if (r.leading != resultHash) r.leading = resultHash;
        }
        r.head = h;
    }

    function _requireStage(address node, ResultStage expected, ResultStage actual) private pure {
        if (actual != expected) revert WrongResultStage(node, expected, actual);
    }
}
