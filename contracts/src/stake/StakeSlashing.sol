// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISlashReceiver, IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {SLASH_PERMISSION} from "../permission/Permissions.sol";
import {Head, PoolHead} from "./PoolHead.sol";
import {SharePrice} from "./SharePrice.sol";
import {StakePools} from "./StakePools.sol";

/// @title What slash cases do to a pool
abstract contract StakeSlashing is StakePools, DaoAuthorized, ReentrancyGuardTransient {
    using PoolHead for uint256;
    using PoolHead for Head;
    using SafeCast for uint256;

    /// @inheritdoc IStakeManager
    function freeze(address node) external auth(SLASH_PERMISSION) nonReentrant {
        emit Frozen(node, _setCases(node, _pools[node].openCases + 1));
    }

    /// @inheritdoc IStakeManager
    function unfreeze(address node) external auth(SLASH_PERMISSION) nonReentrant {
        emit Unfrozen(node, _setCases(node, _pools[node].openCases - 1));
    }

    /// @inheritdoc IStakeManager
    function slash(address node, uint256 amount, uint256 ref)
        external
        auth(SLASH_PERMISSION)
        nonReentrant
        returns (uint256 taken)
    {
        (Pool storage p, Head memory h) = _open(node);
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
        Slash storage s = _slashes[node][p.slashes++];
        (s.price, s.ref, s.receiver, s.taken) = (uint104(price), ref.toUint152(), msg.sender, uint96(taken));
        p.price = uint104(price);
        h.marked = true;
        uncollected += taken;
        emit Slashed(node, ref, taken, SharePrice.worth(shares, price));
        _record(node, p, h, price);

        uint256 part = SharePrice.part(h.own + _of(node, node).unstaking, before, price);
        if (part != 0) {
            _seize(node, node, ref, msg.sender, part);
            // Whoever slashes is told in its own call, where a failure is its own.
            ISlashReceiver(msg.sender).onSlashCollected(ref, part);
        }
    }

    /// @inheritdoc IStakeManager
    function collect(address node, address owner, uint256 max) external nonReentrant returns (uint256 amount) {
        if (owner == node) return 0;
        uint256 from = _of(node, owner).collected;
        uint256 to = _pools[node].slashes;
        if (to - from > max) to = from + max;
        return _collect(node, owner, from, to);
    }

    function _setCases(address node, uint24 count) private returns (uint24) {
        (Pool storage p, Head memory h) = _open(node);
        p.openCases = count;
        _mark(p, h);
        p.head = h.pack();
        return count;
    }
}
