// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Hex} from "./Hex.sol";
import {ISnapshotVoting} from "./ISnapshotVoting.sol";
import {PackedVote} from "./PackedVote.sol";
import {SnapshotMessages} from "./SnapshotMessages.sol";
import {VoteSignature} from "./VoteSignature.sol";
import {VoteSlot} from "./VoteSlot.sol";
import {VoteTally} from "./VoteTally.sol";

/// @title Reads, checks and counts the votes of a batch
/// @dev The one part that every voter pays for, so it is written in assembly over fixed places in memory: what is hashed,
/// recovered and asked of the token is put where it is needed once, and only a vote's own words are written again. Of a
/// vote's gas, 22,100 are its word in storage (5,000 when it was written before), 5,900 the token's answer, 3,100 the recovery of
/// the key and 1,750 call data and log; all else that is done for it is here.
library VoteCount {
    // The places. 0x80 is where Solidity's free memory begins: `open` takes everything up to END.
    // The EIP-712 encoding of the vote, nine words: type, from, space, timestamp, proposal, choice, reason, app, metadata.
    uint256 private constant VOTE = 0x80;
    uint256 private constant FROM = 0xa0;
    uint256 private constant SPACE = 0xc0;
    uint256 private constant TIME = 0xe0;
    uint256 private constant PROPOSAL = 0x100;
    uint256 private constant CHOICE = 0x120;
    uint256 private constant REASON = 0x140;
    uint256 private constant APP = 0x160;
    uint256 private constant METADATA = 0x180;
    // 0x19 0x01, the domain, and the vote's hash: what the digest is the hash of.
    uint256 private constant TYPED = 0x1a0;
    uint256 private constant TYPED_DOMAIN = 0x1a2;
    uint256 private constant TYPED_VOTE = 0x1c2;
    // Input of ecrecover: digest, v, r, s.
    uint256 private constant RECOVER = 0x200;
    uint256 private constant RECOVER_V = 0x220;
    uint256 private constant RECOVER_R = 0x240;
    uint256 private constant RECOVER_S = 0x260;
    // getPastVotes(voter, snapshot).
    uint256 private constant QUERY = 0x280;
    uint256 private constant QUERY_VOTER = 0x284;
    uint256 private constant QUERY_SNAPSHOT = 0x2a4;
    // Key of the voter's word in storage: voter, and the slot of the lane's mapping.
    uint256 private constant KEY = 0x2e0;
    uint256 private constant KEY_LANE = 0x300;
    uint256 private constant TOKEN = 0x320;
    // Seconds of the voting period: its start, and how long it is.
    uint256 private constant START = 0x340;
    uint256 private constant DURATION = 0x360;
    uint256 private constant CHOICES = 0x380;
    // The proposal's, where `VoteSlot` has it.
    uint256 private constant NUMBER = 0x3a0;
    uint256 private constant BASIC = 0x3c0;
    // Where the record of the next counted vote goes.
    uint256 private constant CURSOR = 0x3e0;
    // A `VoteTally.Tally`: voters, for, against, abstain, minPower.
    uint256 private constant TALLY = 0x400;
    // Where the batch begins in the call data.
    uint256 private constant BEGIN = 0x4a0;
    uint256 private constant END = 0x4c0;

    /// @dev keccak256 of nothing, and of `{}`.
    bytes32 private constant EMPTY = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470;
    bytes32 private constant EMPTY_OBJECT = 0xb48d38f93eaa084033fc5970bf96e559c33c4cdc07d889ab00b4d63f9590739d;

    /// @dev Of a counted vote in the log: voter (20 bytes), choice (1), time (5).
    uint256 private constant RECORD_SIZE = 26;
    /// @dev A vote in a batch has at least its first word and the length of a wallet's signature.
    uint256 private constant MIN_VOTE_SIZE = 34;

    /// @notice Takes the memory for a batch; nothing may have been allocated before.
    /// @return taken The records of what `add` counts.
    function open(bytes calldata packed) internal pure returns (bytes memory taken) {
        uint256 most = packed.length / MIN_VOTE_SIZE * RECORD_SIZE;
        bool free;
        assembly ("memory-safe") {
            free := eq(mload(0x40), VOTE)
            taken := END
            mstore(CURSOR, add(END, 32))
            mstore(BEGIN, packed.offset)
            // Whole words, and one more since a record is written as a word.
            mstore(0x40, add(add(END, 32), and(add(most, 63), not(31))))
        }
        assert(free);
    }

    /// @notice What `add` adds to.
    function tally() internal pure returns (VoteTally.Tally memory counted) {
        assembly ("memory-safe") {
            counted := TALLY
        }
    }

    /// @param id Of the proposal, and `space`, the hash of the space's id: what all votes have in common.
    function setMessage(bytes32 id, bytes32 space) internal pure {
        bytes32 proposal = Hex.hashOf(id);
        bytes32 typeHash = SnapshotMessages.VOTE_TYPEHASH;
        bytes32 domain = SnapshotMessages.DOMAIN_SEPARATOR;
        assembly ("memory-safe") {
            mstore(VOTE, typeHash)
            mstore(SPACE, space)
            mstore(PROPOSAL, proposal)
            mstore(TYPED, hex"1901")
            mstore(TYPED_DOMAIN, domain)
        }
    }

    /// @param number Of the proposal.
    function setTerms(uint256 start, uint256 end, uint256 choices, bool basic, uint256 number) internal pure {
        uint256 numbered = VoteSlot.numbered(number);
        assembly ("memory-safe") {
            mstore(START, start)
            mstore(DURATION, sub(end, start))
            mstore(CHOICES, choices)
            mstore(BASIC, basic)
            mstore(NUMBER, numbered)
        }
    }

    /// @param lane The lane's mapping from voters to words.
    function setLookup(mapping(address => uint256) storage lane, address token, uint256 snapshot) internal pure {
        bytes4 selector = IVotes.getPastVotes.selector;
        assembly ("memory-safe") {
            mstore(KEY_LANE, lane.slot)
            mstore(TOKEN, token)
            mstore(QUERY, selector)
            mstore(QUERY_SNAPSHOT, snapshot)
        }
    }

    /// @notice Reads and counts one vote. The cheap reasons against it come first; whether it is signed, before anything of
    /// it is believed or stored.
    /// @param position Where it begins in the call data, and `end`, where the batch ends.
    /// @return next Where the vote after it begins.
    function add(uint256 position, uint256 end) internal returns (uint256 next, ISnapshotVoting.Rejection) {
        uint256 head;
        uint256 signature;
        assembly ("memory-safe") {
            // Behind the call data there are zeros; that the vote lies within the batch is checked below.
            head := calldataload(position)
            signature := add(position, 32)
            next := add(position, 96)
            mstore(TIME, and(shr(16, head), 0xffffffffff))
            mstore(CHOICE, and(shr(8, head), 0xff))
            mstore(REASON, EMPTY)
            mstore(APP, EMPTY)
            mstore(METADATA, EMPTY_OBJECT)
        }
        // REASON, APP and METADATA lie one behind the other.
        if (head & 0xff != 0) (signature, next) = PackedVote.readOptions(head & 0xff, signature, REASON);
        if (next > end) _malformed(position);
        {
            uint256 from = uint256(Hex.hashOf(head >> 96, head >> 56));
            assembly ("memory-safe") {
                mstore(FROM, from)
            }
        }

        bytes32 digest;
        uint256 slot;
        uint256 old;
        uint256 word;
        {
            bool late;
            bool refused;
            assembly ("memory-safe") {
                // A time before the start, and choice 0, wrap around to more than any bound.
                late := gt(sub(mload(TIME), mload(START)), mload(DURATION))
                refused := or(late, iszero(lt(sub(mload(CHOICE), 1), mload(CHOICES))))
            }
            if (refused) return (next, late ? ISnapshotVoting.Rejection.Time : ISnapshotVoting.Rejection.Choice);
        }
        assembly ("memory-safe") {
            mstore(TYPED_VOTE, keccak256(VOTE, 0x120))
            digest := keccak256(TYPED, 66)
            word := or(or(mload(NUMBER), shl(184, mload(TIME))), or(shl(8, shr(80, digest)), mload(CHOICE)))
            mstore(KEY, shr(96, head))
            slot := keccak256(KEY, 0x40)
            old := sload(slot)
        }
        if (word <= old) return (next, ISnapshotVoting.Rejection.Superseded);

        bool signed;
        if (head & 8 == 0) {
            assembly ("memory-safe") {
                // EIP-2098: the highest bit of the second word is the parity of the curve point.
                let vs := calldataload(add(signature, 32))
                mstore(RECOVER, digest)
                mstore(RECOVER_V, add(shr(255, vs), 27))
                mstore(RECOVER_R, calldataload(signature))
                mstore(RECOVER_S, shr(1, shl(1, vs)))
                // Answers nothing at all when there is no such point. Whether s lies in the upper half of the order does not
                // matter: the message, not the signature, tells votes apart.
                pop(staticcall(gas(), 1, RECOVER, 0x80, 0, 0x20))
                signed := and(eq(returndatasize(), 0x20), eq(mload(0), shr(96, head)))
            }
        } else {
            signed = VoteSignature.byWallet(address(uint160(head >> 96)), digest, signature, next - signature);
        }
        if (!signed) return (next, ISnapshotVoting.Rejection.Signature);

        uint256 power;
        assembly ("memory-safe") {
            mstore(QUERY_VOTER, shr(96, head))
            // Arguments are evaluated from the last to the first, so the size is that of the answer.
            if iszero(and(gt(returndatasize(), 0x1f), staticcall(gas(), mload(TOKEN), QUERY, 0x44, 0, 0x20))) {
                returndatacopy(END, 0, returndatasize())
                revert(END, returndatasize())
            }
            power := mload(0)
        }
        unchecked {
            // Nothing, or more than any tally has room for.
            if (power - 1 >> 128 != 0) {
                if (power == 0) return (next, ISnapshotVoting.Rejection.Power);
                revert ISnapshotVoting.PowerTooLarge(power, type(uint128).max);
            }
        }
        assembly ("memory-safe") {
            old := mul(old, iszero(shr(224, xor(old, word))))
        }
        if (old != 0) _takeBack(VoteSlot.choiceOf(old), power);
        assembly ("memory-safe") {
            sstore(slot, word)
            mstore(TALLY, add(mload(TALLY), 1))
            // The tally's word of the choice; of a single choice all but the first are against. No sum wraps around: a
            // power is below 2^128.
            let choice := mload(CHOICE)
            let sum := add(TALLY, shl(5, choice))
            if iszero(mload(BASIC)) { sum := add(TALLY, shl(5, add(1, gt(choice, 1)))) }
            mstore(sum, add(mload(sum), power))
            let cursor := mload(CURSOR)
            mstore(cursor, or(shl(96, shr(96, head)), or(shl(88, choice), shl(48, mload(TIME)))))
            mstore(CURSOR, add(cursor, RECORD_SIZE))
        }
        return (next, ISnapshotVoting.Rejection.None);
    }

    /// @notice Gives the records their length.
    /// @return counted How many they are.
    function close(bytes memory taken) internal pure returns (uint256 counted) {
        assembly ("memory-safe") {
            let length := sub(sub(mload(CURSOR), taken), 32)
            mstore(taken, length)
            counted := div(length, RECORD_SIZE)
        }
    }

    function _malformed(uint256 position) private pure {
        uint256 begin;
        assembly ("memory-safe") {
            begin := mload(BEGIN)
        }
        revert ISnapshotVoting.BatchMalformed(position - begin);
    }

    /// @dev The same power was added with the vote: past votes do not change.
    function _takeBack(uint256 choice, uint256 power) private pure {
        bool basic;
        assembly ("memory-safe") {
            basic := mload(BASIC)
        }
        VoteTally.remove(tally(), basic, choice, power);
    }
}
