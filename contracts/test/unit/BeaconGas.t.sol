// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {BlockHashBeacon} from "../../src/beacon/BlockHashBeacon.sol";
import {DrandBeacon} from "../../src/beacon/DrandBeacon.sol";
import {Quicknet} from "../../src/beacon/Quicknet.sol";
import {DrandVectors} from "../builders/DrandVectors.sol";

/// @dev Whole transactions, as in `Gas.t.sol`: run with `--isolate`.
contract BeaconGas is DrandVectors {
    DrandBeacon private drand;
    BlockHashBeacon private blocks;
    uint256 private end;
    bytes private proof;

    function setUp() public {
        drand = new DrandBeacon(Quicknet.PUBLIC_KEY, Quicknet.GENESIS, Quicknet.PERIOD, 30);
        blocks = new BlockHashBeacon(4);
        end = Quicknet.GENESIS + 999 * Quicknet.PERIOD - 30;
        proof = _signature(1);
        vm.warp(end + 60);
    }

    function test_bringADrandRound() public {
        drand.bring(end, proof);
        _log("bring a drand round", 200_000);
    }

    function test_bringABlockHash() public {
        blocks.fix(end);
        _log("fix a block", 50_000);
        vm.roll(block.number + 5);
        blocks.bring(end, "");
        _log("bring a block's hash", 60_000);
    }

    function _log(string memory what, uint256 limit) private {
        Vm.Gas memory gas = vm.lastCallGas();
        emit log_named_uint(what, gas.gasTotalUsed);
        assertLe(gas.gasTotalUsed, limit);
    }
}
