// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {StakeManager} from "../../src/stake/StakeManager.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";

/// @dev Random but sensible calls of four nodes and the court, for the invariants.
contract StakeHandler is Test {
    uint256 public constant NODES = 4;

    address public immutable slashRecipient = makeAddr("slash recipient");
    address[] public nodes;
    CoveyToken private immutable token;
    StakeManager private immutable stakeManager;
    address private immutable court;

    constructor(CoveyToken token_, StakeManager stakeManager_, address court_) {
        token = token_;
        stakeManager = stakeManager_;
        court = court_;
        for (uint256 i; i < NODES; ++i) {
            nodes.push(makeAddr(string.concat("node", vm.toString(i))));
        }
    }

    function stake(uint256 who, uint256 whom, uint256 amount) external {
        address node = _node(who);
        uint256 balance = token.balanceOf(node);
        if (balance == 0) return;
        amount = bound(amount, 1, balance);
        vm.startPrank(node);
        token.approve(address(stakeManager), amount);
        stakeManager.stakeFor(_node(whom), amount);
        vm.stopPrank();
    }

    function requestUnstake(uint256 who, uint256 amount) external {
        address node = _node(who);
        uint256 own = stakeManager.stakeOf(node).own;
        if (own == 0 || stakeManager.openCases(node) != 0) return;
        vm.prank(node);
        stakeManager.requestUnstake(bound(amount, 1, own));
    }

    function withdraw(uint256 who) external {
        address node = _node(who);
        (uint256 amount, uint64 availableAt) = stakeManager.unstakingOf(node);
        if (amount == 0 || stakeManager.openCases(node) != 0) return;
        if (block.timestamp < availableAt) vm.warp(availableAt);
        stakeManager.withdraw(node);
    }

    function delegate(uint256 who, uint256 whom) external {
        vm.prank(_node(who));
        token.delegate(_node(whom));
        vm.roll(block.number + 1);
    }

    function transfer(uint256 who, uint256 whom, uint256 amount) external {
        address node = _node(who);
        amount = bound(amount, 0, token.balanceOf(node));
        vm.prank(node);
        token.transfer(_node(whom), amount);
    }

    function openAndCloseCase(uint256 who, uint256 reporter, uint256 amount, uint256 share, bool keepOpen) external {
        address node = _node(who);
        vm.startPrank(court);
        if (stakeManager.openCases(node) == 0) {
            stakeManager.freeze(node);
        } else if (!keepOpen) {
            stakeManager.unfreeze(node);
            stakeManager.slash(node, bound(amount, 0, 2_000_000e18), slashRecipient, _node(reporter), share % 1e18);
        }
        vm.stopPrank();
    }

    function _node(uint256 i) private view returns (address) {
        return nodes[i % NODES];
    }
}
