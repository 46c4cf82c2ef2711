// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {IEmission} from "../interfaces/IEmission.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {Agreement, IResults} from "../interfaces/IResults.sol";
import {IRewardDistributor, RoundRewards} from "../interfaces/IRewardDistributor.sol";
import {EmissionSpan, IRoundManager, RoundInfo} from "../interfaces/IRoundManager.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {Genesis} from "../token/Genesis.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {EmissionSchedule} from "./EmissionSchedule.sol";

/// @title Emission
/// @notice Trust: rounds, results and stake say what a round earns, the DAO sets multipliers and the policy. Whatever they
/// say, a round earns once and no more than its validators can lose, a day emits at most its amount, and all days together
/// at most the community share.
/// @dev The integral of 1 / allocated stake makes shares of a day add up to at most 1 while what rounds count stays in the
/// total: what they have bound does, whatever its node allocates meanwhile. It is less by what is slashed under a round, or
/// asked to be unstaked: shares then add up to more by as much. A slash is lost; who leaves has a larger share of its last
/// days at most, at the cost of those who earn later of the same days, and nothing for the whole cooldown. Each day counts
/// what it has emitted and ends with its amount, so the community share loses nothing by either.
contract Emission is IEmission, DaoAuthorized {
    uint256 private constant ONE = 1e18;

    /// @dev Numbers of the round's policy.
    struct Schedule {
        uint256 daily;
        uint256 decay;
        uint256 period;
    }

    /// @param stake Effective stake that earned, in wei, times the multiplier (1e18 = 1).
    /// @param limit What the round earns at most, wei.
    struct Earner {
        uint256 stake;
        uint256 limit;
        EmissionSpan span;
        Schedule schedule;
    }

    ICoveyToken public immutable token;
    IPolicy public immutable policy;
    IStakeManager public immutable stakeManager;
    ITaskManager public immutable taskManager;
    IRoundManager public immutable roundManager;
    IResults public immutable results;
    IRewardDistributor public immutable distributor;
    /// @inheritdoc IEmission
    uint256 public immutable start;
    /// @dev Scale of a day's amount times stake times the integral's difference.
    uint256 private immutable SCALE;

    /// @inheritdoc IEmission
    uint256 public minted;
    /// @inheritdoc IEmission
    mapping(TaskId taskId => mapping(RoundNumber round => bool)) public earned;
    /// @inheritdoc IEmission
    mapping(uint256 day => uint256) public emittedOn;

    constructor(
        address dao_,
        address token_,
        address policy_,
        address stakeManager_,
        address taskManager_,
        address roundManager_,
        address results_,
        address distributor_
    ) DaoAuthorized(dao_) {
        if (token_ == address(0) || policy_ == address(0) || stakeManager_ == address(0)) {
            revert ZeroAddress();
        }
        if (taskManager_ == address(0) || roundManager_ == address(0)) revert ZeroAddress();
        if (results_ == address(0) || distributor_ == address(0)) revert ZeroAddress();
        token = ICoveyToken(token_);
        policy = IPolicy(policy_);
        stakeManager = IStakeManager(stakeManager_);
        taskManager = ITaskManager(taskManager_);
        roundManager = IRoundManager(roundManager_);
        results = IResults(results_);
        distributor = IRewardDistributor(distributor_);
        start = block.timestamp / 1 days * 1 days;
        SCALE = IStakeManager(stakeManager_).INTEGRAL_SCALE() * 1 days * ONE;
    }

    /// @inheritdoc IEmission
    function earn(TaskId taskId, RoundNumber round) external returns (uint256 amount) {
        if (earned[taskId][round]) revert AlreadyEarned(taskId, round);
        RoundRewards memory rewards = distributor.rewards(taskId, round);
        if (!rewards.opened) revert NotFinalized(taskId, round);
        earned[taskId][round] = true;
        Earner memory e = _earner(taskId, round, rewards.paidSeats);
        uint256[] memory days_;
        (amount, days_) = _amounts(e);
        uint256 first = uint256(e.span.start) / 1 days;
        for (uint256 i; i < days_.length; ++i) {
            if (days_[i] != 0) emittedOn[first + i - start / 1 days] += days_[i];
        }
        minted += amount;
        emit EmissionEarned(taskId, round, amount);
        if (amount == 0) return 0;
        token.mint(address(taskManager), amount);
        taskManager.addCommon(taskId, amount);
    }

    /// @inheritdoc IEmission
    function earning(TaskId taskId, RoundNumber round) external view returns (uint256 amount) {
        RoundRewards memory rewards = distributor.rewards(taskId, round);
        if (!rewards.opened || earned[taskId][round]) return 0;
        (amount,) = _amounts(_earner(taskId, round, rewards.paidSeats));
    }

    /// @inheritdoc IEmission
    function amountOf(uint256 day, uint32 policyVersion) external view returns (uint256) {
        (, Schedule memory s) = _numbers(policyVersion);
        return _amountOf(day, s);
    }

    /// @inheritdoc IEmission
    function communityShare() external pure returns (uint256) {
        return Genesis.COMMUNITY;
    }

    function _earner(TaskId taskId, RoundNumber round, uint256 paidSeats) private view returns (Earner memory e) {
        RoundInfo memory info = roundManager.round(taskId, round);
        Agreement memory agreed = results.agreement(taskId, round, results.roundResult(taskId, round).accepted);
        uint256 securityRatio;
        (securityRatio, e.schedule) = _numbers(info.policyVersion);
        // All round down: seats that nobody earned with, and parts of a wei, stay in the community share.
        uint256 stake = info.trainerStake * paidSeats / info.trainerSeats + info.validatorStake * agreed.seats
            / info.validatorSeats;
        e.stake = stake * taskManager.task(taskId).multiplier;
        e.limit = Math.min(agreed.stake * securityRatio / ONE, Genesis.COMMUNITY - minted);
        e.span = roundManager.emissionSpan(taskId, round);
    }

    /// @dev Day by day over the span, from its first on, until the limit is reached. A span has as many days as the longest round,
    /// and those in which nobody ended it.
    function _amounts(Earner memory e) private view returns (uint256 sum, uint256[] memory amounts) {
        (uint256 first, uint256 last) = (uint256(e.span.start) / 1 days, uint256(e.span.end) / 1 days);
        amounts = new uint256[](last - first + 1);
        uint256 integral = e.span.startIntegral;
        for (uint256 day = first; day <= last && sum < e.limit; ++day) {
            uint256 next = day == last ? e.span.endIntegral : stakeManager.inverseIntegralAt(day + 1);
            uint256 amount = Math.min(_share(e, day, next - integral), e.limit - sum);
            amounts[day - first] = amount;
            sum += amount;
            integral = next;
        }
    }

    /// @dev What the stake earns of a day (counted from 1970) by how far the integral came in it; at most what is left of the day.
    /// Bounds: a day's amount is below 2^81, the integral comes by less than 1e18 · 86,400 < 2^77, stake times multiplier is
    /// below 2^152: the product of all goes through `mulDiv`, and what it is divided by is above 2^195.
    function _share(Earner memory e, uint256 day, uint256 integral) private view returns (uint256) {
        uint256 begin = start / 1 days;
        if (day < begin) return 0;
        uint256 most = _amountOf(day - begin, e.schedule);
        uint256 left = most - Math.min(most, emittedOn[day - begin]);
        // Rounds down: all shares of a day stay within its amount.
        return Math.min(Math.mulDiv(most * integral, e.stake, SCALE), left);
    }

    function _amountOf(uint256 day, Schedule memory s) private view returns (uint256) {
        return EmissionSchedule.amount(day, Genesis.COMMUNITY - minted, s.daily, s.decay, s.period);
    }

    function _numbers(uint32 policyVersion) private view returns (uint256 securityRatio, Schedule memory s) {
        Param[] memory params = new Param[](4);
        params[0] = Param.SecurityRatio;
        params[1] = Param.EmissionDaily;
        params[2] = Param.EmissionDecay;
        params[3] = Param.EmissionPeriod;
        uint256[] memory values = policy.read(params, policyVersion);
        return (values[0], Schedule(values[1], values[2], values[3]));
    }
}
