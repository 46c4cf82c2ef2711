// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {OperatorKeys, Operators} from "../../src/stake/OperatorKeys.sol";

contract OperatorKeysHarness {
    using OperatorKeys for Operators;

    Operators private keys;

    function offer(address operator) external {
        keys.offer(msg.sender, operator);
    }

    function accept(address node) external {
        keys.accept(msg.sender, node);
    }

    function dismiss() external {
        keys.dismiss(msg.sender);
    }

    function resign() external returns (address) {
        return keys.resign(msg.sender);
    }

    function acting(address caller) external view returns (address) {
        return keys.acting(caller);
    }
}

contract OperatorKeysTest is Test {
    OperatorKeysHarness private keys = new OperatorKeysHarness();
    address private node = makeAddr("cold key");
    address private other = makeAddr("another cold key");
    address private hot = makeAddr("operator");
    address private next = makeAddr("next operator");

    function test_ANodeActsForItselfUntilAnOperatorHasAccepted() public {
        assertEq(keys.acting(node), node);
        _offer(node, hot);
        assertEq(keys.acting(node), node);
        assertEq(keys.acting(hot), hot);
        _accept(hot, node);
        assertEq(keys.acting(hot), node);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.OperatorActs.selector, node, hot));
        keys.acting(node);
    }

    function test_NobodyIsBurdenedWithAnOfficeAndNobodyTakesOne() public {
        vm.prank(hot);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.NotOffered.selector, node, hot));
        keys.accept(node);
        _offer(node, next);
        vm.prank(hot);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.NotOffered.selector, node, hot));
        keys.accept(node);
        // Withdrawn.
        _offer(node, address(0));
        vm.prank(next);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.NotOffered.selector, node, next));
        keys.accept(node);
        vm.prank(address(0));
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.NotOffered.selector, node, address(0)));
        keys.accept(node);
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.OwnOperator.selector, node));
        keys.offer(node);
    }

    function test_AnOperatorServesOneNode() public {
        _offer(node, hot);
        _accept(hot, node);
        _offer(other, hot);
        vm.prank(hot);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.ServesAnother.selector, hot, node));
        keys.accept(other);
        vm.prank(hot);
        assertEq(keys.resign(), node);
        _accept(hot, other);
        assertEq(keys.acting(hot), other);
        assertEq(keys.acting(node), node);
    }

    function test_ANewOperatorTakesThePlaceOfTheOldOneWhichIsFreeThen() public {
        _offer(node, hot);
        _accept(hot, node);
        _offer(node, next);
        // Until the next has accepted.
        assertEq(keys.acting(hot), node);
        _accept(next, node);
        assertEq(keys.acting(next), node);
        assertEq(keys.acting(hot), hot);
        // An offer is used up by accepting.
        vm.prank(hot);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.NotOffered.selector, node, hot));
        keys.accept(node);
    }

    function test_AStolenOperatorKeyIsDismissedAtOnce() public {
        _offer(node, hot);
        _accept(hot, node);
        vm.prank(node);
        keys.dismiss();
        assertEq(keys.acting(hot), hot);
        assertEq(keys.acting(node), node);
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.NoOperator.selector, node));
        keys.dismiss();
        vm.prank(hot);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.ServesNobody.selector, hot));
        keys.resign();
    }

    /// @dev An offer to the key that is in office waits until it is out of it, which is when it must not be taken.
    function test_ADismissedKeyTakesNoOfferThatWasLeft() public {
        _offer(node, hot);
        _accept(hot, node);
        _offer(node, hot);
        vm.prank(node);
        keys.dismiss();
        vm.prank(hot);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.NotOffered.selector, node, hot));
        keys.accept(node);
    }

    /// @dev Else it would not be said for whom a key acts: for itself, its node, or not at all.
    function test_AKeyIsInOfficeOrHasAnOperatorButNotBoth() public {
        _offer(node, hot);
        _accept(hot, node);
        // Who serves has no operator.
        _offer(hot, next);
        vm.prank(next);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.ServesAnother.selector, hot, node));
        keys.accept(hot);
        // Who has one serves nobody.
        _offer(other, node);
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.ServesAnother.selector, node, hot));
        keys.accept(other);
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.ServesNobody.selector, node));
        keys.resign();
        assertEq(keys.acting(hot), node);
        // Nor does a key serve itself by way of another.
        _offer(hot, node);
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.ServesAnother.selector, node, hot));
        keys.accept(hot);
        vm.prank(hot);
        keys.resign();
        _offer(hot, next);
        _accept(next, hot);
        assertEq(keys.acting(next), hot);
        assertEq(keys.acting(node), node);
    }

    function _offer(address from, address operator) private {
        vm.prank(from);
        keys.offer(operator);
    }

    function _accept(address operator, address for_) private {
        vm.prank(operator);
        keys.accept(for_);
    }
}
