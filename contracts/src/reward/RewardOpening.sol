// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {Agreement, IResults} from "../interfaces/IResults.sol";
import {IRoundManager, RoundInfo} from "../interfaces/IRoundManager.sol";
import {RoundFunds} from "../interfaces/ITaskManager.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Ranking, ResultSummary, RoundPhase} from "../types/Types.sol";
import {RewardState} from "./RewardState.sol";
import {RoundParts, RoundPool, RoundSettlement, SecuringStake, SecurityRatios} from "./RoundSettlement.sol";

/// @title Settles a round: what it can pay, to whom at most, and what stays with its task at once
abstract contract RewardOpening is RewardState {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev Numbers of the round's policy, scaled by 1e18.
    struct Ratios {
        SecurityRatios security;
        uint256 fee;
        uint256 trainers;
        uint256 rank;
    }

    IPolicy public immutable policy;
    IRoundManager public immutable roundManager;

    constructor(address policy_, address roundManager_) {
        if (policy_ == address(0) || roundManager_ == address(0)) revert ZeroAddress();
        policy = IPolicy(policy_);
        roundManager = IRoundManager(roundManager_);
    }

    function _open(TaskId taskId, RoundNumber round, ResultSummary calldata summary) internal {
        Round storage r = _rounds[taskId][round];
        if (r.openedAt != 0) revert ClaimsAlreadyOpen(taskId, round);
        RoundInfo memory info = roundManager.round(taskId, round);
        if (info.phase != RoundPhase.Claimable) revert RoundNotClaimable(taskId, round);
        bytes32 accepted = results.roundResult(taskId, round).accepted;
        bytes32 hash = keccak256(abi.encode(summary));
        if (hash != accepted) revert IResults.SummaryMismatch(accepted, hash);
        Agreement memory agreed = results.agreement(taskId, round, hash);
        Ratios memory ratios = _fixPolicy(r, info.policyVersion);

        // Submissions bound the claimants (at most 1,024), and seats the validators (255).
        r.trainersLeft = uint256(summary.claimants).toUint16();
        r.validatorsLeft = uint256(agreed.count).toUint8();
        // A round counts with stakes as they were at the end of the second before it opened.
        r.stakesAt = info.openedAt - 1;
        r.openedAt = uint40(block.timestamp);
        r.claimants = summary.claimants;
        r.paidSeats = summary.paidSeats;
        r.attempt = info.attempt;
        r.trainerSeats = info.trainerSeats;
        r.validatorSeats = info.validatorSeats;
        // The results' contract keeps what a validator revealed without its last three bytes.
        r.resultPrefix = bytes29(hash);
        r.claimsRoot = summary.claimsRoot;
        r.sumWeights = summary.sumWeights.toUint160();
        if (taskManager.task(taskId).ranking == Ranking.Loss) {
            r.rankWeights = RoundSettlement.allRanks(info.trainerSeats, ratios.rank).toUint96();
        }
        _settle(taskId, round, r, agreed, ratios, summary.trainersRatio);
        emit ClaimsOpened(taskId, round, _rewards(taskId, round));
    }

    /// @dev Takes from the task what claims can need, and the fee; the rest of the pool stays there for the next round.
    function _settle(
        TaskId taskId,
        RoundNumber round,
        Round storage r,
        Agreement memory agreed,
        Ratios memory ratios,
        uint256 trainersRatio
    ) private {
        RoundFunds memory funds = taskManager.fundsOf(taskId, round);
        uint256 secured = RoundSettlement.secured(
            RoundPool(funds.units, funds.common), SecuringStake(agreed.stake, funds.creationStake), ratios.security
        );
        RoundParts memory parts = RoundSettlement.parts(secured, ratios.fee, ratios.trainers);
        // At most the part: no summary with a ratio above 1 is accepted.
        uint256 trainersMost = RoundSettlement.trainersMost(parts.trainers, trainersRatio);
        // Rounds down once what each claim rounds down: together at least all of them, at most the part.
        uint256 validatorsMost = RoundSettlement.validatorTotal(parts.validators, agreed.seats, r.validatorSeats);
        r.fee = parts.fee.toUint96();
        r.trainersPart = parts.trainers.toUint96();
        r.trainersMost = trainersMost.toUint96();
        r.validatorsPart = parts.validators.toUint96();
        r.validatorsMost = validatorsMost.toUint96();
        uint256 kept = parts.fee + trainersMost + validatorsMost;
        taskManager.payOut(taskId, round, uint256(funds.units) + funds.common - kept);
        if (parts.fee != 0) token.safeTransfer(DAO, parts.fee);
    }

    /// @dev Fixes what claims need of the round's policy. Narrowings are safe by the catalogue's bounds: ratios are at
    /// most 1e18, the vesting at most four years.
    function _fixPolicy(Round storage r, uint32 version) private returns (Ratios memory) {
        Param[] memory params = new Param[](8);
        params[0] = Param.SecurityRatio;
        params[1] = Param.CreationRatio;
        params[2] = Param.RoundFee;
        params[3] = Param.TrainerShare;
        params[4] = Param.RankRatio;
        params[5] = Param.UnlockRatio;
        params[6] = Param.VestingDuration;
        params[7] = Param.DelegationWeight;
        uint256[] memory values = policy.read(params, version);
        r.unlockRatio = uint64(values[5]);
        r.vestingDuration = uint32(values[6]);
        r.delegationWeight = uint64(values[7]);
        return Ratios(SecurityRatios(values[0], values[1]), values[2], values[3], values[4]);
    }
}
