// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IDAO} from "@aragon/osx-commons-contracts/src/dao/IDAO.sol";
import {Action} from "@aragon/osx-commons-contracts/src/executors/IExecutor.sol";
import {DaoUnauthorized} from "@aragon/osx-commons-contracts/src/permission/auth/auth.sol";
import {IPlugin} from "@aragon/osx-commons-contracts/src/plugin/IPlugin.sol";
import {VmSafe} from "forge-std/Vm.sol";
import {UPDATE_VOTING_SETTINGS_PERMISSION, VETO_PERMISSION} from "../../src/permission/Permissions.sol";
import {ISnapshotVoting} from "../../src/plugins/ISnapshotVoting.sol";
import {SnapshotVoting} from "../../src/plugins/SnapshotVoting.sol";
import {ExecutingDao} from "../builders/ExecutingDao.sol";
import {Draft, SnapshotMessage, Vote} from "../builders/SnapshotMessage.sol";
import {SnapshotVotingTest} from "../builders/SnapshotVotingTest.sol";
import {VetoingVoting} from "../builders/VetoingVoting.sol";

/// @dev Tokens whose answers no real one gives.
contract OddToken {
    uint256 public supply = 1e27;
    uint256 public power = 1e24;
    uint48 public clock;

    constructor(uint48 clock_) {
        clock = clock_;
    }

    function set(uint256 power_, uint256 supply_) external {
        (power, supply) = (power_, supply_);
    }

    function getPastVotes(address, uint256) external view returns (uint256) {
        require(power != 42, "no answer");
        return power;
    }

    function getPastTotalSupply(uint256) external view returns (uint256) {
        return supply;
    }
}

contract SnapshotVotingRegister is SnapshotVotingTest {
    using SnapshotMessage for Draft;

    function test_theIdIsTheDigestOfTheMessage() public {
        Draft memory d = _draft();
        ISnapshotVoting.Message memory message = d.message();
        vm.expectEmit(address(voting));
        emit ISnapshotVoting.ProposalRegistered(d.digest(), proposer, message, _actions());
        assertEq(_register(d), d.digest());
    }

    function test_whatIsRegisteredCanBeRead() public {
        Draft memory d = _singleChoice(_draft(), 7);
        ISnapshotVoting.ProposalView memory p = voting.getProposal(_register(d));
        assertEq(uint256(p.state), uint256(ISnapshotVoting.State.Pending));
        assertEq(uint256(p.voteType), uint256(ISnapshotVoting.VoteType.SingleChoice));
        assertEq(p.choices, 7);
        assertEq(p.start, d.start);
        assertEq(p.end, d.end);
        assertEq(p.submissionEnd, d.end + 2 hours);
        // TokenVoting's hour and a day, which are longer than the plugin's own three hours.
        assertEq(p.executableFrom, d.end + 2 hours + 25 hours);
        assertEq(p.executableUntil, d.end + 5 hours + 7 days);
        assertEq(p.snapshot, d.snapshot);
        assertEq(p.settingsVersion, 1);
        assertEq(p.actionsHash, keccak256(abi.encode(_actions())));
        assertEq(p.minPower, token.getPastTotalSupply(d.snapshot) * 3 / 1000);
        assertEq(p.tally.voters, 0);
    }

    /// @dev Any text, any time, any number of choices and labels.
    function testFuzz_digest(string[5] memory texts, address author, uint256 times, uint8 choices, uint8 labels)
        public
    {
        Draft memory d = _draft();
        d.author = author;
        (d.title, d.body, d.discussion, d.app) = (texts[0], texts[1], texts[2], texts[3]);
        d.timestamp = uint40(times);
        d.start = uint40(block.timestamp + 1 + (times >> 40) % 30 days);
        d.end = d.start + uint40(1 hours + (times >> 80) % 364 days);
        d.snapshot = uint40(block.number - 1 - (times >> 120) % 100);
        if (choices > 1) d = _singleChoice(d, choices);
        d.labels = new string[](labels % 4);
        for (uint256 i; i < d.labels.length; ++i) {
            d.labels[i] = string.concat(texts[4], vm.toString(i));
        }
        vm.mockCall(address(token), abi.encodeCall(token.getPastVotes, (author, block.number - 1)), abi.encode(1e24));
        ISnapshotVoting.Message memory message = d.message();
        vm.prank(author);
        assertEq(voting.register(message, _actions(), ""), d.digest());
    }

    /// @dev Of a casing that is not EIP-55 the text is another, and so the digest.
    function test_anotherCasingIsAnotherProposal() public {
        Draft memory d = _draft();
        ISnapshotVoting.Message memory message = d.message();
        message.authorCasing ^= 1;
        vm.prank(proposer);
        assertTrue(voting.register(message, _actions(), "") != d.digest());
    }

    function test_pluginsField() public view {
        assertEq(
            voting.pluginsField(keccak256("actions")),
            string.concat(
                '{"covey":{"chainId":"31337","plugin":"',
                vm.toLowercase(vm.toString(address(voting))),
                '","actions":"',
                vm.toString(keccak256("actions")),
                '"}}'
            )
        );
    }

    function test_needsActionsButNotTooMany() public {
        ISnapshotVoting.Message memory message = _draft().message();
        vm.startPrank(proposer);
        vm.expectRevert(ISnapshotVoting.NoActions.selector);
        voting.register(message, new Action[](0), "");
        voting.register(message, new Action[](256), "");
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.TooManyActions.selector, 257, 256));
        voting.register(message, new Action[](257), "");
    }

    /// @dev Whoever has the votes may register what another account proposes, with its signature in either form.
    function test_ofAnotherAuthorNeedsItsSignature() public {
        VmSafe.Wallet memory author = vm.createWallet("author");
        Draft memory d = _draft();
        d.author = author.addr;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(author, d.digest());
        _refusedFor(d, "");
        _refusedFor(d, abi.encodePacked(r, s, v ^ 1));
        _refusedFor(d, abi.encodePacked(r, s, v, v));
        (uint8 v2, bytes32 r2, bytes32 s2) = vm.sign(alice, d.digest());
        _refusedFor(d, abi.encodePacked(r2, s2, v2));
        assertEq(_registerFor(d, abi.encodePacked(r, s, v)), d.digest());
        // Of these very words and no other.
        d.title = "Fund the stranger twice";
        _refusedFor(d, abi.encodePacked(r, s, v));
        (r, s) = vm.signCompact(author, d.digest());
        _refusedFor(d, abi.encodePacked(r, s ^ bytes32(uint256(1 << 255))));
        assertEq(_registerFor(d, abi.encodePacked(r, s)), d.digest());
    }

    /// @dev `ecrecover` answers 0 for what is no signature.
    function test_nobodyIsNoAuthor() public {
        Draft memory d = _draft();
        d.author = address(0);
        _refusedFor(d, new bytes(65));
        _refusedFor(d, new bytes(64));
        _refusedFor(d, "");
    }

    /// @dev A wallet says itself what it approved, also with no signature at all, and is asked without being believed to be kind.
    function test_ofAWallet() public {
        Draft memory d = _draft();
        d.author = makeAddr("wallet");
        // isValidSignature(d.digest(), signature) is what it says for one signature; for all else it says nothing.
        vm.etch(d.author, hex"00");
        bytes memory right = "right";
        bytes4 magic = 0x1626ba7e;
        vm.mockCall(d.author, abi.encodeWithSelector(magic, d.digest(), right), abi.encode(magic));
        vm.mockCall(d.author, abi.encodeWithSelector(magic, d.digest(), bytes("")), abi.encode(bytes4(0xffffffff)));
        _refusedFor(d, "wrong");
        _refusedFor(d, "");
        assertEq(_registerFor(d, right), d.digest());
        d.title = "Approved on chain";
        vm.mockCall(d.author, abi.encodeWithSelector(magic, d.digest(), bytes("")), abi.encode(magic));
        assertEq(_registerFor(d, ""), d.digest());
        d.title = "Greedy";
        vm.etch(d.author, hex"5b600056");
        _refusedFor(d, "right");
        d.title = "Reverting";
        vm.etch(d.author, hex"5f5ffd");
        _refusedFor(d, "right");
    }

    function _registerFor(Draft memory d, bytes memory signature) private returns (bytes32) {
        ISnapshotVoting.Message memory message = d.message();
        vm.prank(proposer);
        return voting.register(message, _actions(), signature);
    }

    function _refusedFor(Draft memory d, bytes memory signature) private {
        ISnapshotVoting.Message memory message = d.message();
        vm.prank(proposer);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.NotByAuthor.selector, d.author, proposer));
        voting.register(message, _actions(), signature);
    }

    function test_onlyOnce() public {
        Draft memory d = _draft();
        bytes32 id = _register(d);
        ISnapshotVoting.Message memory message = d.message();
        vm.prank(proposer);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.AlreadyRegistered.selector, id));
        voting.register(message, _actions(), "");
    }

    function test_needsPower() public {
        ISnapshotVoting.Message memory message = _draft().message();
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.NotEnoughPower.selector, stranger, 0, 10_000e18));
        voting.register(message, _actions(), "");
    }

    function _refused(Draft memory d, bytes memory reason) private {
        ISnapshotVoting.Message memory message = d.message();
        vm.prank(proposer);
        vm.expectRevert(reason);
        voting.register(message, _actions(), "");
    }

    function test_startHasToCome() public {
        Draft memory d = _draft();
        d.start = uint40(block.timestamp);
        _refused(d, abi.encodeWithSelector(ISnapshotVoting.StartPassed.selector, d.start, block.timestamp));
        d.start = uint40(block.timestamp + 30 days + 1);
        _refused(d, abi.encodeWithSelector(ISnapshotVoting.StartTooFar.selector, d.start, block.timestamp + 30 days));
        d.start = uint40(block.timestamp + 30 days);
        d.end = d.start + 1 days;
        _register(d);
        d.start = uint40(block.timestamp + 1);
        _register(d);
    }

    function test_durationIsBounded() public {
        Draft memory d = _draft();
        bytes4 selector = ISnapshotVoting.DurationOutOfBounds.selector;
        d.end = d.start - 1;
        _refused(d, abi.encodeWithSelector(selector, 0, 1 hours, 365 days));
        d.end = d.start + 1 hours - 1;
        _refused(d, abi.encodeWithSelector(selector, 1 hours - 1, 1 hours, 365 days));
        d.end = d.start + 365 days + 1;
        _refused(d, abi.encodeWithSelector(selector, 365 days + 1, 1 hours, 365 days));
        d.end = d.start + 1 hours;
        _register(d);
        d.end = d.start + 365 days;
        _register(d);
    }

    function test_snapshotIsPastButNotLong() public {
        Draft memory d = _draft();
        uint256 n = block.number;
        bytes4 selector = ISnapshotVoting.SnapshotOutOfBounds.selector;
        d.snapshot = uint40(n);
        _refused(d, abi.encodeWithSelector(selector, n, n - 100, n - 1));
        d.snapshot = uint40(n - 101);
        _refused(d, abi.encodeWithSelector(selector, n - 101, n - 100, n - 1));
        d.snapshot = uint40(n - 100);
        _register(d);
        // A chain younger than the longest age.
        vm.roll(50);
        d.snapshot = 50;
        vm.mockCall(address(token), abi.encodeWithSelector(token.getPastVotes.selector), abi.encode(1e24));
        _refused(d, abi.encodeWithSelector(selector, 50, 0, 49));
    }

    function test_choicesOfABasicProposalAreFixed() public {
        bytes memory reason = abi.encodeWithSelector(ISnapshotVoting.ChoicesInvalid.selector);
        for (uint256 i; i < 3; ++i) {
            Draft memory d = _draft();
            d.choices[i] = "Maybe";
            _refused(d, reason);
        }
        Draft memory four = _draft();
        four.choices = new string[](4);
        _refused(four, reason);
        _refused(_singleChoice(_draft(), 1), reason);
        _refused(_singleChoice(_draft(), 256), reason);
        _register(_singleChoice(_draft(), 2));
        _register(_singleChoice(_draft(), 255));
    }
}

contract SnapshotVotingCount is SnapshotVotingTest {
    using SnapshotMessage for Vote;

    bytes32 private id;

    function setUp() public override {
        super.setUp();
        id = _active();
    }

    function test_eachChoiceOfABasicProposal() public {
        bytes memory packed =
            bytes.concat(_signed(id, alice, FOR), _signed(id, bob, AGAINST), _signed(id, carol, ABSTAIN));
        bytes memory records;
        uint40 time = uint40(block.timestamp);
        records = abi.encodePacked(alice.addr, FOR, time, bob.addr, AGAINST, time, carol.addr, ABSTAIN, time);
        vm.expectEmit(address(voting));
        emit ISnapshotVoting.VotesSubmitted(
            id, stranger, records, ISnapshotVoting.Tally(2_000_000e18, 1_500_000e18, 1_000_000e18, 3)
        );
        vm.prank(stranger);
        assertEq(_submit(id, packed), 3);
        _assertTally(id, 2_000_000e18, 1_500_000e18, 1_000_000e18, 3);
    }

    function test_allButTheFirstOfASingleChoiceAreAgainst() public {
        vm.warp(block.timestamp + 30 days);
        id = _register(_singleChoice(_draft(), 4));
        vm.warp(voting.getProposal(id).start);
        _submit(id, bytes.concat(_signed(id, alice, 1), _signed(id, bob, 2), _signed(id, carol, 4)));
        _assertTally(id, 2_000_000e18, 2_500_000e18, 0, 3);
        vm.warp(block.timestamp + 1);
        _submit(id, bytes.concat(_signed(id, carol, 1), _signed(id, alice, 3)));
        _assertTally(id, 1_000_000e18, 3_500_000e18, 0, 3);
    }

    function test_theLatestVoteCounts() public {
        bytes memory early = _signed(id, alice, FOR);
        bytes memory late = _signedAt(id, alice, ABSTAIN, block.timestamp + 1);
        _submit(id, late);
        _expectRejected(id, 0, alice.addr, ISnapshotVoting.Rejection.Superseded);
        assertEq(_submit(id, early), 0);
        _expectRejected(id, 0, alice.addr, ISnapshotVoting.Rejection.Superseded);
        assertEq(_submit(id, late), 0);
        _assertTally(id, 0, 0, 2_000_000e18, 1);
        ISnapshotVoting.CountedVote memory vote = voting.getVote(id, alice.addr);
        assertEq(vote.choice, ABSTAIN);
        assertEq(vote.timestamp, block.timestamp + 1);
    }

    function test_inTheSameSecondTheLargerDigestCounts() public {
        Vote memory one = _vote(id, alice.addr, FOR);
        Vote memory other = _vote(id, alice.addr, AGAINST);
        bool firstWins = one.digest() > other.digest();
        _submit(id, bytes.concat(_signed(one, alice), _signed(other, alice)));
        assertEq(voting.getVote(id, alice.addr).choice, firstWins ? FOR : AGAINST);
        _assertTally(id, firstWins ? 2_000_000e18 : 0, firstWins ? 0 : 2_000_000e18, 0, 1);
        assertEq(voting.getVote(id, alice.addr).digest, (firstWins ? one.digest() : other.digest()) >> 80 << 80);
    }

    function test_aVoterTwiceInABatchCountsOnce() public {
        bytes memory packed = bytes.concat(_signed(id, alice, FOR), _signedAt(id, alice, AGAINST, block.timestamp + 1));
        assertEq(_submit(id, packed), 2);
        _assertTally(id, 0, 2_000_000e18, 0, 1);
    }

    function test_timesFromStartToEndCount() public {
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        _expectRejected(id, 0, alice.addr, ISnapshotVoting.Rejection.Time);
        _expectRejected(id, 1, bob.addr, ISnapshotVoting.Rejection.Time);
        bytes memory outside =
            bytes.concat(_signedAt(id, alice, FOR, p.start - 1), _signedAt(id, bob, FOR, uint256(p.end) + 1));
        assertEq(_submit(id, outside), 0);
        bytes memory inside = bytes.concat(_signedAt(id, alice, FOR, p.start), _signedAt(id, bob, FOR, p.end));
        assertEq(_submit(id, inside), 2);
    }

    function test_onlyChoicesOfTheProposalCount() public {
        _expectRejected(id, 0, alice.addr, ISnapshotVoting.Rejection.Choice);
        _expectRejected(id, 1, bob.addr, ISnapshotVoting.Rejection.Choice);
        assertEq(_submit(id, bytes.concat(_signed(id, alice, 0), _signed(id, bob, 4))), 0);
    }

    function test_withoutVotesAtTheSnapshotNothingCounts() public {
        VmSafe.Wallet memory poor = vm.createWallet("poor");
        _expectRejected(id, 0, poor.addr, ISnapshotVoting.Rejection.Power);
        assertEq(_submit(id, _signed(id, poor, FOR)), 0);
        assertEq(voting.getVote(id, poor.addr).choice, 0);
    }

    function test_aSignatureThatIsNoPoint() public {
        Vote memory vote = _vote(id, alice.addr, FOR);
        _expectRejected(id, 0, alice.addr, ISnapshotVoting.Rejection.Signature);
        assertEq(_submit(id, vote.pack(new bytes(64), false)), 0);
        // What ecrecover does not answer must not be taken for the zero address.
        vote.voter = address(0);
        _expectRejected(id, 0, address(0), ISnapshotVoting.Rejection.Signature);
        assertEq(_submit(id, vote.pack(new bytes(64), false)), 0);
    }

    /// @dev Any texts, any casing of flags, at any time of the voting.
    function testFuzz_packing(
        string calldata reason,
        string calldata app,
        string calldata metadata,
        uint256 time,
        uint8 choice
    ) public {
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        Vote memory vote = _vote(id, alice.addr, uint8(bound(choice, 1, 3)));
        vote.timestamp = uint40(bound(time, p.start, p.end));
        (vote.reason, vote.app, vote.metadata) = (reason, app, metadata);
        assertEq(_submit(id, _signed(vote, alice)), 1);
        ISnapshotVoting.CountedVote memory counted = voting.getVote(id, alice.addr);
        assertEq(counted.choice, vote.choice);
        assertEq(counted.timestamp, vote.timestamp);
        assertEq(counted.digest, vote.digest() >> 80 << 80);
    }

    /// @dev Keys of any address: every digit and capital in every place.
    function testFuzz_addresses(uint256 key) public {
        VmSafe.Wallet memory voter = vm.createWallet(bound(key, 1, 1 << 255));
        vm.mockCall(
            address(token), abi.encodeWithSelector(token.getPastVotes.selector, voter.addr), abi.encode(uint256(1))
        );
        assertEq(_submit(id, _signed(id, voter, FOR)), 1);
    }

    /// @dev Whatever bytes come, the batch either is refused whole or counts nothing that nobody signed.
    function testFuzz_noiseCountsNothing(bytes calldata noise) public {
        try voting.submitVotes(id, noise) returns (uint256 counted) {
            assertEq(counted, 0);
        } catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            assertTrue(
                selector == ISnapshotVoting.BatchMalformed.selector || selector == ISnapshotVoting.NotEnoughGas.selector
            );
        }
        _assertTally(id, 0, 0, 0, 0);
    }

    /// @dev Cut anywhere but between votes, a batch is refused; nothing behind it in the call data is read as part of it.
    function testFuzz_aBatchThatEndsInsideAVote(uint256 length) public {
        Vote memory vote = _vote(id, bob.addr, FOR);
        (vote.reason, vote.app, vote.metadata) = ("why", "app", "{\"a\":1}");
        bytes memory packed = bytes.concat(_signed(id, alice, FOR), _signed(vote, bob));
        length = bound(length, 0, packed.length - 1);
        vm.assume(length != 96);
        bytes memory cut = new bytes(length);
        for (uint256 i; i < length; ++i) {
            cut[i] = packed[i];
        }
        uint256 offset = length < 96 ? 0 : 96;
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.BatchMalformed.selector, offset));
        _submit(id, cut);
        // The whole vote stands in the call data, but the batch says that it ends before.
        bytes memory data = abi.encodeCall(voting.submitVotes, (id, packed));
        assembly {
            mstore(add(data, 100), length)
        }
        (bool ok, bytes memory answer) = address(voting).call(data);
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(ISnapshotVoting.BatchMalformed.selector, offset));
    }

    function test_reservedFlagsAreRefused() public {
        bytes memory packed = _signed(id, alice, FOR);
        for (uint8 flag = 16; flag != 0; flag <<= 1) {
            packed[31] = bytes1(flag);
            vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.BatchMalformed.selector, 0));
            _submit(id, packed);
        }
    }

    function test_votesAreTakenFromTheStartToTheEndOfTheSubmission() public {
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        uint256 open = 1 << uint256(ISnapshotVoting.State.Active) | 1 << uint256(ISnapshotVoting.State.Submission);
        bytes memory packed = _signed(id, alice, FOR);
        vm.warp(p.start - 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISnapshotVoting.WrongState.selector, id, ISnapshotVoting.State.Pending, open)
        );
        _submit(id, packed);
        vm.warp(p.submissionEnd + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISnapshotVoting.WrongState.selector, id, ISnapshotVoting.State.Defeated, open)
        );
        _submit(id, packed);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.UnknownProposal.selector, bytes32(0)));
        _submit(0, packed);
        vm.warp(p.submissionEnd);
        assertEq(_submit(id, packed), 1);
        vm.warp(p.submissionEnd + 1);
        vm.prank(address(executor));
        voting.veto(id);
        vm.expectRevert(
            abi.encodeWithSelector(ISnapshotVoting.WrongState.selector, id, ISnapshotVoting.State.Vetoed, open)
        );
        _submit(id, packed);
    }

    function test_aProposalFindsAllLanesInUse() public {
        bytes32[] memory ids = new bytes32[](6);
        for (uint256 i; i < 6; ++i) {
            Draft memory d = _draft();
            d.title = vm.toString(i);
            ids[i] = _register(d);
        }
        vm.warp(voting.getProposal(ids[0]).start);
        for (uint256 i; i < 6; ++i) {
            _submit(ids[i], _signed(ids[i], alice, uint8(i % 3 + 1)));
        }
        for (uint256 i; i < 6; ++i) {
            assertEq(voting.getVote(ids[i], alice.addr).choice, i % 3 + 1);
            assertEq(voting.getVote(ids[i], bob.addr).choice, 0);
        }
    }

    function test_anEarlierProposalOfTheLaneNeitherCountsNorBlocks() public {
        _submit(id, _signedAt(id, alice, AGAINST, voting.getProposal(id).end));
        vm.warp(block.timestamp + 30 days);
        bytes32 next = _active();
        assertEq(voting.getVote(next, alice.addr).choice, 0);
        assertEq(_submit(next, _signed(next, alice, FOR)), 1);
        _assertTally(next, 2_000_000e18, 0, 0, 1);
        assertEq(voting.getVote(id, alice.addr).choice, 0);
        _assertTally(id, 0, 2_000_000e18, 0, 1);
    }

    /// @dev Also one whose submission is prolonged as far as can be keeps its lane to itself.
    function test_aLaneIsFreeOnlyWhenNoVoteCanCome() public {
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        vm.warp(p.submissionEnd);
        _submit(id, _signedAt(id, alice, FOR, p.end));
        assertEq(voting.getProposal(id).submissionEnd, p.submissionEnd + 30 minutes);
        bytes32 next = _active();
        _submit(next, _signed(next, alice, AGAINST));
        assertEq(voting.getVote(id, alice.addr).choice, FOR);
        assertEq(voting.getVote(next, alice.addr).choice, AGAINST);
    }

    function test_powersThatNoTallyHoldsAreRefused() public {
        OddToken odd = new OddToken(uint48(block.number));
        voting = new SnapshotVoting(IDAO(address(executor)), address(odd), address(tokenVoting), SPACE, _settings());
        vm.warp(block.timestamp + 1);
        id = _active();
        bytes memory packed = _signed(id, alice, FOR);
        odd.set(uint256(type(uint128).max) + 1, 1e27);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISnapshotVoting.PowerTooLarge.selector, uint256(type(uint128).max) + 1, type(uint128).max
            )
        );
        _submit(id, packed);
        odd.set(type(uint128).max, 1e27);
        bytes memory two = bytes.concat(packed, _signed(id, bob, FOR));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISnapshotVoting.PowerTooLarge.selector, 2 * uint256(type(uint128).max), type(uint128).max
            )
        );
        _submit(id, two);
        _submit(id, packed);
        packed = _signed(id, bob, ABSTAIN);
        vm.expectRevert(
            abi.encodeWithSelector(ISnapshotVoting.PowerTooLarge.selector, type(uint128).max, type(uint112).max)
        );
        _submit(id, packed);
        odd.set(42, 1e27);
        vm.expectRevert("no answer");
        _submit(id, packed);
    }
}

contract SnapshotVotingDecide is SnapshotVotingTest {
    function test_fromPendingToExecuted() public {
        vm.deal(address(executor), 3 ether);
        bytes32 id = _register(_draft());
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        _assertState(bytes32(uint256(1)), ISnapshotVoting.State.None);
        vm.warp(p.start - 1);
        _assertState(id, ISnapshotVoting.State.Pending);
        vm.warp(p.start);
        _assertState(id, ISnapshotVoting.State.Active);
        _submit(id, _signed(id, alice, FOR));
        vm.warp(p.end);
        _assertState(id, ISnapshotVoting.State.Active);
        vm.warp(p.end + 1);
        _assertState(id, ISnapshotVoting.State.Submission);
        vm.warp(p.submissionEnd);
        _assertState(id, ISnapshotVoting.State.Submission);
        vm.warp(p.submissionEnd + 1);
        _assertState(id, ISnapshotVoting.State.Queued);
        vm.warp(p.executableFrom - 1);
        _assertState(id, ISnapshotVoting.State.Queued);
        vm.warp(p.executableFrom);
        _assertState(id, ISnapshotVoting.State.Executable);
        vm.warp(p.executableUntil);
        _assertState(id, ISnapshotVoting.State.Executable);
        vm.expectEmit(address(voting));
        emit ISnapshotVoting.ProposalExecuted(id, alice.addr);
        vm.prank(alice.addr);
        bytes[] memory results = voting.execute(id, _actions());
        assertEq(results.length, 2);
        _assertState(id, ISnapshotVoting.State.Executed);
        assertEq(stranger.balance, 3 ether);
        assertEq(executor.lastCallId(), id);
    }

    function _refusedToExecute(bytes32 id, ISnapshotVoting.State state) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ISnapshotVoting.WrongState.selector, id, state, 1 << uint256(ISnapshotVoting.State.Executable)
            )
        );
        voting.execute(id, _actions());
    }

    function test_nothingButTheExecutableIsExecuted() public {
        vm.deal(address(executor), 3 ether);
        bytes32 id = _register(_draft());
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        _refusedToExecute(id, ISnapshotVoting.State.Pending);
        vm.warp(p.start);
        _submit(id, _signed(id, alice, FOR));
        _refusedToExecute(id, ISnapshotVoting.State.Active);
        vm.warp(p.submissionEnd);
        _refusedToExecute(id, ISnapshotVoting.State.Submission);
        vm.warp(p.submissionEnd + 1);
        _refusedToExecute(id, ISnapshotVoting.State.Queued);
        vm.warp(p.executableUntil + 1);
        _refusedToExecute(id, ISnapshotVoting.State.Expired);
        vm.warp(p.executableUntil);
        Action[] memory other = _actions();
        other[0].value += 1;
        vm.expectRevert(
            abi.encodeWithSelector(
                ISnapshotVoting.ActionsMismatch.selector, p.actionsHash, keccak256(abi.encode(other))
            )
        );
        voting.execute(id, other);
        voting.execute(id, _actions());
        _refusedToExecute(id, ISnapshotVoting.State.Executed);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.UnknownProposal.selector, bytes32(0)));
        voting.execute(0, _actions());
    }

    function test_aFailingActionLeavesEverythingAsItWas() public {
        vm.deal(address(executor), 2 ether);
        bytes32 id = _active();
        _submit(id, _signed(id, alice, FOR));
        _untilExecutable(id);
        vm.expectRevert(abi.encodeWithSelector(ExecutingDao.ActionFailed.selector, 1));
        voting.execute(id, _actions());
        _assertState(id, ISnapshotVoting.State.Executable);
        assertEq(stranger.balance, 0);
        vm.deal(address(executor), 3 ether);
        voting.execute(id, _actions());
    }

    function test_theThresholds() public {
        // Half of the votes is not more than half.
        _power(makeAddr("x"), 0);
        VmSafe.Wallet memory dave = _voter("dave", 2_000_000e18);
        vm.roll(block.number + 1);
        bytes32 id = _active();
        _submit(id, bytes.concat(_signed(id, alice, FOR), _signed(id, dave, AGAINST)));
        _afterSubmission(id);
        _assertState(id, ISnapshotVoting.State.Defeated);
        _refusedToExecute(id, ISnapshotVoting.State.Defeated);

        // Carol's million is all there is, and participation is exactly that, or a wei more.
        uint256 supply = token.getPastTotalSupply(block.number - 1);
        ISnapshotVoting.Settings memory s = _settings();
        s.minParticipation = uint32(1_000_000e18 * 1e6 / supply);
        voting = _plugin(s);
        id = _active();
        _submit(id, _signed(id, carol, FOR));
        _afterSubmission(id);
        assertLe(voting.getProposal(id).minPower, 1_000_000e18);
        _assertState(id, ISnapshotVoting.State.Queued);
        s.minParticipation += 1;
        voting = _plugin(s);
        id = _active();
        _submit(id, _signed(id, carol, FOR));
        _afterSubmission(id);
        assertGt(voting.getProposal(id).minPower, 1_000_000e18);
        _assertState(id, ISnapshotVoting.State.Defeated);
    }

    function test_onlyTheDaoVetoes() public {
        bytes32 id = _register(_draft());
        vm.prank(alice.addr);
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoUnauthorized.selector, address(executor), address(voting), alice.addr, VETO_PERMISSION
            )
        );
        voting.veto(id);
        vm.expectEmit(address(voting));
        emit ISnapshotVoting.ProposalVetoed(id);
        vm.prank(address(executor));
        voting.veto(id);
        _assertState(id, ISnapshotVoting.State.Vetoed);
    }

    function test_whatCanBeExecutedSomeDayCanBeVetoed() public {
        bytes32 id = _active();
        _submit(id, _signed(id, alice, FOR));
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        uint40[5] memory times = [p.start - 1, p.start, p.submissionEnd, p.submissionEnd + 1, p.executableUntil];
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < 5; ++i) {
            vm.warp(times[i]);
            vm.prank(address(executor));
            voting.veto(id);
            _untilExecutable(id);
            _refusedToExecute(id, ISnapshotVoting.State.Vetoed);
            vm.revertToState(snapshot);
        }
        uint256 vetoable = 1 << uint256(ISnapshotVoting.State.Pending) | 1 << uint256(ISnapshotVoting.State.Active) | 1
            << uint256(ISnapshotVoting.State.Submission) | 1 << uint256(ISnapshotVoting.State.Queued) | 1
            << uint256(ISnapshotVoting.State.Executable);
        vm.warp(p.executableUntil + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISnapshotVoting.WrongState.selector, id, ISnapshotVoting.State.Expired, vetoable)
        );
        vm.prank(address(executor));
        voting.veto(id);
    }

    function test_aLateFlipProlongsTheSubmission() public {
        bytes32 id = _active();
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        // Half an hour before the end it does not yet.
        vm.warp(p.submissionEnd - 30 minutes);
        _submit(id, _signedAt(id, alice, FOR, p.end));
        assertEq(voting.getProposal(id).submissionEnd, p.submissionEnd);
        // A second later it does, by a second.
        vm.warp(p.submissionEnd - 30 minutes + 1);
        bytes memory packed = bytes.concat(_signedAt(id, bob, AGAINST, p.end - 1), _signedAt(id, carol, AGAINST, p.end));
        vm.expectEmit(address(voting));
        emit ISnapshotVoting.SubmissionExtended(id, p.submissionEnd + 1);
        _submit(id, packed);
        // What does not flip anything does not.
        vm.warp(p.submissionEnd);
        VmSafe.Wallet memory poor = vm.createWallet("poor");
        _submit(id, _signedAt(id, poor, FOR, p.end));
        assertEq(voting.getProposal(id).submissionEnd, p.submissionEnd + 1);
        _submit(id, _signedAt(id, bob, FOR, p.end));
        assertEq(voting.getProposal(id).submissionEnd, p.submissionEnd + 30 minutes);
        assertEq(voting.getProposal(id).executableFrom, p.executableFrom + 30 minutes);
    }

    function test_twiceTheWindowIsTheLastEnd() public {
        bytes32 id = _active();
        ISnapshotVoting.ProposalView memory p = voting.getProposal(id);
        uint256 last = uint256(p.end) + 4 hours;
        bool yes;
        uint40 time = p.end - 100;
        while (voting.getProposal(id).submissionEnd < last) {
            vm.warp(voting.getProposal(id).submissionEnd);
            yes = !yes;
            _submit(id, _signedAt(id, alice, yes ? FOR : AGAINST, ++time));
        }
        assertEq(voting.getProposal(id).submissionEnd, last);
        vm.warp(last);
        _submit(id, _signedAt(id, alice, yes ? AGAINST : FOR, ++time));
        assertEq(voting.getProposal(id).submissionEnd, last);
        assertLe(time, p.end);
    }
}

contract SnapshotVotingSettings is SnapshotVotingTest {
    function test_whatItIs() public view {
        assertEq(voting.token(), address(token));
        assertEq(voting.tokenVoting(), address(tokenVoting));
        assertEq(voting.space(), SPACE);
        assertEq(address(voting.dao()), address(executor));
        assertEq(voting.settingsVersion(), 1);
        assertEq(abi.encode(voting.settings(1)), abi.encode(_settings()));
        assertTrue(voting.supportsInterface(type(ISnapshotVoting).interfaceId));
        assertTrue(voting.supportsInterface(type(IPlugin).interfaceId));
        assertFalse(voting.supportsInterface(0xffffffff));
        assertEq(uint256(voting.pluginType()), uint256(IPlugin.PluginType.Constructable));
    }

    function test_onlyTheDaoChangesSettings() public {
        ISnapshotVoting.Settings memory s = _settings();
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoUnauthorized.selector,
                address(executor),
                address(voting),
                address(this),
                UPDATE_VOTING_SETTINGS_PERMISSION
            )
        );
        voting.updateSettings(s);
    }

    function test_aProposalKeepsItsSettings() public {
        bytes32 id = _active();
        ISnapshotVoting.Settings memory s = _settings();
        s.supportThreshold = 900_000;
        s.submissionWindow = 1 days;
        vm.expectEmit(address(voting));
        emit ISnapshotVoting.SettingsUpdated(2, s);
        vm.prank(address(executor));
        voting.updateSettings(s);
        assertEq(abi.encode(voting.settings(2)), abi.encode(s));
        assertEq(voting.getProposal(id).settingsVersion, 1);
        _submit(id, bytes.concat(_signed(id, alice, FOR), _signed(id, carol, AGAINST)));
        _afterSubmission(id);
        _assertState(id, ISnapshotVoting.State.Queued);

        id = _active();
        assertEq(voting.getProposal(id).settingsVersion, 2);
        assertEq(voting.getProposal(id).submissionEnd, voting.getProposal(id).end + 1 days);
        _submit(id, bytes.concat(_signed(id, alice, FOR), _signed(id, carol, AGAINST)));
        _afterSubmission(id);
        _assertState(id, ISnapshotVoting.State.Defeated);
    }

    /// @dev The lowest and the highest value of each setting are taken, one less and one more are not.
    function test_everySettingIsBounded() public {
        uint256 most = token.getPastTotalSupply(block.number - 1) / 20;
        _bounds(0, "supportThreshold", 500_000, 950_000);
        _bounds(1, "minParticipation", 1000, 500_000);
        _bounds(2, "maxSnapshotAge", 1, 7200);
        _bounds(3, "minDuration", 1 hours, 30 days);
        _bounds(5, "extension", 10 minutes, 2 hours);
        _bounds(6, "delay", 2 hours, 30 days);
        // An hour of it is left after the day and an hour that a veto needs, of which the delay has three.
        _bounds(7, "executionWindow", 23 hours, 30 days);
        _bounds(8, "minProposerVotingPower", 1, most);
        _bounds(4, "submissionWindow", 1 hours, 30 days);
    }

    function _bounds(uint256 index, string memory name, uint256 min, uint256 max) private {
        _set(index, min, "");
        _set(index, max, "");
        bytes4 selector = ISnapshotVoting.SettingOutOfBounds.selector;
        _set(index, min - 1, abi.encodeWithSelector(selector, name, min - 1, min, max));
        _set(index, max + 1, abi.encodeWithSelector(selector, name, max + 1, min, max));
    }

    function _set(uint256 index, uint256 value, bytes memory reason) private {
        ISnapshotVoting.Settings memory s = _settings();
        // The struct in memory is a word a field.
        assembly {
            mstore(add(s, shl(5, index)), value)
        }
        vm.prank(address(executor));
        if (reason.length != 0) vm.expectRevert(reason);
        voting.updateSettings(s);
    }

    function test_supplyBeyondAllBoundsStillBoundsTheProposersThreshold() public {
        OddToken odd = new OddToken(uint48(block.number));
        odd.set(0, type(uint256).max);
        ISnapshotVoting.Settings memory s = _settings();
        s.minProposerVotingPower = uint256(type(uint216).max) + 1;
        vm.expectRevert(
            abi.encodeWithSelector(
                ISnapshotVoting.SettingOutOfBounds.selector,
                "minProposerVotingPower",
                s.minProposerVotingPower,
                1,
                type(uint216).max
            )
        );
        new SnapshotVoting(IDAO(address(executor)), address(odd), address(tokenVoting), SPACE, s);
    }

    function test_theSpaceHasAName() public {
        vm.expectRevert(ISnapshotVoting.SpaceMissing.selector);
        new SnapshotVoting(IDAO(address(executor)), address(token), address(tokenVoting), "", _settings());
    }

    function test_theTokenCountsByBlocks() public {
        OddToken odd = new OddToken(uint48(block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.ClockMismatch.selector, block.timestamp, block.number));
        new SnapshotVoting(IDAO(address(executor)), address(odd), address(tokenVoting), SPACE, _settings());
        // Tokens older than the clock's standard count by blocks.
        vm.mockCallRevert(address(odd), abi.encodeWithSignature("clock()"), "");
        new SnapshotVoting(IDAO(address(executor)), address(odd), address(tokenVoting), SPACE, _settings());
    }
}

/// @dev The veto's time is TokenVoting's own, as it is when the result is to be executed.
contract SnapshotVotingVetoTime is SnapshotVotingTest {
    bytes32 private id;
    ISnapshotVoting.ProposalView private p;

    function setUp() public override {
        super.setUp();
        vm.deal(address(executor), 3 ether);
        id = _active();
        _submit(id, _signed(id, alice, FOR));
        p = voting.getProposal(id);
    }

    function _executableFrom(uint256 from) private {
        assertEq(voting.getProposal(id).executableFrom, from, "told");
        vm.warp(from - 1);
        _assertState(id, ISnapshotVoting.State.Queued);
        _refused(ISnapshotVoting.State.Queued);
        vm.warp(from);
        _assertState(id, ISnapshotVoting.State.Executable);
        voting.execute(id, _actions());
    }

    function _refused(ISnapshotVoting.State state) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ISnapshotVoting.WrongState.selector, id, state, 1 << uint256(ISnapshotVoting.State.Executable)
            )
        );
        voting.execute(id, _actions());
    }

    function test_isTheMinimumDurationAndADay() public {
        _executableFrom(p.submissionEnd + 1 hours + 1 days);
    }

    /// @dev Changed while the result waits, up to its last second.
    function test_isReadWhenItIsExecuted() public {
        vm.warp(p.submissionEnd + 1 hours + 1 days);
        _assertState(id, ISnapshotVoting.State.Executable);
        tokenVoting.set(4 days);
        _refused(ISnapshotVoting.State.Queued);
        _executableFrom(p.submissionEnd + 5 days);
    }

    function test_isShorterAgainWhenTokenVotingsIs() public {
        tokenVoting.set(4 days);
        vm.warp(p.submissionEnd + 2 days);
        _assertState(id, ISnapshotVoting.State.Queued);
        tokenVoting.set(1 days);
        voting.execute(id, _actions());
    }

    /// @dev The plugin's own delay counts where it is longer.
    function test_isAtLeastThePluginsDelay() public {
        ISnapshotVoting.Settings memory s = _settings();
        s.delay = 3 days;
        vm.prank(address(executor));
        voting.updateSettings(s);
        id = _register(_draft());
        vm.warp(voting.getProposal(id).start);
        _submit(id, _signed(id, alice, FOR));
        _executableFrom(uint256(voting.getProposal(id).submissionEnd) + 3 days);
    }

    /// @dev What has expired is not revived by a longer duration, and what it leaves no time is never executed.
    function test_neverRevivesWhatExpired() public {
        assertEq(p.executableUntil, p.submissionEnd + 3 hours + 7 days);
        vm.warp(p.executableUntil + 1);
        _assertState(id, ISnapshotVoting.State.Expired);
        tokenVoting.set(30 days);
        _assertState(id, ISnapshotVoting.State.Expired);
        vm.warp(p.submissionEnd + 31 days);
        _refused(ISnapshotVoting.State.Expired);
    }

    function test_mayLeaveNoTimeToExecute() public {
        tokenVoting.set(7 days);
        assertGt(voting.getProposal(id).executableFrom, p.executableUntil);
        vm.warp(p.executableUntil);
        _refused(ISnapshotVoting.State.Queued);
        vm.warp(p.executableUntil + 1);
        _refused(ISnapshotVoting.State.Expired);
    }

    /// @dev Nobody waits for ever for a TokenVoting that is broken, and nothing is executed sooner for it.
    function test_isAllThatThereIsWhereTokenVotingDoesNotAnswer() public {
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < 5; ++i) {
            if (i == 0) tokenVoting.set(VetoingVoting.Mood.Reverts);
            if (i == 1) tokenVoting.set(VetoingVoting.Mood.Short);
            if (i == 2) tokenVoting.set(365 days + 1);
            if (i == 3) tokenVoting.set(type(uint256).max);
            if (i == 4) vm.etch(address(tokenVoting), "");
            _executableFrom(p.executableUntil - 1 hours);
            vm.revertToState(snapshot);
        }
    }

    /// @dev Of an answer of a megabyte one word is read.
    function test_readsOneWordOfALongAnswer() public {
        tokenVoting.set(VetoingVoting.Mood.Endless);
        _executableFrom(p.submissionEnd + 1 hours + 1 days);
    }

    /// @dev Whatever gas is sent: where the asking runs out of it, so does the rest.
    function testFuzz_cannotBeSkippedByGas(uint256 gas_) public {
        vm.warp(p.submissionEnd + 3 hours);
        (bool done,) =
            address(voting).call{gas: bound(gas_, 0, 300_000)}(abi.encodeCall(voting.execute, (id, _actions())));
        assertFalse(done);
        _assertState(id, ISnapshotVoting.State.Queued);
    }

    function test_aTokenVotingThatBurnsAllGasStopsNoVeto() public {
        tokenVoting.set(VetoingVoting.Mood.BurnsGas);
        vm.warp(p.submissionEnd + 1);
        vm.prank(address(executor));
        voting.veto{gas: 16_000_000}(id);
        tokenVoting.set(VetoingVoting.Mood.Honest);
        _assertState(id, ISnapshotVoting.State.Vetoed);
    }

    /// @dev Settings under which no result could be executed are refused; without an answer the DAO can still change them.
    function test_settingsLeaveTimeAfterIt() public {
        ISnapshotVoting.Settings memory s = _settings();
        tokenVoting.set(10 days);
        vm.startPrank(address(executor));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISnapshotVoting.SettingOutOfBounds.selector,
                "executionWindow",
                7 days,
                11 days - 3 hours + 1 hours,
                30 days
            )
        );
        voting.updateSettings(s);
        s.delay = 5 days;
        voting.updateSettings(s);
        tokenVoting.set(VetoingVoting.Mood.Reverts);
        voting.updateSettings(_settings());
    }

    function test_needsATokenVoting() public {
        address[2] memory none = [address(token), makeAddr("nobody")];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.NoTokenVoting.selector, none[i]));
            new SnapshotVoting(IDAO(address(executor)), address(token), none[i], SPACE, _settings());
        }
    }
}
