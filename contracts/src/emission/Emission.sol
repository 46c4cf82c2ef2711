// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {IEmission} from "../interfaces/IEmission.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {ITaskManager, TaskInfo} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {Settlement} from "../reward/Settlement.sol";
import {Genesis} from "../token/Genesis.sol";
import {TaskState} from "../types/Types.sol";
import {EmissionSchedule} from "./EmissionSchedule.sol";

/// @title Emission
/// @notice Trust: the round manager says what stake a task paid last, the DAO sets multipliers and the policy. Whatever they
/// say, the sum of all mints stays below the community share, and a task gets no more than its part of the weights.
/// @dev The shares of any number of tasks cost O(1): `_perWeight` is what one unit of weight has earned since the start,
/// and a task's part is its weight times how far that has moved since the task's last sync (the accumulator of
/// SushiSwap's MasterChef). Weights of different epochs were made with different stake powers and are never added up.
contract Emission is IEmission, DaoAuthorized {
    using SafeERC20 for IERC20;

    /// @param seen `_perWeight` up to which the task has been paid.
    struct Share {
        uint256 weight;
        uint256 seen;
        uint256 epoch;
    }

    /// @dev 1 wei a unit of weight. All mints together are below 2^89 wei and a weight is at least 1, so `_perWeight` stays
    /// below 2^249; a weight is below 2^154 (multiplier 2^64 times stake 2^90), so a share loses less than a wei.
    uint256 private constant PRECISION = 1 << 160;

    IERC20 public immutable token;
    IPolicy public immutable policy;
    ITaskManager public immutable taskManager;
    IRoundManager public immutable roundManager;

    /// @inheritdoc IEmission
    uint256 public minted;
    /// @inheritdoc IEmission
    uint256 public mints;
    /// @inheritdoc IEmission
    uint256 public nextMintAt;
    /// @inheritdoc IEmission
    uint256 public totalWeight;
    /// @inheritdoc IEmission
    uint256 public epoch;
    /// @notice The exponent (in quarters) with which stake counts in this epoch.
    uint256 public stakeQuarterPower;

    uint256 private _perWeight;
    mapping(uint256 epoch => uint256) private _perWeightAtEnd;
    mapping(uint256 taskId => Share) private _shares;

    constructor(address dao_, address token_, address policy_, address taskManager_, address roundManager_)
        DaoAuthorized(dao_)
    {
        if (token_ == address(0) || policy_ == address(0)) revert ZeroAddress();
        if (taskManager_ == address(0) || roundManager_ == address(0)) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
        taskManager = ITaskManager(taskManager_);
        roundManager = IRoundManager(roundManager_);
        stakeQuarterPower = IPolicy(policy_).latest(Param.TaskStakeQuarterPower);
        emit EpochStarted(0, stakeQuarterPower);
    }

    /// @inheritdoc IEmission
    function mint() external returns (uint256 amount) {
        if (block.timestamp < nextMintAt) revert MintTooEarly(nextMintAt);
        // The first second of the next day, so that late calls do not add up to lost days.
        nextMintAt = (block.timestamp / 1 days + 1) * 1 days;
        uint256 power = policy.latest(Param.TaskStakeQuarterPower);
        if (power != stakeQuarterPower) {
            // A whole day at least, however late in this one it is.
            nextMintAt += 1 days;
            _startEpoch(power);
            return 0;
        }
        amount = nextAmount();
        if (totalWeight == 0 || amount == 0) revert NothingToEmitTo();
        minted += amount;
        // Rounds down, as each share does: tasks never get more than was minted.
        _perWeight += Math.mulDiv(amount, PRECISION, totalWeight);
        emit Minted(mints, amount, totalWeight);
        mints += 1;
        ICoveyToken(address(token)).mint(address(this), amount);
    }

    /// @inheritdoc IEmission
    function sync(uint256 taskId) external returns (uint256 paid) {
        TaskInfo memory t = taskManager.task(taskId);
        Share storage s = _shares[taskId];
        paid = pending(taskId);
        uint256 oldWeight = weightOf(taskId);
        uint256 newWeight = _weight(taskId, t);
        s.weight = newWeight;
        s.seen = _perWeight;
        s.epoch = epoch;
        if (newWeight != oldWeight) {
            totalWeight = totalWeight - oldWeight + newWeight;
            emit WeightChanged(taskId, oldWeight, newWeight);
        }
        if (paid != 0) {
            emit EmissionPaid(taskId, paid);
            token.safeTransfer(address(taskManager), paid);
            taskManager.returnBudget(taskId, paid);
        }
    }

    /// @inheritdoc IEmission
    function communityShare() external pure returns (uint256) {
        return Genesis.COMMUNITY;
    }

    /// @inheritdoc IEmission
    function nextAmount() public view returns (uint256) {
        uint32 version = policy.version();
        Param[] memory params = new Param[](3);
        params[0] = Param.EmissionDaily;
        params[1] = Param.EmissionDecay;
        params[2] = Param.EmissionPeriod;
        uint256[] memory values = policy.read(params, version);
        return EmissionSchedule.amount(mints, Genesis.COMMUNITY - minted, values[0], values[1], values[2]);
    }

    /// @inheritdoc IEmission
    function weightOf(uint256 taskId) public view returns (uint256) {
        Share storage s = _shares[taskId];
        return s.epoch == epoch ? s.weight : 0;
    }

    /// @inheritdoc IEmission
    function pending(uint256 taskId) public view returns (uint256) {
        Share storage s = _shares[taskId];
        uint256 end = s.epoch == epoch ? _perWeight : _perWeightAtEnd[s.epoch];
        // Rounds down. `end` is never before `seen`: both are values of a sum that only grows.
        return Math.mulDiv(s.weight, end - s.seen, PRECISION);
    }

    function _startEpoch(uint256 power) private {
        _perWeightAtEnd[epoch] = _perWeight;
        totalWeight = 0;
        stakeQuarterPower = power;
        emit EpochStarted(++epoch, power);
    }

    /// @dev 0 too for a task whose last round has its pool already: what comes now could not be paid to anybody.
    function _weight(uint256 taskId, TaskInfo memory t) private view returns (uint256) {
        if (t.state != TaskState.Approved || t.roundsOpened == t.rounds) return 0;
        return t.multiplier * Settlement.stakePower(roundManager.stakeBehind(taskId), stakeQuarterPower);
    }
}
