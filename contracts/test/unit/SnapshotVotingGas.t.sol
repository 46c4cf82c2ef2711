// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {VmSafe} from "forge-std/Vm.sol";
import {SnapshotVotingTest} from "../builders/SnapshotVotingTest.sol";
import {Draft, SnapshotMessage} from "../builders/SnapshotMessage.sol";

/// @dev Whole transactions, with their 21,000 and their call data, all storage cold: run with `--isolate`, as `npm run
/// check` does for `.gas-snapshot`. docs/reference/gas.md tells what they mean.
abstract contract SnapshotVotingGasTest is SnapshotVotingTest {
    uint256 internal constant VOTERS = 400;

    VmSafe.Wallet[] internal voters;
    bytes32 internal id;

    function setUp() public virtual override {
        super.setUp();
        vm.deal(address(executor), 100 ether);
        for (uint256 i; i < VOTERS; ++i) {
            voters.push(_voter(vm.toString(i), 100_000e18));
        }
        vm.roll(block.number + 1);
        // The head of all proposals, and a lane, have been written before.
        id = _active();
        _submit(id, _signed(id, alice, FOR));
        vm.warp(block.timestamp + 30 days);
    }

    function _batch(uint256 from, uint256 to) internal returns (bytes memory packed) {
        for (uint256 i = from; i < to; ++i) {
            packed = bytes.concat(packed, _signed(id, voters[i], FOR));
        }
    }

    /// @param limit A little above what the transaction took when this was written.
    function _log(string memory what, uint256 limit) internal {
        _log(what, limit, 1);
    }

    function _log(string memory what, uint256 limit, uint256 votes) internal {
        uint256 gas = vm.lastCallGas().gasTotalUsed / votes;
        emit log_named_uint(what, gas);
        assertLe(gas, limit);
    }
}

contract SnapshotVotingGas is SnapshotVotingGasTest {
    function test_register() public {
        Draft memory d = _draft();
        d.start += 1;
        _register(d);
        _log("register with two actions", 150_000);
    }

    function test_firstVotes() public {
        id = _active();
        bytes memory packed = _batch(0, 100);
        _submit(id, packed);
        _log("each of 100 votes of accounts that never voted", 35_500, 100);
    }

    function test_firstVotesInAFullBatch() public {
        id = _active();
        bytes memory packed = _batch(0, 400);
        _submit(id, packed);
        _log("each of 400 votes of accounts that never voted", 35_000, 400);
    }

    function test_firstVotesInSmallBatches() public {
        id = _active();
        bytes memory packed = _batch(0, 10);
        _submit(id, packed);
        _log("each of 10 votes of accounts that never voted", 41_400, 10);
    }

    function test_oneVote() public {
        id = _active();
        bytes memory packed = _batch(0, 1);
        _submit(id, packed);
        _log("the first vote, alone", 100_000);
    }

    function test_laterBatch() public {
        id = _active();
        _submit(id, _batch(0, 10));
        bytes memory packed = _batch(10, 100);
        _submit(id, packed);
        _log("each of 90 votes in a later batch", 35_500, 90);
    }

    function test_replacedVotes() public {
        id = _active();
        _submit(id, _batch(0, 100));
        vm.warp(block.timestamp + 1);
        bytes memory packed = _batch(0, 100);
        _submit(id, packed);
        _log("each of 100 votes that replace one", 18_700, 100);
    }

    function test_votersOfAnEarlierProposal() public {
        id = _active();
        _submit(id, _batch(0, 100));
        vm.warp(block.timestamp + 30 days);
        id = _active();
        bytes memory packed = _batch(0, 100);
        _submit(id, packed);
        _log("each of 100 votes of accounts that voted on an earlier proposal", 18_500, 100);
    }

    function test_execute() public {
        id = _active();
        _submit(id, _batch(0, 100));
        _untilExecutable(id);
        voting.execute(id, _actions());
        _log("execute two transfers of ether by a bare DAO", 157_000);
    }
}
