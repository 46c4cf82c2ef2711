// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {TaskId} from "../../src/types/Ids.sol";
import {Role, StakeSnapshot} from "../../src/types/Types.sol";
import {IntegralReference} from "../builders/IntegralReference.sol";
import {Slasher} from "../builders/Slasher.sol";

/// @dev Three nodes and a delegator that stake, unstake and allocate among three tasks and task 0, a court that slashes, and
/// rounds that bind and let go. Beside the stake manager it keeps plain numbers, and the integral by its definition.
contract StakeAllocationsHandler is Test {
    uint256 public constant NODES = 3;
    uint256 public constant TASKS = 4;

    IStakeManager private immutable stakeManager;
    Slasher private immutable slasher;
    IntegralReference public immutable exact;
    address private immutable delegator = makeAddr("delegator");

    address[] public nodes;
    mapping(address node => mapping(uint256 taskId => uint256)) public ratioOf;
    mapping(address node => mapping(uint256 taskId => Role)) public roleOf;
    mapping(address node => mapping(uint256 taskId => uint256[])) private _held;
    /// @dev How many of those have let go.
    mapping(address node => mapping(uint256 taskId => uint256)) private _gone;
    uint256 public lastIntegral;
    /// @dev The integral at each beginning of a day, read in that second.
    mapping(uint256 day => uint256) public seenAt;
    uint256[] public daysSeen;

    constructor(IStakeManager stakeManager_, Slasher slasher_, IntegralReference exact_) {
        stakeManager = stakeManager_;
        slasher = slasher_;
        exact = exact_;
        for (uint256 i; i < NODES; ++i) {
            nodes.push(makeAddr(string.concat("node", vm.toString(i))));
        }
    }

    /// @dev Everybody of them, to be given tokens and approvals.
    function everybody() external view returns (address[] memory all) {
        all = new address[](NODES + 1);
        for (uint256 i; i < NODES; ++i) {
            all[i] = nodes[i];
        }
        all[NODES] = delegator;
    }

    /// @dev After each call: what changed the total begins a stretch of the integral.
    modifier told() {
        _;
        exact.push(expectedTotal());
    }

    function stake(uint256 who, uint256 amount) external told {
        address node = _node(who);
        if (stakeManager.pool(node).price < uint256(1e31) / 64) return;
        vm.prank(node);
        stakeManager.stake(_amount(amount));
    }

    function delegate(uint256 whom, uint256 amount) external told {
        address node = _node(whom);
        if (stakeManager.pool(node).price < uint256(1e31) / 64 || stakeManager.pool(node).ownShares == 0) return;
        if (_uncollected(node) > stakeManager.MAX_COLLECTED_AT_ONCE()) return;
        vm.prank(delegator);
        stakeManager.delegateStake(node, _amount(amount));
    }

    function requestUnstake(uint256 whom, bool own, uint256 amount) external told {
        address node = _node(whom);
        address owner = own ? node : delegator;
        (uint256 active,) = stakeManager.worth(node, owner);
        if (active == 0 || _uncollected(node) > stakeManager.MAX_COLLECTED_AT_ONCE()) return;
        vm.prank(owner);
        stakeManager.requestUnstake(node, amount % 5 == 0 ? active : bound(amount, 1, active));
    }

    function slash(uint256 whom, uint256 amount) external told {
        address node = _node(whom);
        uint256 tokens = stakeManager.pool(node).tokens;
        slasher.slash(node, amount % 16 == 0 ? tokens : bound(amount, 0, tokens / 3));
    }

    function allocate(uint256 who, uint256 taskId, bool validator, uint256 ratio) external told {
        address node = _node(who);
        taskId %= TASKS;
        Role role = taskId == 0 ? Role.Host : validator ? Role.Validator : Role.Trainer;
        bool bound_ = _held[node][taskId].length != 0;
        if (bound_ && role != roleOf[node][taskId]) return;
        uint256 most = 1e18 - (committed(node) - _larger(ratioOf[node][taskId], largest(node, taskId)));
        ratio = ratio % 4 == 0 ? most : ratio % 4 == 1 ? 0 : bound(ratio, 0, most);
        vm.prank(node);
        stakeManager.allocate(TaskId.wrap(taskId), role, uint64(ratio));
        ratioOf[node][taskId] = ratio;
        roleOf[node][taskId] = role;
    }

    function bind(uint256 who, uint256 taskId, uint256 ago) external told {
        address node = _node(who);
        taskId %= TASKS;
        uint48 asOf = uint48(block.timestamp - bound(ago, 1, 2 days));
        Role role = roleOf[node][taskId];
        (Role then, uint256 before) = stakeManager.allocatedAt(node, TaskId.wrap(taskId), asOf);
        uint256 least = then != role ? 0 : before < ratioOf[node][taskId] ? before : ratioOf[node][taskId];
        if (least == 0) return;
        StakeSnapshot memory all = stakeManager.stakeAt(node, asOf);
        (, uint64 ratio, StakeSnapshot memory part) = stakeManager.bind(node, TaskId.wrap(taskId), role, asOf);
        assertEq(ratio, least);
        assertEq(part.own, uint256(all.own) * ratio / 1e18);
        assertEq(part.delegated, uint256(all.delegated) * ratio / 1e18);
        _held[node][taskId].push(ratio);
    }

    function unbind(uint256 who, uint256 taskId) external told {
        address node = _node(who);
        taskId %= TASKS;
        if (_held[node][taskId].length == 0) return;
        stakeManager.unbind(node, TaskId.wrap(taskId));
        // Which of them lets go makes no difference: the largest stays until the last.
        ++_gone[node][taskId];
        if (_gone[node][taskId] == _held[node][taskId].length) {
            delete _held[node][taskId];
            _gone[node][taskId] = 0;
        }
    }

    /// @dev By seconds, by days and to midnight; each beginning of a day on the way is looked at.
    function pass(uint256 time) external {
        uint256 midnight = (block.timestamp / 1 days + 1) * 1 days;
        uint256 to = time % 4 == 0 ? midnight : block.timestamp + bound(time, 0, time % 4 == 1 ? 10 : 60 hours);
        for (; midnight <= to; midnight += 1 days) {
            vm.warp(midnight);
            seenAt[midnight / 1 days] = stakeManager.inverseIntegral();
            daysSeen.push(midnight / 1 days);
        }
        vm.warp(to);
        uint256 now_ = stakeManager.inverseIntegral();
        assertGe(now_, lastIntegral);
        lastIntegral = now_;
    }

    function daysSeenCount() external view returns (uint256) {
        return daysSeen.length;
    }

    function expectedTotal() public view returns (uint256 total) {
        for (uint256 i; i < NODES; ++i) {
            StakeSnapshot memory s = stakeManager.stakeOf(nodes[i]);
            uint256 ratios;
            for (uint256 taskId = 1; taskId < TASKS; ++taskId) {
                ratios += _larger(ratioOf[nodes[i]][taskId], largest(nodes[i], taskId));
            }
            total += (uint256(s.own) + s.delegated) * ratios / 1e18;
        }
    }

    function committed(address node) public view returns (uint256 sum) {
        for (uint256 taskId; taskId < TASKS; ++taskId) {
            sum += _larger(ratioOf[node][taskId], largest(node, taskId));
        }
    }

    function largest(address node, uint256 taskId) public view returns (uint256 most) {
        for (uint256 i; i < _held[node][taskId].length; ++i) {
            most = _larger(most, _held[node][taskId][i]);
        }
    }

    function readers(address node, uint256 taskId) external view returns (uint256) {
        return _held[node][taskId].length - _gone[node][taskId];
    }

    function _uncollected(address node) private view returns (uint256) {
        return stakeManager.pool(node).slashes - stakeManager.position(node, delegator).slashesCollected;
    }

    function _node(uint256 seed) private view returns (address) {
        return nodes[seed % NODES];
    }

    function _amount(uint256 seed) private pure returns (uint256) {
        return seed % 5 == 0 ? 1 + seed % 3 : bound(seed, 1, 10_000e18);
    }

    function _larger(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
