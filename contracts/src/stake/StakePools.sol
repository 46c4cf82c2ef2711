// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {ISlashReceiver, IStakeManager} from "../interfaces/IStakeManager.sol";
import {Allocations, NodeAllocations} from "./Allocations.sol";
import {AllocatedTotal, InverseIntegral} from "./InverseIntegral.sol";
import {Head, PoolHead} from "./PoolHead.sol";
import {RewardStream, Stream} from "./RewardStream.sol";
import {PRICE_ONE, SharePrice} from "./SharePrice.sol";
import {Checkpoint, StakeHistory} from "./StakeHistory.sol";

/// @title What the stake manager stores, and the steps that its functions share
abstract contract StakePools is IStakeManager {
    using InverseIntegral for AllocatedTotal;
    using PoolHead for uint256;
    using PoolHead for Head;
    using RewardStream for Stream;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;
    using StakeHistory for mapping(uint256 => uint256);

    struct Pool {
        /// @dev A packed Head: written by every change of stake, alone where it says that nothing is marked.
        uint256 head;
        // Second slot. `price` counts from the first slash on; `nextCommission` is in millionths and holds from
        // `nextCommissionAt` on, which is 0 when no raise is pending.
        uint104 price;
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

    uint256 internal constant COMMISSION_STEP = 1e12;

    address public immutable token;

    /// @inheritdoc IStakeManager
    uint256 public uncollected;
    /// @inheritdoc IStakeManager
    uint256 public rewardsHeld;

    mapping(address node => Pool) internal _pools;
    mapping(address node => mapping(address owner => Shares)) internal _positions;
    mapping(address node => mapping(uint256 index => uint256 checkpoint)) internal _history;
    mapping(address node => mapping(uint256 index => Slash)) internal _slashes;
    mapping(address node => NodeAllocations) internal _allocations;
    AllocatedTotal internal _allocated;

    constructor(address token_) {
        token = token_;
        _allocated.begin();
    }

    /// @dev These two are functions to keep the code small: nearly every other one begins with them.
    function _open(address node) internal view returns (Pool storage p, Head memory h) {
        p = _pools[node];
        h = p.head.unpack();
    }

    function _of(address node, address owner) internal view returns (Shares storage) {
        return _positions[node][owner];
    }

    /// @dev Writes what counts from this second on, and the head. A raise of the commission that came into force meanwhile
    /// gets its own checkpoint first, at its own time.
    function _record(address node, Pool storage p, Head memory h, uint256 price) internal {
        _applyCommission(node, p, h);
        (uint256 own, uint256 delegated) = _active(h, price);
        _history[node].write(h.checkpoints++, Checkpoint(block.timestamp, h.commission, own, delegated));
        p.head = h.pack();
        emit StakeChanged(node, own, delegated, uint64(h.commission * COMMISSION_STEP));
        if (h.allocated) _count(_allocations[node], own + delegated);
    }

    /// @dev Wei of active shares.
    function _active(Head memory h, uint256 price) internal pure returns (uint256 own, uint256 delegated) {
        own = SharePrice.worth(h.own, price);
        delegated = SharePrice.worth(h.delegated, price);
    }

    function _checkPast(uint256 timestamp) internal view {
        if (timestamp >= block.timestamp) revert FutureLookup(timestamp, block.timestamp);
    }

    /// @dev Brings what the node adds to the total of allocated stake to what its active stake, in wei, now is.
    function _count(NodeAllocations storage a, uint256 active) internal {
        uint256 before = a.counted;
        // The total is never more than what is staked.
        uint256 now_ = _part(active, a.securing);
        if (now_ == before) return;
        // Safe narrowing: at most `active`, which the token's cap keeps below 2^90.
        a.counted = uint96(now_);
        _allocated.change(before, now_);
    }

    /// @dev Rounds down: parts together are never more than the whole, for ratios sum to at most 1e18.
    function _part(uint256 amount, uint256 ratio) internal pure returns (uint256) {
        return amount * ratio / Allocations.ONE;
    }

    /// @dev Changes `h` for the caller to write. There is a checkpoint before any raise is announced, and none at or after
    /// its time is written before its own: so times ascend, and `_commissionAt` is right before and after.
    function _applyCommission(address node, Pool storage p, Head memory h) internal {
        if (!h.marked) return;
        uint256 since = p.nextCommissionAt;
        if (since == 0 || since > block.timestamp) return;
        h.commission = p.nextCommission;
        Checkpoint memory c = _history[node].read(h.checkpoints - 1);
        c.time = since;
        c.commission = h.commission;
        _history[node].write(h.checkpoints++, c);
        p.nextCommission = 0;
        p.nextCommissionAt = 0;
        _mark(p, h);
    }

    /// @dev Changes `h` for the caller to write.
    function _mark(Pool storage p, Head memory h) internal view {
        h.marked = p.slashes != 0 || p.openCases != 0 || p.nextCommissionAt != 0;
    }

    /// @dev 1e18 = all. A raise in force that no checkpoint shows yet counts from its own time on.
    function _commissionAt(Pool storage p, Head memory h, uint256 recorded, uint256 timestamp)
        internal
        view
        returns (uint64)
    {
        if (h.marked) {
            uint256 since = p.nextCommissionAt;
            if (since != 0 && since <= timestamp) recorded = p.nextCommission;
        }
        return uint64(recorded * COMMISSION_STEP);
    }

    function _price(Pool storage p, Head memory h) internal view returns (uint256) {
        return h.marked && p.slashes != 0 ? p.price : PRICE_ONE;
    }

    function _allShares(Pool storage p, Head memory h) internal view returns (uint256) {
        return h.own + h.delegated + p.unstakingShares;
    }

    function _checkNotFrozen(address node, Pool storage p, Head memory h) internal view {
        if (h.marked && p.openCases != 0) revert StakeFrozen(node, p.openCases);
    }

    /// @dev Moves what a position has earned until now out of its shares, which may then change.
    function _accrue(Pool storage p, Head memory h, Shares storage s) internal {
        uint160 perShare = p.stream.update(h.delegated);
        uint256 earned = RewardStream.earned(s.active, perShare, s.rewardPaid);
        s.rewardPaid = perShare;
        s.accrued += earned.toUint96();
    }

    /// @dev Before a position changes, so that its shares are those that each slash found.
    function _collectAll(address node, address owner, Pool storage p, Head memory h) internal {
        // The node's own part was collected with each slash.
        if (!h.marked || owner == node) return;
        Shares storage s = _of(node, owner);
        uint256 from = s.collected;
        uint256 to = p.slashes;
        if (from == to) return;
        if (s.active == 0 && s.unstaking == 0) {
            s.collected = uint24(to);
        } else if (to - from > MAX_COLLECTED_AT_ONCE) {
            revert SlashesUncollected(node, owner, to - from);
        } else {
            _collect(node, owner, from, to);
        }
    }

    function _collect(address node, address owner, uint256 from, uint256 to) internal returns (uint256 amount) {
        Shares storage s = _of(node, owner);
        uint256 shares = uint256(s.active) + s.unstaking;
        uint256 before = from == 0 ? PRICE_ONE : _slashes[node][from - 1].price;
        for (uint256 i = from; i < to; ++i) {
            Slash storage slash_ = _slashes[node][i];
            uint256 price = slash_.price;
            uint256 part = SharePrice.part(shares, before, price);
            before = price;
            // Before the receiver is called. Safe narrowing: `to` is at most the pool's uint24.
            s.collected = uint24(i + 1);
            if (part == 0) continue;
            amount += part;
            (address receiver, uint256 ref) = (slash_.receiver, slash_.ref);
            _seize(node, owner, ref, receiver, part);
            _notify(receiver, ref, part);
        }
    }

    function _seize(address node, address owner, uint256 ref, address receiver, uint256 part) internal {
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
}
