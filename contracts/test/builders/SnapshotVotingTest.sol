// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IDAO} from "@aragon/osx-commons-contracts/src/dao/IDAO.sol";
import {Action} from "@aragon/osx-commons-contracts/src/executors/IExecutor.sol";
import {VmSafe} from "forge-std/Vm.sol";
import "../../src/permission/Permissions.sol";
import {ISnapshotVoting} from "../../src/plugins/ISnapshotVoting.sol";
import {SnapshotVoting} from "../../src/plugins/SnapshotVoting.sol";
import {ExecutingDao} from "./ExecutingDao.sol";
import {Draft, SnapshotMessage, Vote} from "./SnapshotMessage.sol";
import {TokenTest} from "./TokenTest.sol";
import {VetoingVoting} from "./VetoingVoting.sol";

/// @dev A plugin over the real token, in a DAO that executes; voters with keys; and what a test says about votes:
///
///     id = _registered();
///     _submit(id, _signed(id, alice, 1));
abstract contract SnapshotVotingTest is TokenTest {
    using SnapshotMessage for Draft;
    using SnapshotMessage for Vote;

    string internal constant SPACE = "covey.eth";
    uint8 internal constant FOR = 1;
    uint8 internal constant AGAINST = 2;
    uint8 internal constant ABSTAIN = 3;

    ExecutingDao internal executor;
    VetoingVoting internal tokenVoting;
    SnapshotVoting internal voting;
    VmSafe.Wallet internal alice;
    VmSafe.Wallet internal bob;
    VmSafe.Wallet internal carol;
    address internal proposer = makeAddr("proposer");

    function setUp() public virtual override {
        super.setUp();
        executor = new ExecutingDao();
        tokenVoting = new VetoingVoting();
        alice = _voter("alice", 2_000_000e18);
        bob = _voter("bob", 1_500_000e18);
        carol = _voter("carol", 1_000_000e18);
        _give(proposer, 20_000e18);
        vm.prank(proposer);
        token.delegate(proposer);
        vm.roll(block.number + 1);
        voting = _plugin(_settings());
    }

    function _plugin(ISnapshotVoting.Settings memory settings) internal returns (SnapshotVoting plugin) {
        address d = address(executor);
        plugin = new SnapshotVoting(IDAO(d), address(token), address(tokenVoting), SPACE, settings);
        executor.grant(d, address(plugin), EXECUTE_PERMISSION);
        executor.grant(address(plugin), d, UPDATE_VOTING_SETTINGS_PERMISSION);
        executor.grant(address(plugin), d, VETO_PERMISSION);
    }

    function _settings() internal pure returns (ISnapshotVoting.Settings memory) {
        return ISnapshotVoting.Settings({
            supportThreshold: 500_000,
            minParticipation: 3000,
            maxSnapshotAge: 100,
            minDuration: 1 hours,
            submissionWindow: 2 hours,
            extension: 30 minutes,
            delay: 3 hours,
            executionWindow: 7 days,
            minProposerVotingPower: 10_000e18
        });
    }

    function _voter(string memory name, uint256 power) internal returns (VmSafe.Wallet memory wallet) {
        wallet = vm.createWallet(name);
        _power(wallet.addr, power);
    }

    function _power(address account, uint256 power) internal {
        if (power != 0) _give(account, power);
        vm.prank(account);
        token.delegate(account);
    }

    /// @dev The DAO gives the stranger its ether, and then a little more: both must happen.
    function _actions() internal view returns (Action[] memory actions) {
        actions = new Action[](2);
        actions[0] = Action(stranger, 1 ether, "");
        actions[1] = Action(stranger, 2 ether, "");
    }

    /// @dev A basic proposal that starts in an hour and lasts a day.
    function _draft() internal view returns (Draft memory d) {
        return _draft(_actions());
    }

    function _draft(Action[] memory actions) internal view returns (Draft memory d) {
        d.author = proposer;
        d.space = SPACE;
        d.timestamp = uint40(block.timestamp);
        d.voteType = ISnapshotVoting.VoteType.Basic;
        d.title = "Fund the stranger";
        d.body = unicode"It *deserves* it. 树";
        d.discussion = "https://example.org/1";
        d.choices = new string[](3);
        (d.choices[0], d.choices[1], d.choices[2]) = ("For", "Against", "Abstain");
        d.start = uint40(block.timestamp + 1 hours);
        d.end = d.start + 1 days;
        d.snapshot = uint40(block.number - 1);
        d.plugins = voting.pluginsField(voting.hashActions(actions));
        d.app = "covey";
    }

    /// @dev A choice among `count`.
    function _singleChoice(Draft memory d, uint256 count) internal pure returns (Draft memory) {
        d.voteType = ISnapshotVoting.VoteType.SingleChoice;
        d.choices = new string[](count);
        for (uint256 i; i < count; ++i) {
            d.choices[i] = string(abi.encodePacked("Choice ", bytes1(uint8(65 + i % 26))));
        }
        return d;
    }

    function _register(Draft memory d) internal returns (bytes32) {
        return _register(d, _actions());
    }

    function _register(Draft memory d, Action[] memory actions) internal returns (bytes32) {
        ISnapshotVoting.Message memory message = d.message();
        vm.prank(proposer);
        return voting.register(message, actions, "");
    }

    /// @dev A basic proposal in its first second of voting.
    function _active() internal returns (bytes32 id) {
        id = _register(_draft());
        vm.warp(voting.getProposal(id).start);
    }

    function _vote(bytes32 id, address voter, uint8 choice) internal view returns (Vote memory) {
        return Vote(voter, SPACE, uint40(block.timestamp), id, choice, "", "", "{}");
    }

    /// @dev Signed now, without reason, as snapshot.js fills in what is left out.
    function _signed(bytes32 id, VmSafe.Wallet memory voter, uint8 choice) internal returns (bytes memory) {
        return _signed(_vote(id, voter.addr, choice), voter);
    }

    function _signedAt(bytes32 id, VmSafe.Wallet memory voter, uint8 choice, uint256 timestamp)
        internal
        returns (bytes memory)
    {
        Vote memory vote = _vote(id, voter.addr, choice);
        vote.timestamp = uint40(timestamp);
        return _signed(vote, voter);
    }

    function _signed(Vote memory vote, VmSafe.Wallet memory signer) internal returns (bytes memory) {
        (bytes32 r, bytes32 vs) = vm.signCompact(signer, vote.digest());
        return vote.pack(bytes.concat(r, vs), false);
    }

    function _submit(bytes32 id, bytes memory packed) internal returns (uint256) {
        return voting.submitVotes(id, packed);
    }

    /// @dev To the first second in which the submission is over.
    function _afterSubmission(bytes32 id) internal {
        vm.warp(uint256(voting.getProposal(id).submissionEnd) + 1);
    }

    function _untilExecutable(bytes32 id) internal {
        vm.warp(voting.getProposal(id).executableFrom);
    }

    function _state(bytes32 id) internal view returns (ISnapshotVoting.State) {
        return voting.getProposal(id).state;
    }

    function _assertState(bytes32 id, ISnapshotVoting.State expected) internal view {
        assertEq(uint256(_state(id)), uint256(expected), "state");
    }

    function _assertTally(bytes32 id, uint256 forVotes, uint256 against, uint256 abstain, uint256 voters)
        internal
        view
    {
        ISnapshotVoting.Tally memory tally = voting.getProposal(id).tally;
        assertEq(tally.forVotes, forVotes, "for");
        assertEq(tally.against, against, "against");
        assertEq(tally.abstain, abstain, "abstain");
        assertEq(tally.voters, voters, "voters");
    }

    function _expectRejected(bytes32 id, uint256 index, address voter, ISnapshotVoting.Rejection reason) internal {
        vm.expectEmit(address(voting));
        emit ISnapshotVoting.VoteRejected(id, index, voter, reason);
    }
}
