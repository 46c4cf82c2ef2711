// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title ChaCha20 (RFC 8439, section 2.4)
/// @notice Encrypts and decrypts: both add the key stream.
/// @dev Four blocks at once: each of a word's four lanes of 64 bits holds a block's number of 32 bits, and what an addition or a
/// rotation carries out of it is masked off.
///
///     word i = block 3's word i ‖ block 2's ‖ block 1's ‖ block 0's      (64 bits each, the upper 32 zero)
library ChaCha20 {
    /// @notice `data` xor the key stream from this block on. `counter` and the blocks of `data` stay below 2^32 together.
    function xored(bytes32 key, bytes12 nonce, uint32 counter, bytes memory data)
        internal
        pure
        returns (bytes memory out)
    {
        uint256 length = data.length;
        // Whole blocks, of which the last may be cut off below.
        out = new bytes((length + 63) / 64 * 64);
        // The state that each block starts from, 16 words, and the one that is worked on.
        uint256[32] memory state;
        assembly ("memory-safe") {
            // The bytes of each 32-bit number of a word in reverse: the RFC's numbers are little-endian.
            function reversed(x) -> y {
                let even := 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff
                x := or(shl(8, and(x, even)), and(shr(8, x), even))
                even := 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff
                y := or(shl(16, and(x, even)), and(shr(16, x), even))
            }

            // Section 2.1, on the words at a, b, c and d.
            function quarter(a, b, c, d) {
                let lanes := 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
                let va := mload(a)
                let vb := mload(b)
                let vc := mload(c)
                let vd := mload(d)
                va := and(add(va, vb), lanes)
                vd := xor(vd, va)
                vd := and(or(shl(16, vd), shr(16, vd)), lanes)
                vc := and(add(vc, vd), lanes)
                vb := xor(vb, vc)
                vb := and(or(shl(12, vb), shr(20, vb)), lanes)
                va := and(add(va, vb), lanes)
                vd := xor(vd, va)
                vd := and(or(shl(8, vd), shr(24, vd)), lanes)
                vc := and(add(vc, vd), lanes)
                vb := xor(vb, vc)
                mstore(a, va)
                mstore(b, and(or(shl(7, vb), shr(25, vb)), lanes))
                mstore(c, vc)
                mstore(d, vd)
            }

            // Eight words' numbers of one block in a row, from the words at `from`.
            function row(from, shift) -> y {
                for { let end := add(from, 256) } lt(from, end) { from := add(from, 32) } {
                    y := or(shl(32, y), and(shr(shift, mload(from)), 0xffffffff))
                }
                y := reversed(y)
            }

            let ones := 0x0000000000000001000000000000000100000000000000010000000000000001
            // "expand 32-byte k"
            mstore(state, mul(0x61707865, ones))
            mstore(add(state, 32), mul(0x3320646e, ones))
            mstore(add(state, 64), mul(0x79622d32, ones))
            mstore(add(state, 96), mul(0x6b206574, ones))
            key := reversed(key)
            for { let i := 0 } lt(i, 8) { i := add(i, 1) } {
                mstore(add(state, add(128, mul(32, i))), mul(and(shr(sub(224, mul(32, i)), key), 0xffffffff), ones))
            }
            mstore(
                add(state, 384),
                add(mul(counter, ones), 0x0000000000000003000000000000000200000000000000010000000000000000)
            )
            nonce := reversed(nonce)
            for { let i := 0 } lt(i, 3) { i := add(i, 1) } {
                mstore(add(state, add(416, mul(32, i))), mul(and(shr(sub(224, mul(32, i)), nonce), 0xffffffff), ones))
            }

            let work := add(state, 512)
            for { let done := 0 } lt(done, length) { done := add(done, 256) } {
                mcopy(work, state, 512)
                for { let i := 0 } lt(i, 10) { i := add(i, 1) } {
                    quarter(work, add(work, 128), add(work, 256), add(work, 384))
                    quarter(add(work, 32), add(work, 160), add(work, 288), add(work, 416))
                    quarter(add(work, 64), add(work, 192), add(work, 320), add(work, 448))
                    quarter(add(work, 96), add(work, 224), add(work, 352), add(work, 480))
                    quarter(work, add(work, 160), add(work, 320), add(work, 480))
                    quarter(add(work, 32), add(work, 192), add(work, 352), add(work, 384))
                    quarter(add(work, 64), add(work, 224), add(work, 256), add(work, 416))
                    quarter(add(work, 96), add(work, 128), add(work, 288), add(work, 448))
                }
                for { let i := 0 } lt(i, 512) { i := add(i, 32) } {
                    mstore(add(work, i), add(mload(add(work, i)), mload(add(state, i))))
                }
                for { let at := done } and(lt(at, length), lt(at, add(done, 256))) { at := add(at, 64) } {
                    let shift := sub(at, done)
                    let from := add(add(data, 32), at)
                    let to := add(add(out, 32), at)
                    mstore(to, xor(mload(from), row(work, shift)))
                    mstore(add(to, 32), xor(mload(add(from, 32)), row(add(work, 256), shift)))
                }
                mstore(add(state, 384), add(mload(add(state, 384)), mul(4, ones)))
            }
            mstore(out, length)
        }
    }
}
