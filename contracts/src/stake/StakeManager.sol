// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {Head, PoolHead} from "./PoolHead.sol";
import {RewardStream, Stream} from "./RewardStream.sol";
import {PRICE_MIN, SharePrice} from "./SharePrice.sol";
import {StakeAllocations} from "./StakeAllocations.sol";
import {StakePools} from "./StakePools.sol";
import {StakeSlashing} from "./StakeSlashing.sol";

/// @title Stake of training nodes and validators, their own and delegated
/// @dev Why each division rounds as it does stands in SharePrice and RewardStream. The tokens themselves are kept and
/// counted for each owner by the token (ICoveyToken.custodyOf); here are only shares.
contract StakeManager is StakeAllocations, StakeSlashing, PausableDeposits {
    using PoolHead for uint256;
    using PoolHead for Head;
    using RewardStream for Stream;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    IPolicy public immutable policy;
    /// @dev The policy can never ask for more than this at a time: larger delegations need not ask it.
    uint256 private immutable HIGHEST_MIN_DELEGATION;

    constructor(address dao_, address token_, address policy_) DaoAuthorized(dao_) StakePools(token_) {
        if (token_ == address(0) || policy_ == address(0)) revert ZeroAddress();
        policy = IPolicy(policy_);
        HIGHEST_MIN_DELEGATION = IPolicy(policy_).describe(Param.MinDelegation).max;
    }

    /// @inheritdoc IStakeManager
    function stake(uint256 amount) external {
        _stake(amount);
    }

    /// @inheritdoc IStakeManager
    function stakeWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        _permit(amount, deadline, v, r, s);
        _stake(amount);
    }

    /// @inheritdoc IStakeManager
    function delegateStake(address node, uint256 amount) external {
        _delegateStake(node, amount);
    }

    /// @inheritdoc IStakeManager
    function delegateStakeWithPermit(address node, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        _permit(amount, deadline, v, r, s);
        _delegateStake(node, amount);
    }

    /// @inheritdoc IStakeManager
    function requestUnstake(address node, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        (Pool storage p, Head memory h) = _open(node);
        _checkNotFrozen(node, p, h);
        _collectAll(node, msg.sender, p, h);

        Shares storage s = _of(node, msg.sender);
        bool own = msg.sender == node;
        uint256 held = own ? h.own : s.active;
        uint256 price = _price(p, h);
        uint256 staked = SharePrice.worth(held, price);
        if (amount > staked) revert StakeInsufficient(node, msg.sender, staked, amount);
        // Safe narrowing: at most `held`.
        uint96 shares = uint96(SharePrice.sell(amount, held, price));
        if (own) {
            h.own -= shares;
        } else {
            _accrue(p, h, s);
            s.active -= shares;
            h.delegated -= shares;
        }
        p.unstakingShares += shares;
        s.unstaking += shares;
        // Safe narrowing, here and below: days by the catalogue's bounds.
        uint40 availableAt = uint40(block.timestamp + _latest(Param.UnstakeCooldown));
        s.availableAt = availableAt;
        emit UnstakeRequested(node, msg.sender, amount, shares, availableAt);
        _record(node, p, h, price);
    }

    /// @inheritdoc IStakeManager
    function withdraw(address node, address owner) external nonReentrant {
        (Pool storage p, Head memory h) = _open(node);
        Shares storage s = _of(node, owner);
        uint96 shares = s.unstaking;
        if (shares == 0) revert NothingToWithdraw(node, owner);
        _checkNotFrozen(node, p, h);
        if (block.timestamp < s.availableAt) revert CooldownRunning(node, owner, s.availableAt);
        _collectAll(node, owner, p, h);

        uint256 amount = SharePrice.worth(shares, _price(p, h));
        s.unstaking = 0;
        s.availableAt = 0;
        p.unstakingShares -= shares;
        emit Unstaked(node, owner, amount);
        if (amount != 0) ICoveyToken(token).withdraw(owner, amount);
    }

    /// @inheritdoc IStakeManager
    function setCommission(uint64 commission) external nonReentrant {
        if (commission % COMMISSION_STEP != 0) revert CommissionGranularity(commission, COMMISSION_STEP);
        uint256 maximum = _latest(Param.MaxCommission);
        if (commission > maximum) revert CommissionTooHigh(commission, maximum);
        (Pool storage p, Head memory h) = _open(msg.sender);
        _applyCommission(msg.sender, p, h);
        if (p.nextCommissionAt != 0) revert CommissionPending(msg.sender, p.nextCommissionAt);

        // At most a million, as MaxCommission is at most 1e18: 20 bits hold it.
        uint256 millionths = commission / COMMISSION_STEP;
        // Nobody can have delegated to a node without a history: its first commission surprises nobody.
        bool atOnce = millionths <= h.commission || h.checkpoints == 0;
        uint256 notice = atOnce ? 0 : _latest(Param.CommissionNotice);
        uint40 effectiveAt = uint40(block.timestamp + notice);
        emit CommissionAnnounced(msg.sender, commission, effectiveAt);
        if (notice == 0) {
            h.commission = millionths;
            _record(msg.sender, p, h, _price(p, h));
        } else {
            p.nextCommission = uint24(millionths);
            p.nextCommissionAt = effectiveAt;
            h.marked = true;
            p.head = h.pack();
        }
    }

    /// @inheritdoc IStakeManager
    function claimRewards(address node, address owner) external nonReentrant returns (uint256 amount) {
        (Pool storage p, Head memory h) = _open(node);
        _collectAll(node, owner, p, h);
        Shares storage s = _of(node, owner);
        _accrue(p, h, s);
        amount = s.accrued;
        if (amount == 0) revert NothingToClaim(node, owner);
        s.accrued = 0;
        rewardsHeld -= amount;
        emit RewardClaimed(node, owner, amount);
        IERC20(token).safeTransfer(owner, amount);
    }

    /// @inheritdoc IStakeManager
    function addReward(address node, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        uint96 amount96 = amount.toUint96();
        rewardsHeld += amount;
        Pool storage p = _pools[node];
        uint256 delegated = p.head.unpack().delegated;
        if (delegated == 0) {
            _of(node, node).accrued += amount96;
            emit RewardAdded(node, amount, 0, 0);
        } else {
            p.stream.update(delegated);
            p.stream.add(amount, _latest(Param.RewardStream));
            emit RewardAdded(node, amount, p.stream.rate >> 32, p.stream.end);
        }
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
    }

    function _stake(uint256 amount) private nonReentrant {
        (Pool storage p, Head memory h) = _open(msg.sender);
        uint256 price = _depositPrice(msg.sender, p, h, amount);
        uint256 shares = SharePrice.buy(amount, price);
        h.own = (h.own + shares).toUint96();
        _deposit(msg.sender, p, h, price, amount, shares);
    }

    function _delegateStake(address node, uint256 amount) private nonReentrant {
        if (node == msg.sender) revert SelfDelegation(node);
        (Pool storage p, Head memory h) = _open(node);
        uint256 price = _depositPrice(node, p, h, amount);
        if (amount < HIGHEST_MIN_DELEGATION) {
            uint256 minimum = _latest(Param.MinDelegation);
            if (amount < minimum) revert AmountTooSmall(amount, minimum);
        }
        if (h.own == 0) revert NodeNotStaked(node);
        _collectAll(node, msg.sender, p, h);

        uint256 shares = SharePrice.buy(amount, price);
        _addShares(p, h, _of(node, msg.sender), shares);
        h.delegated = (h.delegated + shares).toUint96();
        _deposit(node, p, h, price, amount, shares);
    }

    function _deposit(address node, Pool storage p, Head memory h, uint256 price, uint256 amount, uint256 shares)
        private
    {
        emit Staked(node, msg.sender, amount, shares);
        _record(node, p, h, price);
        ICoveyToken(token).deposit(msg.sender, amount);
    }

    /// @dev What the position has earned stays in its shares, so that its second slot need not be written.
    function _addShares(Pool storage p, Head memory h, Shares storage s, uint256 shares) private {
        uint160 perShare = p.stream.update(h.delegated);
        uint256 active = s.active;
        uint256 earned = RewardStream.earned(active, perShare, s.rewardPaid);
        active += shares;
        s.active = active.toUint96();
        s.rewardPaid = RewardStream.owing(earned, active, perShare);
    }

    function _latest(Param param) private view returns (uint256) {
        return policy.latest(param);
    }

    /// @dev Somebody may have used the same permit first; what counts is the allowance, which the deposit checks.
    function _permit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) private {
        try IERC20Permit(token).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
    }

    /// @dev What must hold for any deposit, and the price that it pays.
    function _depositPrice(address node, Pool storage p, Head memory h, uint256 amount)
        private
        view
        whenDepositsOpen
        returns (uint256 price)
    {
        if (amount == 0) revert ZeroAmount();
        // No balance is larger; keeps the arithmetic of shares inside its bounds.
        amount.toUint96();
        _checkNotFrozen(node, p, h);
        price = _price(p, h);
        if (price < PRICE_MIN) revert PoolWorthless(node);
    }
}
