// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Action} from "@aragon/osx-commons-contracts/src/executors/IExecutor.sol";
import {VmSafe} from "forge-std/Vm.sol";
import {ISnapshotVoting} from "../../src/plugins/ISnapshotVoting.sol";
import {SnapshotVoting} from "../../src/plugins/SnapshotVoting.sol";
import {Draft, SnapshotMessage, Vote} from "../builders/SnapshotMessage.sol";
import {SnapshotVotingTest} from "../builders/SnapshotVotingTest.sol";

/// @dev An ERC-1271 wallet that answers as it is told.
contract Wallet {
    enum Mood {
        Honest,
        Refuses,
        BurnsGas,
        ReturnsTooMuch,
        ReturnsTooLittle,
        Reenters,
        Reverts
    }

    Mood public mood;
    bytes32 private _digest;
    bytes32 private _signature;
    ISnapshotVoting private _voting;
    bytes private _call;

    function set(Mood mood_, bytes32 digest, bytes calldata signature) external {
        (mood, _digest, _signature) = (mood_, digest, keccak256(signature));
    }

    function reenter(ISnapshotVoting voting, bytes calldata data) external {
        (_voting, _call) = (voting, data);
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external returns (bytes4) {
        if (mood == Mood.Reverts) revert("no");
        if (mood == Mood.Refuses) return 0xffffffff;
        if (mood == Mood.BurnsGas) while (true) {}
        if (mood == Mood.Reenters) {
            (bool ok,) = address(_voting).call(_call);
            require(ok, "reentered in vain");
        }
        if (mood == Mood.ReturnsTooMuch) {
            assembly {
                mstore(0, 0xffffffff)
                return(0, 300000)
            }
        }
        if (mood == Mood.ReturnsTooLittle) {
            assembly {
                mstore(0, hex"1626ba7e")
                return(0, 4)
            }
        }
        return digest == _digest && keccak256(signature) == _signature ? bytes4(0x1626ba7e) : bytes4(0);
    }
}

contract SnapshotVoteAttacks is SnapshotVotingTest {
    using SnapshotMessage for Draft;
    using SnapshotMessage for Vote;

    bytes32 private id;
    Wallet private wallet;

    function setUp() public override {
        super.setUp();
        wallet = new Wallet();
        _power(address(wallet), 3_000_000e18);
        vm.roll(block.number + 1);
        id = _active();
    }

    function _walletVote(Wallet.Mood mood, bytes memory signature) private returns (bytes memory) {
        Vote memory vote = _vote(id, address(wallet), FOR);
        wallet.set(mood, vote.digest(), signature);
        return vote.pack(signature, true);
    }

    function _rejected(bytes memory packed, address voter) private {
        _expectRejected(id, 0, voter, ISnapshotVoting.Rejection.Signature);
        assertEq(_submit(id, bytes.concat(packed, _signed(id, alice, FOR))), 1, "the rest of the batch counts");
        _assertTally(id, 2_000_000e18, 0, 0, 1);
    }

    function testFuzz_aWalletSignsWithWhateverBytesItKnows(bytes calldata signature) public {
        vm.assume(signature.length <= type(uint16).max);
        assertEq(_submit(id, _walletVote(Wallet.Mood.Honest, signature)), 1);
        _assertTally(id, 3_000_000e18, 0, 0, 1);
    }

    function test_aHostileWalletSpoilsOnlyItsOwnVote() public {
        uint256 clean = vm.snapshotState();
        for (uint256 mood = 1; mood <= uint256(type(Wallet.Mood).max); ++mood) {
            bytes memory packed = _walletVote(Wallet.Mood(mood), "signed");
            wallet.reenter(voting, abi.encodeCall(voting.submitVotes, (id, _signed(id, bob, FOR))));
            uint256 before = gasleft();
            _rejected(packed, address(wallet));
            assertLt(before - gasleft(), 900_000, "what a wallet can waste is bounded");
            vm.revertToState(clean);
        }
    }

    /// @dev With too little gas nothing is decided about the wallet's vote, instead of leaving it out.
    function test_nobodyMakesAWalletFailBySendingLittleGas() public {
        bytes memory packed = _walletVote(Wallet.Mood.Honest, "signed");
        uint256 clean = vm.snapshotState();
        for (uint256 gas = 60_000; gas < 800_000; gas += 20_000) {
            try voting.submitVotes{gas: gas}(id, packed) returns (uint256 counted) {
                assertEq(counted, 1);
            } catch {}
            vm.revertToState(clean);
        }
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.NotEnoughGas.selector, 512_000));
        voting.submitVotes{gas: 500_000}(id, packed);
    }

    /// @dev An account with code by EIP-7702 keeps its key; an account without code is no wallet.
    function test_theSubmitterSaysWhetherToAskTheKeyOrTheCode() public {
        vm.etch(alice.addr, address(wallet).code);
        assertEq(_submit(id, _signed(id, alice, FOR)), 1);
        Vote memory vote = _vote(id, bob.addr, FOR);
        _expectRejected(id, 0, bob.addr, ISnapshotVoting.Rejection.Signature);
        _submit(id, vote.pack("anything", true));
    }

    function test_anAliasCannotVoteForAnother() public {
        _rejected(_signed(_vote(id, carol.addr, FOR), bob), carol.addr);
    }

    function test_aChangedChoiceIsNotWhatWasSigned() public {
        bytes memory packed = _signed(id, bob, AGAINST);
        packed[30] = bytes1(FOR);
        _rejected(packed, bob.addr);
    }

    function test_aVoteInAnotherSpaceOrOnAnotherProposalIsNone() public {
        Vote memory vote = _vote(id, bob.addr, FOR);
        vote.space = "evil.eth";
        _rejected(_signed(vote, bob), bob.addr);
        vote = _vote(keccak256("another"), bob.addr, FOR);
        _expectRejected(id, 0, bob.addr, ISnapshotVoting.Rejection.Signature);
        _submit(id, _signed(vote, bob));
    }

    /// @dev The same message is another proposal on another chain, in another DAO's plugin, and for other actions.
    function test_nothingFitsASecondChainOrPluginOrOtherActions() public {
        Draft memory d = _draft();
        ISnapshotVoting.Message memory message = d.message();
        bytes memory vote = _signed(_vote(d.digest(), alice.addr, FOR), alice);
        Action[] memory other = _actions();
        other[1].to = alice.addr;
        SnapshotVoting twin = _plugin(_settings());
        bytes32[3] memory ids;
        vm.startPrank(proposer);
        ids[0] = voting.register(message, other, "");
        ids[1] = twin.register(message, _actions(), "");
        vm.chainId(1);
        ids[2] = voting.register(message, _actions(), "");
        vm.stopPrank();
        vm.warp(d.start);
        for (uint256 i; i < 3; ++i) {
            assertTrue(ids[i] != d.digest());
            assertEq((i == 1 ? twin : voting).submitVotes(ids[i], vote), 0);
        }
    }

    function test_tokensBoughtAfterTheSnapshotCountForNothing() public {
        VmSafe.Wallet memory late = _voter("late", 9_000_000e18);
        vm.roll(block.number + 1);
        bytes memory bought = _signed(id, late, FOR);
        _expectRejected(id, 0, late.addr, ISnapshotVoting.Rejection.Power);
        _submit(id, bought);
        // Nor are tokens counted twice that were passed on.
        vm.prank(alice.addr);
        token.transfer(late.addr, 2_000_000e18);
        vm.roll(block.number + 1);
        _submit(id, bytes.concat(_signed(id, alice, FOR), _signed(id, late, FOR)));
        _assertTally(id, 2_000_000e18, 0, 0, 1);
    }

    function test_borrowedTokensNeitherRegisterNorVote() public {
        VmSafe.Wallet memory thief = vm.createWallet("thief");
        Draft memory d = _draft();
        ISnapshotVoting.Message memory message = d.message();
        _power(thief.addr, 50_000_000e18);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.NotEnoughPower.selector, thief.addr, 0, 10_000e18));
        vm.prank(thief.addr);
        voting.register(message, _actions(), "");
        vm.prank(thief.addr);
        token.transfer(treasury, 50_000_000e18);
        vm.roll(block.number + 1);
        d.snapshot = uint40(block.number - 1);
        bytes32 next = _register(d);
        vm.warp(d.start);
        bytes memory packed = _signed(next, thief, FOR);
        _expectRejected(next, 0, thief.addr, ISnapshotVoting.Rejection.Power);
        _submit(next, packed);
    }

    function test_abstentionsMakeNoQuorum() public {
        VmSafe.Wallet memory small = _voter("small", 1e18);
        vm.roll(block.number + 1);
        vm.warp(block.timestamp + 30 days);
        id = _active();
        _submit(id, bytes.concat(_signed(id, alice, ABSTAIN), _signed(id, bob, ABSTAIN), _signed(id, small, FOR)));
        _afterSubmission(id);
        _assertState(id, ISnapshotVoting.State.Defeated);
    }

    function test_aLastMinuteFlipIsAnswered() public {
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        _submit(id, _signed(id, bob, AGAINST));
        vm.warp(p.submissionEnd);
        _submit(id, _signedAt(id, alice, FOR, p.end));
        // What would have been decided goes on, and those who had not voted answer.
        vm.warp(p.submissionEnd + 1);
        _assertState(id, ISnapshotVoting.State.Submission);
        _submit(id, _signedAt(id, carol, AGAINST, p.end));
        _afterSubmission(id);
        _assertState(id, ISnapshotVoting.State.Defeated);
    }

    /// @dev Whatever the order and the batches in which twelve votes of three voters come, the same is counted.
    function testFuzz_neitherOrderNorBatchesMatter(uint256 seed) public {
        VmSafe.Wallet[3] memory voters = [alice, bob, carol];
        bytes[] memory votes = new bytes[](12);
        uint256[4] memory expected;
        for (uint256 v; v < 3; ++v) {
            uint256 best;
            for (uint256 i; i < 4; ++i) {
                Vote memory vote = _vote(id, voters[v].addr, uint8(uint256(keccak256(abi.encode(seed, v, i))) % 3 + 1));
                vote.timestamp += uint40(uint256(keccak256(abi.encode(seed, i, v))) % 3);
                votes[v * 4 + i] = _signed(vote, voters[v]);
                uint256 rank = uint256(vote.timestamp) << 176 | uint256(vote.digest()) >> 80;
                if (rank > best) (best, expected[v]) = (rank, vote.choice);
            }
        }
        for (uint256 i = 11; i != 0; --i) {
            uint256 j = uint256(keccak256(abi.encode(seed, i))) % (i + 1);
            (votes[i], votes[j]) = (votes[j], votes[i]);
        }
        bytes memory batch;
        for (uint256 i; i < 12; ++i) {
            batch = bytes.concat(batch, votes[i]);
            if (i == 11 || uint256(keccak256(abi.encode(i, seed))) % 2 == 0) {
                _submit(id, batch);
                batch = "";
            }
        }
        uint256[4] memory powers;
        for (uint256 v; v < 3; ++v) {
            powers[expected[v]] += token.getPastVotes(voters[v].addr, voting.getProposal(id).snapshot);
            assertEq(voting.getVote(id, voters[v].addr).choice, expected[v]);
        }
        _assertTally(id, powers[1], powers[2], powers[3], 3);
    }
}
