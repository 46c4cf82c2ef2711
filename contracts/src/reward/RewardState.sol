// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRewardDistributor, RoundRewards, Vesting} from "../interfaces/IRewardDistributor.sol";
import {IResults} from "../interfaces/IResults.sol";
import {RoundFunds} from "../interfaces/ITaskManager.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {TaskReturns} from "./TaskReturns.sol";

/// @title What is stored of a settled round, and every way to read it
/// @dev Everything that claims need is fixed when they open. Amounts are below the token's cap (2^90 wei), so uint96.
abstract contract RewardState is IRewardDistributor, TaskReturns {
    /// @dev In order of storage: each comment opens a slot. A claim writes slot 0 and its own; a trainer's reads 1, 2 and 5
    /// besides, a validator's 3 and 4. Slot 4 and the candidate are only read for nodes with delegations and by validators.
    struct Round {
        // 0: claims that are still open and what they got; `stakesAt` is the second whose stakes count.
        uint16 trainersLeft;
        uint8 validatorsLeft;
        uint40 stakesAt;
        uint96 trainersPaid;
        uint96 validatorsPaid;
        // 1: `trainersMost` is what all training nodes together can have earned.
        uint96 trainersPart;
        uint96 trainersMost;
        uint64 unlockRatio;
        // 2: `rankWeights` is W, or 0 where ranking is by contribution.
        uint160 sumWeights;
        uint96 rankWeights;
        // 3
        uint96 validatorsPart;
        uint96 validatorsMost;
        uint64 delegationWeight;
        // 4: the accepted hash but its last three bytes, and how often validators had been drawn anew.
        bytes29 resultPrefix;
        uint8 attempt;
        uint16 trainerSeats;
        // 5
        bytes32 claimsRoot;
        // 6
        uint16 validatorSeats;
        uint32 vestingDuration;
        uint40 openedAt;
        uint32 claimants;
        uint32 paidSeats;
        uint96 fee;
        mapping(address node => Account) trainers;
        mapping(address validator => bool) validatorClaimed;
    }

    /// @dev A trainer's claim in one slot.
    struct Account {
        bool claimed;
        uint96 vesting;
        uint96 released;
    }

    /// @notice Seconds after which what nobody claimed may be returned, for example because a document was lost.
    uint256 public constant CLAIM_PERIOD = 365 days;

    IResults public immutable results;

    mapping(TaskId taskId => mapping(RoundNumber round => Round)) internal _rounds;

    constructor(address results_) {
        if (results_ == address(0)) revert ZeroAddress();
        results = IResults(results_);
    }

    /// @inheritdoc IRewardDistributor
    function claimBasis(TaskId taskId, RoundNumber round)
        external
        view
        returns (bytes32 claimsRoot, uint32 claimants, uint256 sumWeights)
    {
        Round storage r = _rounds[taskId][round];
        return (r.claimsRoot, r.claimants, r.sumWeights);
    }

    /// @inheritdoc IRewardDistributor
    function rewards(TaskId taskId, RoundNumber round) external view returns (RoundRewards memory) {
        return _rewards(taskId, round);
    }

    /// @inheritdoc IRewardDistributor
    function vesting(TaskId taskId, RoundNumber round, address node) external view returns (Vesting memory v) {
        Round storage r = _rounds[taskId][round];
        Account storage account = r.trainers[node];
        if (account.vesting == 0) return v;
        return Vesting(account.vesting, account.released, r.openedAt, r.openedAt + r.vestingDuration);
    }

    /// @inheritdoc IRewardDistributor
    function releasable(TaskId taskId, RoundNumber round, address node) public view returns (uint256) {
        Round storage r = _rounds[taskId][round];
        Account memory account = r.trainers[node];
        uint256 passed = block.timestamp - r.openedAt;
        uint256 duration = r.vestingDuration;
        if (passed >= duration) return account.vesting - account.released;
        // Rounds down: at the end the branch above pays the rest.
        return account.vesting * passed / duration - account.released;
    }

    /// @inheritdoc IRewardDistributor
    function claimsEnd(TaskId taskId, RoundNumber round) public view returns (uint256) {
        uint40 openedAt = _rounds[taskId][round].openedAt;
        return openedAt == 0 ? 0 : openedAt + CLAIM_PERIOD;
    }

    /// @inheritdoc IRewardDistributor
    function claimed(TaskId taskId, RoundNumber round, address node, bool asValidator) external view returns (bool) {
        Round storage r = _rounds[taskId][round];
        return asValidator ? r.validatorClaimed[node] : r.trainers[node].claimed;
    }

    function _rewards(TaskId taskId, RoundNumber round) internal view returns (RoundRewards memory w) {
        Round storage r = _rounds[taskId][round];
        if (r.openedAt == 0) return w;
        RoundFunds memory funds = taskManager.fundsOf(taskId, round);
        w.opened = true;
        w.units = funds.units;
        w.common = funds.common;
        w.creationStake = funds.creationStake;
        w.stakeBehind = results.agreement(taskId, round, results.roundResult(taskId, round).accepted).stake;
        w.fee = r.fee;
        w.trainersPart = r.trainersPart;
        w.validatorsPart = r.validatorsPart;
        w.secured = w.fee + w.trainersPart + w.validatorsPart;
        w.paid = uint256(r.trainersPaid) + r.validatorsPaid;
        w.paidSeats = r.paidSeats;
        w.claimsLeft = uint32(r.trainersLeft) + r.validatorsLeft;
        // With the last claim, or a year later, everything that was not paid has gone back.
        uint256 kept = w.claimsLeft == 0 ? w.paid : uint256(r.trainersMost) + r.validatorsMost;
        w.carried = w.units + w.common - w.fee - kept;
    }
}
