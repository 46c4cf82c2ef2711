// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {IStakeManager, PoolInfo, Position, SlashRecord} from "../interfaces/IStakeManager.sol";
import {StakeSnapshot} from "../types/Types.sol";
import {Head, PoolHead} from "./PoolHead.sol";
import {RewardStream, Stream} from "./RewardStream.sol";
import {SharePrice} from "./SharePrice.sol";
import {Checkpoint, StakeHistory} from "./StakeHistory.sol";
import {StakePools} from "./StakePools.sol";

/// @title What can be asked of the stake
abstract contract StakeViews is StakePools {
    using PoolHead for uint256;
    using RewardStream for Stream;
    using StakeHistory for mapping(uint256 => uint256);

    /// @inheritdoc IStakeManager
    function stakeOf(address node) external view returns (StakeSnapshot memory) {
        (Pool storage p, Head memory h) = _open(node);
        (uint256 own, uint256 delegated) = _active(h, _price(p, h));
        // Safe narrowing: worth at most the shares, which have 96 bits.
        return StakeSnapshot({
            own: uint128(own),
            delegated: uint128(delegated),
            commission: _commissionAt(p, h, h.commission, block.timestamp)
        });
    }

    /// @inheritdoc IStakeManager
    function stakeAt(address node, uint48 timestamp) public view returns (StakeSnapshot memory) {
        _checkPast(timestamp);
        (Pool storage p, Head memory h) = _open(node);
        Checkpoint memory c = _history[node].find(h.checkpoints, timestamp);
        return StakeSnapshot({
            own: uint128(c.own),
            delegated: uint128(c.delegated),
            commission: _commissionAt(p, h, c.commission, timestamp)
        });
    }

    /// @inheritdoc IStakeManager
    function pool(address node) external view returns (PoolInfo memory info) {
        (Pool storage p, Head memory h) = _open(node);
        info.price = _price(p, h);
        info.shares = _allShares(p, h);
        info.tokens = SharePrice.worth(info.shares, info.price);
        info.ownShares = h.own;
        info.delegatedShares = h.delegated;
        info.commission = _commissionAt(p, h, h.commission, block.timestamp);
        if (p.nextCommissionAt > block.timestamp) {
            info.nextCommission = uint64(p.nextCommission * COMMISSION_STEP);
            info.nextCommissionAt = p.nextCommissionAt;
        }
        info.openCases = p.openCases;
        info.slashes = p.slashes;
        (,, info.rewardEnd) = p.stream.peek(h.delegated);
        if (info.rewardEnd > block.timestamp) info.rewardRate = p.stream.rate >> 32;
    }

    /// @inheritdoc IStakeManager
    function position(address node, address owner) external view returns (Position memory) {
        (Pool storage p, Head memory h) = _open(node);
        Shares storage s = _of(node, owner);
        (uint160 perShare,,) = p.stream.peek(h.delegated);
        bool own = owner == node;
        // The node's own part is collected with each slash, and nothing is ever collected from nothing.
        bool current = own || (s.active == 0 && s.unstaking == 0);
        return Position({
            shares: own ? h.own : s.active,
            unstakingShares: s.unstaking,
            availableAt: s.availableAt,
            slashesCollected: current ? p.slashes : s.collected,
            claimable: s.accrued + RewardStream.earned(s.active, perShare, s.rewardPaid)
        });
    }

    /// @inheritdoc IStakeManager
    function worth(address node, address owner) external view returns (uint256 active, uint256 unstaking) {
        (Pool storage p, Head memory h) = _open(node);
        Shares storage s = _of(node, owner);
        uint256 price = _price(p, h);
        active = SharePrice.worth(owner == node ? h.own : s.active, price);
        unstaking = SharePrice.worth(s.unstaking, price);
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
}
