// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {ISlashReceiver, IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {SLASH_PERMISSION} from "../permission/Permissions.sol";
import {Head, PoolHead} from "./PoolHead.sol";
import {RewardStream, Stream} from "./RewardStream.sol";
import {PRICE_MIN, SharePrice} from "./SharePrice.sol";
import {StakePools} from "./StakePools.sol";
import {StakeViews} from "./StakeViews.sol";

/// @title Stake of training nodes and validators, their own and delegated
/// @dev Why each division rounds as it does stands in SharePrice and RewardStream. The tokens themselves are kept and
/// counted for each owner by the token (ICoveyToken.custodyOf); here are only shares.
abstract contract StakeManager is StakeViews, PausableDeposits, ReentrancyGuardTransient {
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
    function stake(uint256 amount) external nonReentrant whenDepositsOpen {
        _stake(amount);
    }

    /// @inheritdoc IStakeManager
    function stakeWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
        whenDepositsOpen
    {
        _permit(amount, deadline, v, r, s);
        _stake(amount);
    }

    /// @inheritdoc IStakeManager
    function delegateStake(address node, uint256 amount) external nonReentrant whenDepositsOpen {
        _delegateStake(node, amount);
    }

    /// @inheritdoc IStakeManager
    function delegateStakeWithPermit(address node, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
        whenDepositsOpen
    {
        _permit(amount, deadline, v, r, s);
        _delegateStake(node, amount);
    }

    /// @inheritdoc IStakeManager
    function requestUnstake(address node, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        Pool storage p = _pools[node];
        Head memory h = p.head.unpack();
        _checkNotFrozen(node, p, h);
        _collectAll(node, msg.sender, p, h);

        Shares storage s = _positions[node][msg.sender];
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
        uint40 availableAt = (block.timestamp + policy.latest(Param.UnstakeCooldown)).toUint40();
        s.availableAt = availableAt;
        emit UnstakeRequested(node, msg.sender, amount, shares, availableAt);
        _record(node, p, h, price);
    }

    /// @inheritdoc IStakeManager
    function withdraw(address node, address owner) external nonReentrant {
        Pool storage p = _pools[node];
        Head memory h = p.head.unpack();
        Shares storage s = _positions[node][owner];
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
        uint256 maximum = policy.latest(Param.MaxCommission);
        if (commission > maximum) revert CommissionTooHigh(commission, maximum);
        Pool storage p = _pools[msg.sender];
        Head memory h = p.head.unpack();
        _applyCommission(msg.sender, p, h);
        if (p.nextCommissionAt != 0) revert CommissionPending(msg.sender, p.nextCommissionAt);

        // At most a million, as MaxCommission is at most 1e18: 20 bits hold it.
        uint256 millionths = commission / COMMISSION_STEP;
        // Nobody can have delegated to a node without a history: its first commission surprises nobody.
        bool atOnce = millionths <= h.commission || h.checkpoints == 0;
        uint256 notice = atOnce ? 0 : policy.latest(Param.CommissionNotice);
        uint40 effectiveAt = (block.timestamp + notice).toUint40();
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
        Pool storage p = _pools[node];
        Head memory h = p.head.unpack();
        _collectAll(node, owner, p, h);
        Shares storage s = _positions[node][owner];
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
            _positions[node][node].accrued += amount96;
            emit RewardAdded(node, amount, 0, 0);
        } else {
            p.stream.update(delegated);
            p.stream.add(amount, policy.latest(Param.RewardStream));
            emit RewardAdded(node, amount, p.stream.rate >> 32, p.stream.end);
        }
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IStakeManager
    function freeze(address node) external auth(SLASH_PERMISSION) nonReentrant {
        Pool storage p = _pools[node];
        Head memory h = p.head.unpack();
        emit Frozen(node, ++p.openCases);
        _mark(p, h);
        p.head = h.pack();
    }

    /// @inheritdoc IStakeManager
    function unfreeze(address node) external auth(SLASH_PERMISSION) nonReentrant {
        Pool storage p = _pools[node];
        Head memory h = p.head.unpack();
        emit Unfrozen(node, --p.openCases);
        _mark(p, h);
        p.head = h.pack();
    }

    /// @inheritdoc IStakeManager
    function slash(address node, uint256 amount, uint256 ref)
        external
        auth(SLASH_PERMISSION)
        nonReentrant
        returns (uint256 taken)
    {
        Pool storage p = _pools[node];
        Head memory h = p.head.unpack();
        uint256 shares = _allShares(p, h);
        uint256 before = _price(p, h);
        uint256 tokens = SharePrice.worth(shares, before);
        taken = amount < tokens ? amount : tokens;
        if (taken == 0) {
            emit Slashed(node, ref, 0, tokens);
            return 0;
        }
        uint256 price = SharePrice.slashed(taken, shares, before);
        // Safe narrowing: prices are at most 1e31 < 2^104, and all that is worth at most the token's cap < 2^90.
        _slashes[node][p.slashes++] =
            Slash({price: uint104(price), ref: ref.toUint152(), receiver: msg.sender, taken: uint96(taken)});
        p.price = uint104(price);
        h.marked = true;
        uncollected += taken;
        emit Slashed(node, ref, taken, SharePrice.worth(shares, price));
        _record(node, p, h, price);

        uint256 part = SharePrice.part(h.own + _positions[node][node].unstaking, before, price);
        if (part != 0) {
            _seize(node, node, ref, msg.sender, part);
            // Whoever slashes is told in its own call, where a failure is its own.
            ISlashReceiver(msg.sender).onSlashCollected(ref, part);
        }
    }

    /// @inheritdoc IStakeManager
    function collect(address node, address owner, uint256 max) external nonReentrant returns (uint256 amount) {
        if (owner == node) return 0;
        uint256 from = _positions[node][owner].collected;
        uint256 to = _pools[node].slashes;
        if (to - from > max) to = from + max;
        return _collect(node, owner, from, to);
    }

    function _stake(uint256 amount) private {
        Pool storage p = _pools[msg.sender];
        Head memory h = p.head.unpack();
        uint256 price = _depositPrice(msg.sender, p, h, amount);
        uint256 shares = SharePrice.buy(amount, price);
        h.own = (h.own + shares).toUint96();
        emit Staked(msg.sender, msg.sender, amount, shares);
        _record(msg.sender, p, h, price);
        ICoveyToken(token).deposit(msg.sender, amount);
    }

    function _delegateStake(address node, uint256 amount) private {
        if (node == msg.sender) revert SelfDelegation(node);
        Pool storage p = _pools[node];
        Head memory h = p.head.unpack();
        uint256 price = _depositPrice(node, p, h, amount);
        if (amount < HIGHEST_MIN_DELEGATION) {
            uint256 minimum = policy.latest(Param.MinDelegation);
            if (amount < minimum) revert AmountTooSmall(amount, minimum);
        }
        if (h.own == 0) revert NodeNotStaked(node);
        _collectAll(node, msg.sender, p, h);

        uint256 shares = SharePrice.buy(amount, price);
        _addShares(p, h, _positions[node][msg.sender], shares);
        h.delegated = (h.delegated + shares).toUint96();
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

    /// @dev Somebody may have used the same permit first; what counts is the allowance, which the deposit checks.
    function _permit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) private {
        try IERC20Permit(token).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
    }

    /// @dev What must hold for any deposit, and the price that it pays.
    function _depositPrice(address node, Pool storage p, Head memory h, uint256 amount)
        private
        view
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
