// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {VmSafe} from "forge-std/Vm.sol";
import {ISnapshotVoting} from "../../src/plugins/ISnapshotVoting.sol";
import {Draft} from "../builders/SnapshotMessage.sol";
import {SnapshotVotingTest} from "../builders/SnapshotVotingTest.sol";

/// @dev Proposals that overlap or not, votes in any order by a few voters, some forged, tokens that move meanwhile; and
/// whoever tries to execute or veto at any time.
contract SnapshotVotesInvariant is SnapshotVotingTest {
    bytes32[] private ids;
    VmSafe.Wallet[] private voters;
    mapping(bytes32 id => bool) private vetoed;
    mapping(bytes32 id => bool) private executed;
    /// @dev Set instead of failing there: what reverts in a call of a campaign is forgotten.
    bool private wrong;

    function setUp() public override {
        super.setUp();
        vm.deal(address(executor), 1_000_000 ether);
        voters.push(alice);
        voters.push(bob);
        voters.push(carol);
        voters.push(_voter("dave", 700_000e18));
        voters.push(vm.createWallet("poor"));
        vm.roll(block.number + 1);
        register(0);
        bytes4[] memory selectors = new bytes4[](6);
        selectors[0] = this.register.selector;
        selectors[1] = this.submit.selector;
        selectors[2] = this.move.selector;
        selectors[3] = this.pass.selector;
        selectors[4] = this.execute.selector;
        selectors[5] = this.veto.selector;
        targetSelector(FuzzSelector(address(this), selectors));
        targetContract(address(this));
    }

    function register(uint256 seed) public {
        if (ids.length == 8) return;
        Draft memory d = _draft();
        if (seed % 2 == 1) d = _singleChoice(d, 4);
        d.title = vm.toString(ids.length);
        d.end = d.start + 1 hours;
        ids.push(_register(d));
    }

    function submit(uint256 seed, uint8[4] calldata who, uint8[4] calldata choices, uint16[4] calldata times) public {
        bytes32 id = ids[seed % ids.length];
        uint256 start = voting.getProposal(id).start;
        bytes memory packed;
        for (uint256 i; i < 4; ++i) {
            bytes memory vote =
                _signedAt(id, voters[who[i] % voters.length], uint8(choices[i] % 6), start - 10 + times[i] % 3620);
            // One in eight is not what was signed.
            if (times[i] % 8 == 0) vote[40] ^= 0x01;
            packed = bytes.concat(packed, vote);
        }
        voting.submitVotes(id, packed);
    }

    function move(uint8 from, uint8 to, uint256 amount) public {
        address giver = voters[from % voters.length].addr;
        // Asked before the prank, which the first call uses up.
        amount = bound(amount, 0, token.balanceOf(giver));
        vm.prank(giver);
        token.transfer(voters[to % voters.length].addr, amount);
        vm.roll(block.number + 1);
    }

    function pass(uint16 time) public {
        vm.warp(block.timestamp + uint256(time) % 3 hours + 1);
        vm.roll(block.number + 1);
    }

    function execute(uint256 seed) public {
        bytes32 id = ids[seed % ids.length];
        bool may = _passed(id) && block.timestamp >= voting.getProposal(id).executableFrom
            && block.timestamp <= voting.getProposal(id).executableUntil && !vetoed[id] && !executed[id];
        uint256 before = executor.executions();
        try voting.execute(id, _actions()) {
            if (!may || executor.executions() != before + 1) wrong = true;
            executed[id] = true;
        } catch {
            if (may || executor.executions() != before) wrong = true;
        }
    }

    function veto(uint256 seed) public {
        if (seed % 8 != 0) return;
        bytes32 id = ids[(seed >> 8) % ids.length];
        vm.prank(address(executor));
        voting.veto(id);
        if (executed[id]) wrong = true;
        vetoed[id] = true;
    }

    /// @dev The rule once more, in plain words and divisions.
    function _passed(bytes32 id) private view returns (bool) {
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        uint256 decided = p.tally.forVotes + p.tally.against;
        return decided * 1000 >= token.getPastTotalSupply(p.snapshot) * 3 && p.tally.forVotes > p.tally.against;
    }

    /// @dev Where the votes can still be read, they are what the tally says.
    function invariant_theTallyIsTheSumOfThePastVotes() public view {
        for (uint256 n; n < ids.length; ++n) {
            ISnapshotVoting.ProposalView memory p = voting.getProposal(ids[n]);
            uint256[4] memory powers;
            uint256 counted;
            for (uint256 i; i < voters.length; ++i) {
                uint256 choice = voting.getVote(ids[n], voters[i].addr).choice;
                if (choice == 0) continue;
                ++counted;
                if (p.voteType == ISnapshotVoting.VoteType.SingleChoice && choice > 2) choice = 2;
                powers[choice] += token.getPastVotes(voters[i].addr, p.snapshot);
            }
            // A lane that another proposal has taken holds fewer of them.
            if (block.timestamp <= p.submissionEnd || counted == p.tally.voters) {
                assertEq(counted, p.tally.voters, "voters");
                assertEq(powers[1], p.tally.forVotes, "for");
                assertEq(powers[2], p.tally.against, "against");
                assertEq(powers[3], p.tally.abstain, "abstain");
            } else {
                assertLe(counted, p.tally.voters);
            }
            assertLe(
                p.tally.forVotes + p.tally.against + p.tally.abstain, token.getPastTotalSupply(p.snapshot), "supply"
            );
            assertLe(p.submissionEnd, p.end + 2 * 2 hours, "an end comes");
        }
    }

    function invariant_onlyWhatPassedIsExecutedAndWhatIsVetoedNever() public view {
        assertFalse(wrong);
        for (uint256 n; n < ids.length; ++n) {
            if (vetoed[ids[n]]) _assertState(ids[n], ISnapshotVoting.State.Vetoed);
            if (executed[ids[n]]) _assertState(ids[n], ISnapshotVoting.State.Executed);
        }
    }
}
