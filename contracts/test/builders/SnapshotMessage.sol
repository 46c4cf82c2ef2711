// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {VmSafe} from "forge-std/Vm.sol";
import {ISnapshotVoting} from "../../src/plugins/ISnapshotVoting.sol";

/// @dev A Snapshot proposal with its texts, as a hub holds it.
struct Draft {
    address author;
    string space;
    uint40 timestamp;
    ISnapshotVoting.VoteType voteType;
    string title;
    string body;
    string discussion;
    string[] choices;
    string[] labels;
    uint40 start;
    uint40 end;
    uint40 snapshot;
    string plugins;
    string privacy;
    string app;
}

/// @dev A Snapshot vote with its texts.
struct Vote {
    address voter;
    string space;
    uint40 timestamp;
    bytes32 proposal;
    uint8 choice;
    string reason;
    string app;
    string metadata;
}

/// @dev Snapshot's messages once more, straight from EIP-712 and with nothing of the sources: strings, forge's own EIP-55
/// and hex, `abi.encode`. What the plugin computes in parallel words has to come to the same.
library SnapshotMessage {
    VmSafe private constant vm = VmSafe(address(uint160(uint256(keccak256("hevm cheat code")))));

    function digest(Draft memory d) internal pure returns (bytes32) {
        bytes memory first = abi.encode(
            keccak256(
                "Proposal(string from,string space,uint64 timestamp,string type,string title,string body,string discussion,string[] choices,string[] labels,uint64 start,uint64 end,uint64 snapshot,string plugins,string privacy,string app)"
            ),
            hashOf(vm.toString(d.author)),
            hashOf(d.space),
            d.timestamp,
            hashOf(d.voteType == ISnapshotVoting.VoteType.Basic ? "basic" : "single-choice"),
            hashOf(d.title),
            hashOf(d.body),
            hashOf(d.discussion)
        );
        bytes memory second = abi.encode(
            hashOf(d.choices),
            hashOf(d.labels),
            d.start,
            d.end,
            d.snapshot,
            hashOf(d.plugins),
            hashOf(d.privacy),
            hashOf(d.app)
        );
        return _typed(keccak256(bytes.concat(first, second)));
    }

    function digest(Vote memory v) internal pure returns (bytes32) {
        return _typed(
            keccak256(
                abi.encode(
                    keccak256(
                        "Vote(string from,string space,uint64 timestamp,string proposal,uint32 choice,string reason,string app,string metadata)"
                    ),
                    hashOf(vm.toString(v.voter)),
                    hashOf(v.space),
                    v.timestamp,
                    hashOf(vm.toString(v.proposal)),
                    v.choice,
                    hashOf(v.reason),
                    hashOf(v.app),
                    hashOf(v.metadata)
                )
            )
        );
    }

    /// @dev What `register` takes of it.
    function message(Draft memory d) internal pure returns (ISnapshotVoting.Message memory m) {
        m.author = d.author;
        m.authorCasing = casing(vm.toString(d.author));
        m.timestamp = d.timestamp;
        m.start = d.start;
        m.end = d.end;
        m.snapshot = d.snapshot;
        m.voteType = d.voteType;
        m.title = hashOf(d.title);
        m.body = hashOf(d.body);
        m.discussion = hashOf(d.discussion);
        m.choices = _hashes(d.choices);
        m.labels = _hashes(d.labels);
        m.app = hashOf(d.app);
    }

    /// @param signature By EIP-2098 for a key, anything for a wallet.
    function pack(Vote memory v, bytes memory signature, bool wallet) internal pure returns (bytes memory packed) {
        uint8 flags = wallet ? 8 : 0;
        bytes memory texts;
        (flags, texts) = _text(flags, texts, 1, v.reason, "");
        (flags, texts) = _text(flags, texts, 2, v.app, "");
        (flags, texts) = _text(flags, texts, 4, v.metadata, "{}");
        packed = abi.encodePacked(v.voter, casing(vm.toString(v.voter)), v.timestamp, v.choice, flags, texts);
        if (wallet) packed = abi.encodePacked(packed, uint16(signature.length));
        return bytes.concat(packed, signature);
    }

    /// @param text "0x" and 40 hex digits.
    function casing(string memory text) internal pure returns (uint40 mask) {
        bytes memory chars = bytes(text);
        for (uint256 i; i < 40; ++i) {
            bytes1 c = chars[i + 2];
            if (c >= "A" && c <= "F") mask |= uint40(1 << (39 - i));
        }
    }

    function hashOf(string memory text) internal pure returns (bytes32) {
        return keccak256(bytes(text));
    }

    function hashOf(string[] memory texts) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(_hashes(texts)));
    }

    function _text(uint8 flags, bytes memory texts, uint8 flag, string memory text, string memory usual)
        private
        pure
        returns (uint8, bytes memory)
    {
        if (hashOf(text) == hashOf(usual)) return (flags, texts);
        return (flags | flag, abi.encodePacked(texts, hashOf(text)));
    }

    function _hashes(string[] memory texts) private pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](texts.length);
        for (uint256 i; i < texts.length; ++i) {
            hashes[i] = hashOf(texts[i]);
        }
    }

    function _typed(bytes32 structHash) private pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(keccak256("EIP712Domain(string name,string version)"), keccak256("snapshot"), keccak256("0.1.4"))
        );
        return keccak256(abi.encodePacked(bytes2(0x1901), domain, structHash));
    }
}
