// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IDAO} from "@aragon/osx-commons-contracts/src/dao/IDAO.sol";
import {stdJson} from "forge-std/StdJson.sol";
import {ISnapshotVoting} from "../../src/plugins/ISnapshotVoting.sol";
import {SnapshotMessages} from "../../src/plugins/SnapshotMessages.sol";
import {SnapshotVoting} from "../../src/plugins/SnapshotVoting.sol";
import {Draft, SnapshotMessage, Vote} from "../builders/SnapshotMessage.sol";
import {SnapshotVotingTest} from "../builders/SnapshotVotingTest.sol";

/// @dev Shows what the library computes for a plugin elsewhere than at this test's address.
contract Digests {
    function pluginsField(uint256 chainId, address plugin, bytes32 actions) external pure returns (string memory) {
        return SnapshotMessages.pluginsField(chainId, plugin, actions);
    }

    function proposal(ISnapshotVoting.Message calldata message, string calldata space, string calldata plugins)
        external
        pure
        returns (bytes32)
    {
        return SnapshotMessages.proposalDigest(message, keccak256(bytes(space)), keccak256(bytes(plugins)));
    }
}

/// @dev Messages, digests and signatures made by the real snapshot.js with ethers wallets
/// (governance/src/testing/snapshot-vectors.ts).
contract SnapshotVotingVectors is SnapshotVotingTest {
    using SnapshotMessage for Draft;
    using SnapshotMessage for Vote;
    using stdJson for string;

    string private json;

    function setUp() public override {
        super.setUp();
        json = vm.readFile("contracts/test/vectors/snapshot-votes.json");
    }

    function test_theDigestOfAProposalIsSnapshots() public {
        Draft memory d = _proposal();
        bytes32 expected = json.readBytes32(".proposal.digest");
        assertEq(d.digest(), expected, "the test's own digest");
        Digests digests = new Digests();
        assertEq(digests.proposal(d.message(), d.space, d.plugins), expected);
        assertEq(
            digests.pluginsField(
                json.readUint(".chainId"), json.readAddress(".plugin"), json.readBytes32(".actionsHash")
            ),
            d.plugins
        );
    }

    function test_theDigestsOfVotesAreSnapshots() public view {
        for (uint256 i; i < 5; ++i) {
            assertEq(_voteOf(i).digest(), json.readBytes32(_key(i, "digest")), "the test's own digest");
        }
    }

    /// @dev The plugin stands where the vectors say, and takes every one of the signatures.
    function test_realSignaturesAreCounted() public {
        Draft memory d = _proposal();
        vm.warp(d.timestamp);
        vm.chainId(json.readUint(".chainId"));
        uint256 power = 1_000_000e18;
        for (uint256 i; i < 5; ++i) {
            _power(_voteOf(i).voter, power);
        }
        vm.roll(d.snapshot + 1);
        address plugin = json.readAddress(".plugin");
        deployCodeTo(
            "SnapshotVoting.sol:SnapshotVoting",
            abi.encode(IDAO(address(executor)), address(token), address(tokenVoting), d.space, _settings()),
            plugin
        );
        voting = SnapshotVoting(plugin);
        assertEq(voting.hashActions(_actions()), json.readBytes32(".actionsHash"));
        ISnapshotVoting.Message memory message = d.message();
        vm.prank(proposer);
        bytes32 id = voting.register(message, _actions(), json.readBytes(".proposal.signature"));
        assertEq(id, json.readBytes32(".proposal.digest"));
        vm.warp(d.start);
        bytes memory packed;
        for (uint256 i; i < 5; ++i) {
            Vote memory v = _voteOf(i);
            packed = bytes.concat(packed, v.pack(json.readBytes(_key(i, "signature")), false));
        }
        assertEq(_submit(id, packed), 5);
        // Choices 1, 2, 3, 1, 2.
        _assertTally(id, 2 * power, 2 * power, power, 5);
        for (uint256 i; i < 5; ++i) {
            ISnapshotVoting.CountedVote memory counted = voting.getVote(id, _voteOf(i).voter);
            assertEq(counted.choice, i % 3 + 1);
            assertEq(counted.timestamp, _voteOf(i).timestamp);
            assertEq(counted.digest, json.readBytes32(_key(i, "digest")) >> 80 << 80);
        }
    }

    function _proposal() private view returns (Draft memory d) {
        d.author = json.readAddress(".proposal.message.from");
        d.space = json.readString(".proposal.message.space");
        d.timestamp = uint40(json.readUint(".proposal.message.timestamp"));
        d.voteType = ISnapshotVoting.VoteType.Basic;
        d.title = json.readString(".proposal.message.title");
        d.body = json.readString(".proposal.message.body");
        d.discussion = json.readString(".proposal.message.discussion");
        d.choices = json.readStringArray(".proposal.message.choices");
        d.labels = new string[](0);
        d.start = uint40(json.readUint(".proposal.message.start"));
        d.end = uint40(json.readUint(".proposal.message.end"));
        d.snapshot = uint40(json.readUint(".proposal.message.snapshot"));
        d.plugins = json.readString(".proposal.message.plugins");
        d.privacy = json.readString(".proposal.message.privacy");
        d.app = json.readString(".proposal.message.app");
    }

    function _voteOf(uint256 i) private view returns (Vote memory v) {
        v.voter = json.readAddress(_key(i, "message.from"));
        v.space = json.readString(_key(i, "message.space"));
        v.timestamp = uint40(json.readUint(_key(i, "message.timestamp")));
        v.proposal = json.readBytes32(_key(i, "message.proposal"));
        v.choice = uint8(json.readUint(_key(i, "message.choice")));
        v.reason = json.readString(_key(i, "message.reason"));
        v.app = json.readString(_key(i, "message.app"));
        v.metadata = json.readString(_key(i, "message.metadata"));
    }

    function _key(uint256 i, string memory field) private pure returns (string memory) {
        return string.concat(".votes[", vm.toString(i), "].", field);
    }
}
