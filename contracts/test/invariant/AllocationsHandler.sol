// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {CommonBase} from "forge-std/Base.sol";
import {StdUtils} from "forge-std/StdUtils.sol";
import {Role} from "../../src/types/Types.sol";
import {AllocationsHarness} from "../builders/AllocationsHarness.sol";

/// @dev A node that allocates, joins rounds and is let go, in any order, over four tasks and task 0. Beside the library it
/// keeps a plain list of what each reader holds.
contract AllocationsHandler is CommonBase, StdUtils {
    uint256 public constant TASKS = 5;

    struct Held {
        uint256 taskId;
        uint256 ratio;
        Role role;
    }

    AllocationsHarness public immutable node;
    mapping(uint256 taskId => uint256) public allocated;
    Held[] public held;
    mapping(uint256 taskId => Role) public roleOf;
    /// @dev The largest that was bound since nobody held anything of the task.
    mapping(uint256 taskId => uint256) public largest;
    mapping(uint256 taskId => uint256) public readers;

    constructor(AllocationsHarness node_) {
        node = node_;
    }

    function heldCount() external view returns (uint256) {
        return held.length;
    }

    function allocate(uint256 taskId, bool validator, uint256 ratio) external {
        taskId %= TASKS;
        ratio = bound(ratio, 0, 1e18) >> (ratio % 4);
        try node.allocate(taskId, _role(taskId, validator), ratio) {
            allocated[taskId] = ratio;
            roleOf[taskId] = _role(taskId, validator);
        } catch {}
    }

    function allocateAllThatIsFree(uint256 taskId, bool validator) external {
        taskId %= TASKS;
        uint256 ratio = node.free();
        try node.allocate(taskId, _role(taskId, validator), ratio) {
            allocated[taskId] = ratio;
            roleOf[taskId] = _role(taskId, validator);
        } catch {}
    }

    function join(uint256 taskId, bool validator, uint256 ago) external {
        taskId %= TASKS;
        Role role = _role(taskId, validator);
        uint256 asOf = block.timestamp - bound(ago, 0, 20);
        try node.bind(taskId, role, asOf) returns (uint64 ratio, uint32) {
            held.push(Held(taskId, ratio, role));
            ++readers[taskId];
            if (ratio > largest[taskId]) largest[taskId] = ratio;
        } catch {}
    }

    function letGo(uint256 which) external {
        if (held.length == 0) return;
        which %= held.length;
        uint256 taskId = held[which].taskId;
        node.unbind(taskId);
        if (--readers[taskId] == 0) largest[taskId] = 0;
        held[which] = held[held.length - 1];
        held.pop();
    }

    function wait_(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 10));
    }

    function _role(uint256 taskId, bool validator) private pure returns (Role) {
        if (taskId == 0) return Role.Host;
        return validator ? Role.Validator : Role.Trainer;
    }
}
