// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ISnapshotVoting} from "../../src/plugins/ISnapshotVoting.sol";
import {Draft, SnapshotMessage} from "../builders/SnapshotMessage.sol";
import {SnapshotVotingTest} from "../builders/SnapshotVotingTest.sol";

contract SnapshotVotingTests is SnapshotVotingTest {
    using SnapshotMessage for Draft;

    function test_theIdIsTheDigestOfTheMessage() public {
        Draft memory d = _draft();
        assertEq(_register(d), d.digest());
        _assertState(d.digest(), ISnapshotVoting.State.Pending);
    }

    function test_aDecisionFromVotesToExecution() public {
        vm.deal(address(executor), 3 ether);
        bytes32 id = _active();
        uint256 counted =
            _submit(id, bytes.concat(_signed(id, alice, FOR), _signed(id, bob, AGAINST), _signed(id, carol, ABSTAIN)));
        assertEq(counted, 3);
        _assertTally(id, 2_000_000e18, 1_500_000e18, 1_000_000e18, 3);
        _afterSubmission(id);
        _assertState(id, ISnapshotVoting.State.Queued);
        _untilExecutable(id);
        voting.execute(id, _actions());
        _assertState(id, ISnapshotVoting.State.Executed);
        assertEq(stranger.balance, 3 ether);
        assertEq(executor.lastCallId(), id);
    }
}
