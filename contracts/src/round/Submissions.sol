// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {ISubmissions, Submission, SubmissionCounts} from "../interfaces/ISubmissions.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {CODEC_DAG_PB, CODEC_RAW} from "../types/Codecs.sol";
import {Commitments} from "../types/Commitments.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Cid, RoundPhase, VoidReason} from "../types/Types.sol";

/// @title Submissions of a round
/// @notice Nobody has a privilege here.
/// @dev A node's word, from the lowest bit: state 8 | block of its commit 40 | seats 16, and above them, once it committed, the
/// commitment's top 192 bits (2^96 tries to find two that agree), once it revealed, its index in 16 bits.
contract Submissions is ISubmissions {
    uint256 private constant COMMITTED = 1;
    uint256 private constant REVEALED = 2;
    uint256 private constant FORFEIT_PAID = 3;
    bytes32 private constant TOP_192 = bytes32(type(uint256).max << 64);

    IRoundManager public immutable roundManager;
    ITaskManager public immutable taskManager;

    mapping(TaskId taskId => mapping(RoundNumber round => SubmissionCounts)) private _counts;
    mapping(TaskId taskId => mapping(RoundNumber round => mapping(address node => uint256))) private _words;

    constructor(address roundManager_, address taskManager_) {
        roundManager = IRoundManager(roundManager_);
        taskManager = ITaskManager(taskManager_);
    }

    /// @inheritdoc ISubmissions
    function commit(TaskId taskId, RoundNumber round, bytes32 commitment) external {
        if (commitment == bytes32(0)) revert EmptyCommitment();
        (address node, uint16 seats,) = roundManager.seatIn(taskId, round, RoundPhase.Commit, msg.sender);
        if (_words[taskId][round][node] != 0) revert AlreadyCommitted(node);
        _words[taskId][round][node] =
            uint256(commitment & TOP_192) | uint256(seats) << 48 | block.number << 8 | COMMITTED;
        _counts[taskId][round].committed += 1;
        emit SubmissionCommitted(taskId, round, node, seats, commitment);
    }

    /// @inheritdoc ISubmissions
    /// @dev The CID is in the event, and is proven by the commitment that it opens. What a node committed its own key opens too,
    /// without asking who its operator is: the salt says who may.
    function reveal(TaskId taskId, RoundNumber round, Cid calldata cid, bytes32 parameterRoot, bytes32 salt)
        external
        returns (uint32 index)
    {
        address node = msg.sender;
        uint256 word = _words[taskId][round][node];
        if (uint8(word) == COMMITTED) {
            roundManager.attemptIn(taskId, round, RoundPhase.Reveal);
        } else {
            (node,) = roundManager.actingIn(taskId, round, RoundPhase.Reveal, msg.sender);
            word = _words[taskId][round][node];
            if (uint8(word) != COMMITTED) revert NotCommitted(node);
        }
        if (cid.codec != CODEC_RAW && cid.codec != CODEC_DAG_PB) revert UnsupportedCodec(cid.codec);
        bytes32 got = Commitments.submissionCommitment(taskId, round, node, cid, parameterRoot, salt) & TOP_192;
        bytes32 expected = bytes32(word) & TOP_192;
        if (got != expected) revert CommitmentMismatch(node, expected, got);

        SubmissionCounts storage counts_ = _counts[taskId][round];
        uint16 seats = _seatsOf(word);
        // At most as many as there are seats: each who committed has one.
        index = counts_.revealed;
        counts_.revealed = index + 1;
        counts_.revealedSeats += seats;
        // What is below the commitment stays, but for the state: the index takes its place.
        _words[taskId][round][node] = uint256(index) << 64 | uint64(word) ^ COMMITTED ^ REVEALED;
        emit SubmissionRevealed(taskId, round, node, index, seats, cid, parameterRoot, _committedBlockOf(word));
    }

    /// @inheritdoc ISubmissions
    function claimForfeit(TaskId taskId, RoundNumber round, address node) external {
        VoidReason reason = roundManager.round(taskId, round).voidReason;
        uint256 word = _words[taskId][round][node];
        if ((reason != VoidReason.KeyWithheld && reason != VoidReason.ShardInvalid) || uint8(word) != REVEALED) {
            revert NothingForfeited(taskId, round, node);
        }
        _words[taskId][round][node] = word ^ REVEALED ^ FORFEIT_PAID;
        taskManager.payForfeit(taskId, round, node, _seatsOf(word));
    }

    /// @inheritdoc ISubmissions
    function submission(TaskId taskId, RoundNumber round, address node) external view returns (Submission memory s) {
        uint256 word = _words[taskId][round][node];
        if (uint8(word) < REVEALED) return s;
        return Submission(uint16(word >> 64), _seatsOf(word), _committedBlockOf(word), uint8(word) == FORFEIT_PAID);
    }

    /// @inheritdoc ISubmissions
    function commitmentOf(TaskId taskId, RoundNumber round, address node)
        external
        view
        returns (bytes32 commitment, uint16 seats, uint40 committedBlock)
    {
        uint256 word = _words[taskId][round][node];
        if (uint8(word) != COMMITTED) return (bytes32(0), 0, 0);
        return (bytes32(word) & TOP_192, _seatsOf(word), _committedBlockOf(word));
    }

    /// @inheritdoc ISubmissions
    function counts(TaskId taskId, RoundNumber round) external view returns (SubmissionCounts memory) {
        return _counts[taskId][round];
    }

    function _seatsOf(uint256 word) private pure returns (uint16) {
        return uint16(word >> 48);
    }

    function _committedBlockOf(uint256 word) private pure returns (uint40) {
        return uint40(word >> 8);
    }
}
