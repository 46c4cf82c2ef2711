// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Hex} from "./Hex.sol";
import {ISnapshotVoting} from "./ISnapshotVoting.sol";

/// @dev One vote of a batch, laid out so that nothing is copied to hash it: the first nine words are the EIP-712 encoding
/// of the `Vote` message, the next three the bytes 0x19 0x01, the domain and room for the message's hash. What all votes of
/// a batch share is written once (`SnapshotMessages.prepare`), the rest by `PackedVotes.read`. Assembly there and in
/// `VoteSignature` relies on the offsets.
struct Ballot {
    bytes32 typeHash; // 0x00
    bytes32 from; // 0x20: keccak256 of the voter's address as text
    bytes32 space; // 0x40: keccak256
    uint256 timestamp; // 0x60: seconds, as signed
    bytes32 proposal; // 0x80: keccak256 of the id as text
    uint256 choice; // 0xa0
    bytes32 reason; // 0xc0: keccak256, as the next two
    bytes32 app; // 0xe0
    bytes32 metadata; // 0x100
    bytes32 prefix; // 0x120: 0x1901 and the first 30 bytes of the domain
    bytes32 domain; // 0x140: its last 2 bytes and the first 30 of the message's hash
    bytes32 message; // 0x160: its last 2 bytes
    address voter; // 0x180
    bool wallet; // 0x1a0: to be asked as an ERC-1271 wallet
    uint256 signature; // 0x1c0: where it begins in the call data
    uint256 length; // 0x1e0: of the signature in bytes
}

/// @title Reads the packed votes of a batch, one after the other
/// @dev The format is told in `ISnapshotVoting.submitVotes`. Its fixed part fills one word:
///
///     bits   255…96   95…56    55…16   15…8     7…0
///            voter    casing   time    choice   flags
library PackedVotes {
    /// @dev Bit 0 reason, bit 1 app, bit 2 metadata, bit 3 wallet; the others are reserved.
    uint256 private constant FLAGS = 0xf;
    bytes32 private constant EMPTY = keccak256("");
    bytes32 private constant EMPTY_OBJECT = keccak256("{}");

    /// @param ballot Prepared; what is a vote's own is overwritten.
    /// @param position Of the vote, in bytes from the beginning of `packed`.
    /// @return next Position of the vote after it.
    function read(Ballot memory ballot, bytes calldata packed, uint256 position) internal pure returns (uint256 next) {
        uint256 head;
        bytes32 empty = EMPTY;
        bytes32 emptyObject = EMPTY_OBJECT;
        // Beyond the call data there are zeros, and what follows `packed` in it does no harm: `next` is checked below.
        assembly ("memory-safe") {
            let at := add(packed.offset, position)
            head := calldataload(at)
            at := add(at, 32)
            mstore(add(ballot, 0x60), and(shr(16, head), 0xffffffffff))
            mstore(add(ballot, 0xa0), and(shr(8, head), 0xff))
            mstore(add(ballot, 0xc0), empty)
            mstore(add(ballot, 0xe0), empty)
            mstore(add(ballot, 0x100), emptyObject)
            mstore(add(ballot, 0x180), shr(96, head))
            let length := 64
            let flags := and(head, 0xff)
            if flags {
                if and(flags, 1) {
                    mstore(add(ballot, 0xc0), calldataload(at))
                    at := add(at, 32)
                }
                if and(flags, 2) {
                    mstore(add(ballot, 0xe0), calldataload(at))
                    at := add(at, 32)
                }
                if and(flags, 4) {
                    mstore(add(ballot, 0x100), calldataload(at))
                    at := add(at, 32)
                }
                if and(flags, 8) {
                    length := shr(240, calldataload(at))
                    at := add(at, 2)
                }
            }
            mstore(add(ballot, 0x1a0), and(shr(3, flags), 1))
            mstore(add(ballot, 0x1c0), at)
            mstore(add(ballot, 0x1e0), length)
            next := sub(add(at, length), packed.offset)
        }
        if (next > packed.length || head & 0xff > FLAGS) revert ISnapshotVoting.BatchMalformed(position);
        ballot.from = Hex.hashOf(head >> 96, head >> 56);
    }
}
