// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {Position} from "../../src/interfaces/IStakeManager.sol";
import {
    BIND_PERMISSION,
    PAUSE_DEPOSITS_PERMISSION,
    SLASH_PERMISSION,
    UNBIND_PERMISSION
} from "../../src/permission/Permissions.sol";
import {StakeManager} from "../../src/stake/StakeManager.sol";
import {TaskId} from "../../src/types/Ids.sol";
import {Role} from "../../src/types/Types.sol";
import {Slasher} from "./Slasher.sol";
import {TokenTest} from "./TokenTest.sol";

/// @dev The stake alone, with somebody who may slash, a node and two delegators who vote for themselves. Everybody has
/// approved everything to the stake manager. The test itself may bind and unbind.
abstract contract StakeTest is TokenTest {
    StakeManager internal stakeManager;
    Slasher internal slasher;

    address internal node = makeAddr("node");
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");

    function setUp() public virtual override {
        super.setUp();
        stakeManager = new StakeManager(address(dao), address(token), address(policy));
        slasher = new Slasher(stakeManager, token);
        _setCustodian(address(stakeManager), ICoveyToken.CustodianKind.Custodian);
        dao.grant(address(stakeManager), address(slasher), SLASH_PERMISSION);
        dao.grant(address(stakeManager), address(this), BIND_PERMISSION);
        dao.grant(address(stakeManager), address(this), UNBIND_PERMISSION);
        dao.grant(address(stakeManager), address(dao), PAUSE_DEPOSITS_PERMISSION);
        _ready(node);
        _ready(alice);
        _ready(bob);
        _ready(treasury);
    }

    function _ready(address who) internal {
        vm.startPrank(who);
        token.delegate(who);
        token.approve(address(stakeManager), type(uint256).max);
        vm.stopPrank();
    }

    function _stake(address who, uint256 amount) internal {
        _give(who, amount);
        vm.prank(who);
        stakeManager.stake(amount);
    }

    function _delegate(address who, uint256 amount) internal {
        _delegate(who, node, amount);
    }

    function _delegate(address who, address to, uint256 amount) internal {
        _give(who, amount);
        vm.prank(who);
        stakeManager.delegateStake(to, amount);
    }

    function _allocate(address who, uint256 taskId, Role role, uint64 ratio) internal {
        vm.prank(who);
        stakeManager.allocate(TaskId.wrap(taskId), role, ratio);
    }

    function _request(address who, uint256 amount) internal {
        vm.prank(who);
        stakeManager.requestUnstake(node, amount);
    }

    function _afterCooldown() internal {
        vm.warp(block.timestamp + policy.latest(Param.UnstakeCooldown));
    }

    function _reward(uint256 amount) internal {
        vm.prank(treasury);
        stakeManager.addReward(node, amount);
    }

    function _worth(address who) internal view returns (uint256) {
        return _worth(node, who);
    }

    /// @dev Active and unstaking.
    function _worth(address of_, address who) internal view returns (uint256) {
        (uint256 active, uint256 unstaking) = stakeManager.worth(of_, who);
        return active + unstaking;
    }

    function _custody(address who) internal view returns (uint256) {
        return token.custodyOf(address(stakeManager), who);
    }

    function _claimable(address who) internal view returns (uint256) {
        return stakeManager.position(node, who).claimable;
    }

    function _position(address who) internal view returns (Position memory) {
        return stakeManager.position(node, who);
    }
}
