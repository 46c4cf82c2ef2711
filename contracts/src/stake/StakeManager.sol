// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {ISlashReceiver, IStakeManager, PoolInfo, Position, SlashRecord} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {SLASH_PERMISSION} from "../permission/Permissions.sol";
import {StakeSnapshot} from "../types/Types.sol";
import {RewardStream, Stream} from "./RewardStream.sol";
import {PRICE_MIN, PRICE_ONE, SharePrice} from "./SharePrice.sol";
import {Checkpoint, StakeHistory} from "./StakeHistory.sol";

/// @title Stake of training nodes and validators, their own and delegated
/// @dev Why each division rounds as it does stands in SharePrice and RewardStream. The tokens themselves are kept and
/// counted for each owner by the token (ICoveyToken.custodyOf); here are only shares.
contract StakeManager is IStakeManager, PausableDeposits, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;
    using RewardStream for Stream;
    using StakeHistory for mapping(uint256 => Checkpoint);

    /// @dev Packed so that a change of stake writes the first slot and only reads the second.
    struct Pool {
        uint96 ownShares;
        uint96 delegatedShares;
        uint64 checkpoints;
        // Second slot. `price` counts from the first slash on; commissions are in millionths; nextCommissionAt is 0 when no
        // raise is pending.
        uint104 price;
        uint24 commission;
        uint24 nextCommission;
        uint40 nextCommissionAt;
        uint24 slashes;
        uint24 openCases;
        // Third slot; the stream has the next two.
        uint96 unstakingShares;
        Stream stream;
    }

    /// @dev The node's own active shares are in its pool; the rest of its own position is here as everybody's.
    struct Shares {
        uint96 active;
        uint160 rewardPaid;
        // Second slot.
        uint96 unstaking;
        uint96 accrued;
        uint40 availableAt;
        uint24 collected;
    }

    /// @param price After the slash.
    struct Slash {
        uint104 price;
        uint152 ref;
        // Second slot.
        address receiver;
        uint96 taken;
    }

    /// @inheritdoc IStakeManager
    uint256 public constant MAX_COLLECTED_AT_ONCE = 16;
    /// @inheritdoc IStakeManager
    uint256 public constant RECEIVER_GAS = 500_000;

    uint256 private constant COMMISSION_STEP = 1e12;

    address public immutable token;
    IPolicy public immutable policy;

    /// @inheritdoc IStakeManager
    uint256 public uncollected;
    /// @inheritdoc IStakeManager
    uint256 public rewardsHeld;

    mapping(address node => Pool) private _pools;
    mapping(address node => mapping(address owner => Shares)) private _positions;
    mapping(address node => mapping(uint256 index => Checkpoint)) private _history;
    mapping(address node => mapping(uint256 index => Slash)) private _slashes;

    constructor(address dao_, address token_, address policy_) DaoAuthorized(dao_) {
        if (token_ == address(0) || policy_ == address(0)) revert ZeroAddress();
        token = token_;
        policy = IPolicy(policy_);
    }

    // ---- Stake

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
        _checkNotFrozen(node, p);
        _collectAll(node, msg.sender, p);

        Shares storage position_ = _positions[node][msg.sender];
        bool own = msg.sender == node;
        uint256 held = own ? p.ownShares : position_.active;
        uint256 price = _price(p);
        uint256 staked = SharePrice.worth(held, price);
        if (amount > staked) revert StakeInsufficient(node, msg.sender, staked, amount);
        // Safe: at most `held`.
        uint96 shares = uint96(SharePrice.sell(amount, held, price));
        if (own) {
            p.ownShares -= shares;
        } else {
            _accrue(p, position_);
            position_.active -= shares;
            p.delegatedShares -= shares;
        }
        p.unstakingShares += shares;
        position_.unstaking += shares;
        uint40 availableAt = (block.timestamp + policy.latest(Param.UnstakeCooldown)).toUint40();
        position_.availableAt = availableAt;
        emit UnstakeRequested(node, msg.sender, amount, shares, availableAt);
        _record(node, p, price);
    }

    /// @inheritdoc IStakeManager
    function withdraw(address node, address owner) external nonReentrant {
        Pool storage p = _pools[node];
        Shares storage position_ = _positions[node][owner];
        uint96 shares = position_.unstaking;
        if (shares == 0) revert NothingToWithdraw(node, owner);
        _checkNotFrozen(node, p);
        if (block.timestamp < position_.availableAt) revert CooldownRunning(node, owner, position_.availableAt);
        _collectAll(node, owner, p);

        uint256 amount = SharePrice.worth(shares, _price(p));
        position_.unstaking = 0;
        position_.availableAt = 0;
        p.unstakingShares -= shares;
        emit Unstaked(node, owner, amount);
        if (amount != 0) ICoveyToken(token).withdraw(owner, amount);
    }

    // ---- Commission and rewards

    /// @inheritdoc IStakeManager
    function setCommission(uint64 commission) external nonReentrant {
        if (commission % COMMISSION_STEP != 0) revert CommissionGranularity(commission, COMMISSION_STEP);
        uint256 maximum = policy.latest(Param.MaxCommission);
        if (commission > maximum) revert CommissionTooHigh(commission, maximum);
        Pool storage p = _pools[msg.sender];
        _applyCommission(msg.sender, p);
        if (p.nextCommissionAt != 0) revert CommissionPending(msg.sender, p.nextCommissionAt);

        // Safe: at most a million, as MaxCommission is at most 1e18.
        uint24 millionths = uint24(commission / COMMISSION_STEP);
        // Nobody can have delegated to a node without a history: its first commission surprises nobody.
        uint256 notice = millionths > p.commission && p.checkpoints != 0 ? policy.latest(Param.CommissionNotice) : 0;
        uint40 effectiveAt = (block.timestamp + notice).toUint40();
        emit CommissionAnnounced(msg.sender, commission, effectiveAt);
        if (notice == 0) {
            p.commission = millionths;
            _record(msg.sender, p, _price(p));
        } else {
            p.nextCommission = millionths;
            p.nextCommissionAt = effectiveAt;
        }
    }

    /// @inheritdoc IStakeManager
    function claimRewards(address node, address owner) external nonReentrant returns (uint256 amount) {
        Pool storage p = _pools[node];
        _collectAll(node, owner, p);
        Shares storage position_ = _positions[node][owner];
        _accrue(p, position_);
        amount = position_.accrued;
        if (amount == 0) revert NothingToClaim(node, owner);
        position_.accrued = 0;
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
        if (p.delegatedShares == 0) {
            _positions[node][node].accrued += amount96;
            emit RewardAdded(node, amount, 0, 0);
        } else {
            p.stream.update(p.delegatedShares);
            p.stream.add(amount, policy.latest(Param.RewardStream));
            emit RewardAdded(node, amount, p.stream.rate >> 32, p.stream.end);
        }
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
    }

    // ---- Slashing

    /// @inheritdoc IStakeManager
    function freeze(address node) external auth(SLASH_PERMISSION) {
        emit Frozen(node, ++_pools[node].openCases);
    }

    /// @inheritdoc IStakeManager
    function unfreeze(address node) external auth(SLASH_PERMISSION) {
        emit Unfrozen(node, --_pools[node].openCases);
    }

    /// @inheritdoc IStakeManager
    function slash(address node, uint256 amount, uint256 ref)
        external
        auth(SLASH_PERMISSION)
        nonReentrant
        returns (uint256 taken)
    {
        Pool storage p = _pools[node];
        uint256 shares = _allShares(p);
        uint256 before = _price(p);
        uint256 tokens = SharePrice.worth(shares, before);
        taken = amount < tokens ? amount : tokens;
        if (taken == 0) {
            emit Slashed(node, ref, 0, tokens);
            return 0;
        }
        uint256 price = SharePrice.slashed(taken, shares, before);
        // Safe narrowing: prices are at most 1e31 < 2^104, worth is at most the shares, which have 96 bits.
        _slashes[node][p.slashes++] =
            Slash({price: uint104(price), ref: ref.toUint152(), receiver: msg.sender, taken: uint96(taken)});
        p.price = uint104(price);
        uncollected += taken;
        emit Slashed(node, ref, taken, SharePrice.worth(shares, price));
        _record(node, p, price);

        uint256 part = SharePrice.part(uint256(p.ownShares) + _positions[node][node].unstaking, before, price);
        if (part != 0) {
            _seize(node, node, ref, msg.sender, part);
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

    // ---- Views

    /// @inheritdoc IStakeManager
    function stakeOf(address node) external view returns (StakeSnapshot memory) {
        Pool storage p = _pools[node];
        uint256 price = _price(p);
        return StakeSnapshot({
            own: uint128(SharePrice.worth(p.ownShares, price)),
            delegated: uint128(SharePrice.worth(p.delegatedShares, price)),
            commission: _commissionAt(p, p.commission, block.timestamp)
        });
    }

    /// @inheritdoc IStakeManager
    function stakeAt(address node, uint48 timestamp) external view returns (StakeSnapshot memory) {
        if (timestamp >= block.timestamp) revert FutureLookup(timestamp, block.timestamp);
        Pool storage p = _pools[node];
        Checkpoint memory c = _history[node].find(p.checkpoints, timestamp);
        return
            StakeSnapshot({own: c.own, delegated: c.delegated, commission: _commissionAt(p, c.commission, timestamp)});
    }

    /// @inheritdoc IStakeManager
    function pool(address node) external view returns (PoolInfo memory info) {
        Pool storage p = _pools[node];
        info.price = _price(p);
        info.shares = _allShares(p);
        info.tokens = SharePrice.worth(info.shares, info.price);
        info.ownShares = p.ownShares;
        info.delegatedShares = p.delegatedShares;
        info.commission = _commissionAt(p, p.commission, block.timestamp);
        if (p.nextCommissionAt > block.timestamp) {
            info.nextCommission = uint64(p.nextCommission * COMMISSION_STEP);
            info.nextCommissionAt = p.nextCommissionAt;
        }
        info.openCases = p.openCases;
        info.slashes = p.slashes;
        (,, info.rewardEnd) = p.stream.peek(p.delegatedShares);
        if (info.rewardEnd > block.timestamp) info.rewardRate = p.stream.rate >> 32;
    }

    /// @inheritdoc IStakeManager
    function position(address node, address owner) external view returns (Position memory) {
        Pool storage p = _pools[node];
        Shares storage position_ = _positions[node][owner];
        (uint160 perShare,,) = p.stream.peek(p.delegatedShares);
        bool own = owner == node;
        return Position({
            shares: own ? p.ownShares : position_.active,
            unstakingShares: position_.unstaking,
            availableAt: position_.availableAt,
            slashesCollected: own || position_.active + position_.unstaking == 0 ? p.slashes : position_.collected,
            claimable: position_.accrued + RewardStream.earned(position_.active, perShare, position_.rewardPaid)
        });
    }

    /// @inheritdoc IStakeManager
    function worth(address node, address owner) external view returns (uint256 active, uint256 unstaking) {
        Pool storage p = _pools[node];
        Shares storage position_ = _positions[node][owner];
        uint256 price = _price(p);
        active = SharePrice.worth(owner == node ? p.ownShares : position_.active, price);
        unstaking = SharePrice.worth(position_.unstaking, price);
    }

    /// @inheritdoc IStakeManager
    function slashOf(address node, uint256 index) external view returns (SlashRecord memory) {
        Slash storage s = _slashes[node][index];
        return SlashRecord({ref: s.ref, receiver: s.receiver, taken: s.taken, price: s.price});
    }

    /// @inheritdoc IStakeManager
    function openCases(address node) external view returns (uint256) {
        return _pools[node].openCases;
    }

    /// @inheritdoc IStakeManager
    function totalStaked() external view returns (uint256) {
        return ICoveyToken(token).totalCustody(address(this)) - uncollected;
    }

    // ---- Inner steps

    function _stake(uint256 amount) private {
        Pool storage p = _pools[msg.sender];
        uint256 price = _depositPrice(msg.sender, p, amount);
        uint96 shares = SharePrice.buy(amount, price).toUint96();
        p.ownShares += shares;
        emit Staked(msg.sender, msg.sender, amount, shares);
        _record(msg.sender, p, price);
        ICoveyToken(token).deposit(msg.sender, amount);
    }

    function _delegateStake(address node, uint256 amount) private {
        if (node == msg.sender) revert SelfDelegation(node);
        Pool storage p = _pools[node];
        uint256 price = _depositPrice(node, p, amount);
        uint256 minimum = policy.latest(Param.MinDelegation);
        if (amount < minimum) revert AmountTooSmall(amount, minimum);
        if (p.ownShares == 0) revert NodeNotStaked(node);
        _collectAll(node, msg.sender, p);

        Shares storage position_ = _positions[node][msg.sender];
        uint96 shares = SharePrice.buy(amount, price).toUint96();
        uint160 perShare = p.stream.update(p.delegatedShares);
        uint256 active = position_.active;
        uint256 earned = RewardStream.earned(active, perShare, position_.rewardPaid);
        position_.active = (active + shares).toUint96();
        position_.rewardPaid = RewardStream.owing(earned, active + shares, perShare);
        p.delegatedShares += shares;
        emit Staked(node, msg.sender, amount, shares);
        _record(node, p, price);
        ICoveyToken(token).deposit(msg.sender, amount);
    }

    /// @dev Somebody may have used the same permit first; what counts is the allowance, which the deposit checks.
    function _permit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) private {
        try IERC20Permit(token).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
    }

    /// @dev What must hold for any deposit, and the price that it pays.
    function _depositPrice(address node, Pool storage p, uint256 amount) private view returns (uint256 price) {
        if (amount == 0) revert ZeroAmount();
        // No balance is larger; keeps the arithmetic of shares inside its bounds.
        amount.toUint96();
        _checkNotFrozen(node, p);
        price = _price(p);
        if (price < PRICE_MIN) revert PoolExhausted(node);
    }

    function _checkNotFrozen(address node, Pool storage p) private view {
        if (p.openCases != 0) revert StakeFrozen(node, p.openCases);
    }

    /// @dev Moves what a position has earned until now out of its shares, which may then change.
    function _accrue(Pool storage p, Shares storage position_) private {
        uint160 perShare = p.stream.update(p.delegatedShares);
        uint256 earned = RewardStream.earned(position_.active, perShare, position_.rewardPaid);
        position_.rewardPaid = perShare;
        position_.accrued += earned.toUint96();
    }

    /// @dev Before a position changes, so that its shares are those that each slash found.
    function _collectAll(address node, address owner, Pool storage p) private {
        uint256 to = p.slashes;
        // The node's own part was collected with each slash.
        if (to == 0 || owner == node) return;
        Shares storage position_ = _positions[node][owner];
        uint256 from = position_.collected;
        if (from == to) return;
        if (position_.active == 0 && position_.unstaking == 0) {
            position_.collected = uint24(to);
        } else if (to - from > MAX_COLLECTED_AT_ONCE) {
            revert SlashesUncollected(node, owner, to - from);
        } else {
            _collect(node, owner, from, to);
        }
    }

    function _collect(address node, address owner, uint256 from, uint256 to) private returns (uint256 amount) {
        Shares storage position_ = _positions[node][owner];
        uint256 shares = uint256(position_.active) + position_.unstaking;
        uint256 before = from == 0 ? PRICE_ONE : _slashes[node][from - 1].price;
        for (uint256 i = from; i < to; ++i) {
            Slash storage s = _slashes[node][i];
            uint256 price = s.price;
            uint256 part = SharePrice.part(shares, before, price);
            before = price;
            // Before the call to the receiver. Safe narrowing: `to` is at most the pool's uint24.
            position_.collected = uint24(i + 1);
            if (part == 0) continue;
            amount += part;
            (address receiver, uint256 ref) = (s.receiver, s.ref);
            _seize(node, owner, ref, receiver, part);
            _notify(receiver, ref, part);
        }
    }

    function _seize(address node, address owner, uint256 ref, address receiver, uint256 part) private {
        uncollected -= part;
        emit SlashCollected(node, owner, ref, part);
        ICoveyToken(token).seize(owner, part);
        IERC20(token).safeTransfer(receiver, part);
    }

    /// @dev A receiver that fails must not keep an owner from its exit: what it was sent stays with it. Its gas is bounded,
    /// and enough is asked for (EIP-150 forwards 63/64), so that no caller can make it fail.
    function _notify(address receiver, uint256 ref, uint256 part) private {
        if (gasleft() * 63 / 64 < RECEIVER_GAS + 10_000) revert GasTooLow(gasleft(), RECEIVER_GAS);
        if (receiver.code.length != 0) {
            try ISlashReceiver(receiver).onSlashCollected{gas: RECEIVER_GAS}(ref, part) {
                return;
            } catch {}
        }
        emit SlashUnannounced(receiver, ref, part);
    }

    /// @dev Writes what counts from this second on. A raise of the commission that came into force meanwhile gets its own
    /// checkpoint first, at its own time.
    function _record(address node, Pool storage p, uint256 price) private {
        _applyCommission(node, p);
        uint96 own = uint96(SharePrice.worth(p.ownShares, price));
        uint96 delegated = uint96(SharePrice.worth(p.delegatedShares, price));
        uint24 commission = p.commission;
        _history[node][p.checkpoints++] =
            Checkpoint({time: uint40(block.timestamp), commission: commission, own: own, delegated: delegated});
        emit StakeChanged(node, own, delegated, uint64(commission * COMMISSION_STEP));
    }

    /// @dev There is a checkpoint before any raise is announced, and none at or after it comes into force until this wrote
    /// one: so times ascend, and `_commissionAt` is right before and after.
    function _applyCommission(address node, Pool storage p) private {
        uint40 since = p.nextCommissionAt;
        if (since == 0 || since > block.timestamp) return;
        uint24 commission = p.nextCommission;
        uint64 count = p.checkpoints;
        Checkpoint memory last = _history[node][count - 1];
        _history[node][count] =
            Checkpoint({time: since, commission: commission, own: last.own, delegated: last.delegated});
        p.checkpoints = count + 1;
        p.commission = commission;
        p.nextCommission = 0;
        p.nextCommissionAt = 0;
    }

    /// @dev 1e18 = all. A raise in force that no checkpoint shows yet counts from its own time on.
    function _commissionAt(Pool storage p, uint24 recorded, uint256 timestamp) private view returns (uint64) {
        uint40 since = p.nextCommissionAt;
        uint256 millionths = since != 0 && since <= timestamp ? p.nextCommission : recorded;
        return uint64(millionths * COMMISSION_STEP);
    }

    function _price(Pool storage p) private view returns (uint256) {
        return p.slashes == 0 ? PRICE_ONE : p.price;
    }

    function _allShares(Pool storage p) private view returns (uint256) {
        return uint256(p.ownShares) + p.delegatedShares + p.unstakingShares;
    }
}
