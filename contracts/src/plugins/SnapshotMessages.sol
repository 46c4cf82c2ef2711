// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Hex} from "./Hex.sol";
import {ISnapshotVoting} from "./ISnapshotVoting.sol";

/// @title The EIP-712 digests of Snapshot's `Proposal` and `Vote` messages
/// @dev The types are those that snapshot.js 0.17.5 signs; the order of fields is part of the hash.
library SnapshotMessages {
    /// @dev keccak256(abi.encode(keccak256("EIP712Domain(string name,string version)"), keccak256("snapshot"),
    /// keccak256("0.1.4"))). Names no chain: the proposal's `plugins` does.
    bytes32 internal constant DOMAIN_SEPARATOR = 0x484fce18f892e8535a4b6700e197a8026f4213f809d23ae117da03b497e18670;
    bytes32 internal constant PROPOSAL_TYPEHASH = keccak256(
        "Proposal(string from,string space,uint64 timestamp,string type,string title,string body,string discussion,string[] choices,string[] labels,uint64 start,uint64 end,uint64 snapshot,string plugins,string privacy,string app)"
    );
    bytes32 internal constant VOTE_TYPEHASH = keccak256(
        "Vote(string from,string space,uint64 timestamp,string proposal,uint32 choice,string reason,string app,string metadata)"
    );

    bytes32 internal constant EMPTY = keccak256("");
    bytes32 internal constant FOR = keccak256("For");
    bytes32 internal constant AGAINST = keccak256("Against");
    bytes32 internal constant ABSTAIN = keccak256("Abstain");

    /// @param space keccak256 of the space's id.
    /// @param plugins keccak256 of the `plugins` field.
    function proposalDigest(ISnapshotVoting.Message calldata m, bytes32 space, bytes32 plugins)
        internal
        pure
        returns (bytes32)
    {
        bytes32[16] memory fields;
        fields[0] = PROPOSAL_TYPEHASH;
        fields[1] = Hex.hashOf(uint160(m.author), m.authorCasing);
        fields[2] = space;
        fields[3] = bytes32(uint256(m.timestamp));
        fields[4] = m.voteType == ISnapshotVoting.VoteType.Basic ? keccak256("basic") : keccak256("single-choice");
        fields[5] = m.title;
        fields[6] = m.body;
        fields[7] = m.discussion;
        fields[8] = keccak256(abi.encodePacked(m.choices));
        fields[9] = keccak256(abi.encodePacked(m.labels));
        fields[10] = bytes32(uint256(m.start));
        fields[11] = bytes32(uint256(m.end));
        fields[12] = bytes32(uint256(m.snapshot));
        fields[13] = plugins;
        fields[14] = EMPTY;
        fields[15] = m.app;
        bytes32 structHash;
        assembly ("memory-safe") {
            structHash := keccak256(fields, 512)
        }
        return keccak256(abi.encodePacked("\x19\x01", DOMAIN_SEPARATOR, structHash));
    }

    /// @notice What commits a proposal to a chain, a plugin and its actions.
    function pluginsField(uint256 chainId, address plugin, bytes32 actionsHash) internal pure returns (string memory) {
        return string.concat(
            '{"covey":{"chainId":"',
            Strings.toString(chainId),
            '","plugin":"',
            string(Hex.toText(plugin)),
            '","actions":"',
            string(Hex.toText(actionsHash)),
            '"}}'
        );
    }
}
