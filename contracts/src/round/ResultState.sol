// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAttestations} from "../interfaces/IAttestations.sol";
import {IPolicy} from "../interfaces/IPolicy.sol";
import {Agreement, Challenge, IResults, ResultStage, RoundResult, ValidatorResult} from "../interfaces/IResults.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {ISubmissions} from "../interfaces/ISubmissions.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";

/// @title What is stored of a round's results, and every way to read it
abstract contract ResultState is IResults, DaoAuthorized, ReentrancyGuardTransient {
    /// @dev One slot. `leadingSeats` and `leadingOrder` are those of the leading result's tally.
    struct Head {
        uint16 committedSeats;
        uint16 revealedSeats;
        uint16 committed;
        uint16 revealed;
        uint16 challenges;
        uint16 leadingSeats;
        uint16 leadingOrder;
        bool contested;
        bool shardInvalid;
    }

    /// @dev The validators who revealed one hash, in one slot. `order` says how manieth different hash it was. Stakes of one
    /// moment together are below the token's cap, so below 2^90.
    struct Tally {
        uint16 seats;
        uint16 count;
        uint16 order;
        uint128 stake;
    }

    /// @dev A validator's word: the top 232 bits of the commitment, later of the result hash | seats 16 at 8 | stage 8.
    /// `hashes` counts the different ones that were revealed. A challenger's word: the top 216 bits of its commitment | block 40.
    struct Result {
        Head head;
        bytes32 leading;
        bytes32 accepted;
        address winner;
        uint16 hashes;
        mapping(address validator => uint256) validators;
        mapping(bytes32 resultHash => Tally) tallies;
        mapping(uint256 index => Challenge) challenges;
        mapping(address challenger => uint256) challengeWords;
    }

    /// @dev The bits of a hash that fit beside stage and seats; 2^116 tries to find two that agree.
    bytes32 internal constant TOP_232 = bytes32(type(uint256).max << 24);

    /// @dev The same beside a block's number; 2^108 tries.
    bytes32 internal constant TOP_216 = bytes32(type(uint256).max << 40);

    IERC20 public immutable token;
    IPolicy public immutable policy;
    ITaskManager public immutable taskManager;
    IRoundManager public immutable roundManager;
    ISubmissions public immutable submissions;
    IAttestations public immutable attestations;

    mapping(TaskId taskId => mapping(RoundNumber round => Result)) internal _results;

    constructor(
        address dao_,
        address token_,
        address policy_,
        address taskManager_,
        address roundManager_,
        address submissions_,
        address attestations_
    ) DaoAuthorized(dao_) {
        if (
            token_ == address(0) || policy_ == address(0) || taskManager_ == address(0) || roundManager_ == address(0)
                || submissions_ == address(0) || attestations_ == address(0)
        ) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
        taskManager = ITaskManager(taskManager_);
        roundManager = IRoundManager(roundManager_);
        submissions = ISubmissions(submissions_);
        attestations = IAttestations(attestations_);
    }

    /// @inheritdoc IResults
    function roundResult(TaskId taskId, RoundNumber round) external view returns (RoundResult memory) {
        Result storage r = _results[taskId][round];
        Head memory h = r.head;
        return RoundResult({
            leading: r.leading,
            accepted: r.accepted,
            contested: h.contested,
            shardInvalid: h.shardInvalid,
            committedSeats: h.committedSeats,
            revealedSeats: h.revealedSeats,
            committed: h.committed,
            revealed: h.revealed,
            challenges: h.challenges,
            winner: r.winner
        });
    }

    /// @inheritdoc IResults
    function validatorResult(TaskId taskId, RoundNumber round, address validator)
        external
        view
        returns (ValidatorResult memory)
    {
        uint256 word = _results[taskId][round].validators[validator];
        return ValidatorResult(_stageOf(word), _seatsOf(word), bytes32(word) & TOP_232);
    }

    /// @inheritdoc IResults
    function agreement(TaskId taskId, RoundNumber round, bytes32 resultHash) external view returns (Agreement memory) {
        Tally memory t = _results[taskId][round].tallies[resultHash];
        return Agreement(t.seats, t.count, t.stake);
    }

    /// @inheritdoc IResults
    function challengeOf(TaskId taskId, RoundNumber round, uint256 index) external view returns (Challenge memory) {
        return _results[taskId][round].challenges[index];
    }

    function _word(bytes32 hash, uint256 seats, ResultStage stage) internal pure returns (uint256) {
        return uint256(hash & TOP_232) | seats << 8 | uint256(stage);
    }

    function _stageOf(uint256 word) internal pure returns (ResultStage) {
        return ResultStage(uint8(word));
    }

    function _seatsOf(uint256 word) internal pure returns (uint16) {
        return uint16(word >> 8);
    }
}
