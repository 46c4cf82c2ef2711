// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {BlockHashBeacon} from "../../src/beacon/BlockHashBeacon.sol";
import {IBeacon} from "../../src/beacon/IBeacon.sol";

contract BlockHashBeaconTest is Test {
    uint256 private constant END = 1_000_000;
    bytes32 private constant HASH = keccak256("the fixed block");
    BlockHashBeacon private beacon;

    function setUp() public {
        beacon = new BlockHashBeacon(4);
        vm.roll(5000);
        vm.warp(END);
    }

    function test_ALaterBlockIsFixedOnceAndItsHashIsTheValue() public {
        vm.expectEmit(address(beacon));
        emit IBeacon.BeaconFixed(END, 5004);
        assertEq(beacon.fix(END), 5004);
        vm.roll(5003);
        assertEq(beacon.fix(END), 5004);
        vm.roll(5005);
        vm.setBlockhash(5004, HASH);
        vm.expectEmit(address(beacon));
        emit IBeacon.BeaconBrought(5004, HASH);
        assertEq(beacon.bring(END, ""), HASH);
        // The same for ever, whatever the chain has forgotten since.
        vm.roll(9000);
        assertEq(beacon.bring(END, ""), HASH);
        assertEq(beacon.valueOf(END), HASH);
        assertEq(beacon.sourceOf(END), 5004);
        assertFalse(beacon.isLost(END));
    }

    function test_NothingIsFixedBeforeTheWindowHasEnded() public {
        vm.warp(END - 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconTooEarly.selector, END, END));
        beacon.fix(END);
        assertEq(beacon.sourceOf(END), 0);
        assertEq(beacon.valueOf(END), bytes32(0));
    }

    function test_WhatWasNotFixedCannotBeBrought() public {
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconNotFixed.selector, END));
        beacon.bring(END, "");
    }

    function test_TheFixedBlockMustBeBuilt() public {
        beacon.fix(END);
        vm.roll(5004);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconTooEarly.selector, END, 5005));
        beacon.bring(END, "");
    }

    function test_AProofIsEmpty() public {
        beacon.fix(END);
        vm.roll(5005);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconProofInvalid.selector, 5004));
        beacon.bring(END, hex"00");
    }

    function test_TheHashIsThereForExactly256Blocks() public {
        beacon.fix(END);
        vm.roll(5004 + 256);
        vm.setBlockhash(5004, HASH);
        assertFalse(beacon.isLost(END));
        assertEq(beacon.bring(END, ""), HASH);
    }

    /// @dev Else who dislikes a hash would keep it out for 256 blocks and try again.
    function test_AValueThatWasNotBroughtIsLostForGoodAndNoOtherBlockTakesItsPlace() public {
        beacon.fix(END);
        vm.roll(5004 + 257);
        assertTrue(beacon.isLost(END));
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconLost.selector, END, 5004));
        beacon.bring(END, "");
        assertEq(beacon.fix(END), 5004);
    }

    function test_ABlockThatExistsIsNoSource() public {
        vm.expectRevert(BlockHashBeacon.DistanceZero.selector);
        new BlockHashBeacon(0);
    }
}
