// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

/// @dev Rounds of quicknet, compressed in `vectors/drand.json`, as the points that a contract takes.
abstract contract DrandVectors is Test {
    bytes private constant FIELD_ORDER =
        hex"1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";
    /// @dev (p + 1) / 4: a square to this power is its root, as p = 3 mod 4.
    bytes private constant ROOT =
        hex"0680447a8e5ff9a692c6e9ed90d2eb35d91dd2e13ce144afd9cc34a83dac3d8907aaffffac54ffffee7fbfffffffeaab";

    string private _json;

    function _vectors() internal returns (string memory) {
        if (bytes(_json).length == 0) _json = vm.readFile("contracts/test/vectors/drand.json");
        return _json;
    }

    function _compressed(uint256 index) internal returns (bytes memory) {
        return vm.parseJsonBytes(_vectors(), string.concat(".rounds[", vm.toString(index), "].signature"));
    }

    function _signature(uint256 index) internal returns (bytes memory) {
        return _decompress(_compressed(index));
    }

    function _decompress(bytes memory compressed) internal view returns (bytes memory) {
        assertEq(compressed.length, 48);
        bool greater = uint8(compressed[0]) & 0x20 != 0;
        bytes memory x = bytes.concat(compressed);
        x[0] = bytes1(uint8(x[0]) & 0x1f);
        // x³ + 4 does not reach the order by addition but with chance 2^-379.
        bytes memory y = _power(_plusFour(_power(x, hex"03")), ROOT);
        bytes memory other = _minus(FIELD_ORDER, y);
        if (_above(y, other) != greater) y = other;
        return bytes.concat(bytes16(0), x, bytes16(0), y);
    }

    function _negated(bytes memory point) internal pure returns (bytes memory) {
        bytes memory y = _slice(point, 80, 48);
        return bytes.concat(_slice(point, 0, 80), _minus(FIELD_ORDER, y));
    }

    /// @dev The same field element, written as x + p.
    function _unreduced(bytes memory point) internal pure returns (bytes memory) {
        return bytes.concat(bytes16(0), _plus(_slice(point, 16, 48), FIELD_ORDER), _slice(point, 64, 64));
    }

    function _slice(bytes memory data, uint256 from, uint256 length) internal pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) {
            out[i] = data[from + i];
        }
    }

    function _power(bytes memory base, bytes memory exponent) private view returns (bytes memory out) {
        bool ok;
        (ok, out) = address(0x05)
            .staticcall(abi.encodePacked(base.length, exponent.length, uint256(48), base, exponent, FIELD_ORDER));
        assertTrue(ok);
    }

    function _plusFour(bytes memory a) private pure returns (bytes memory) {
        bytes memory four = new bytes(48);
        four[47] = 0x04;
        return _plus(a, four);
    }

    function _plus(bytes memory a, bytes memory b) private pure returns (bytes memory out) {
        out = new bytes(48);
        uint256 carry;
        for (uint256 i = 48; i > 0; --i) {
            carry += uint256(uint8(a[i - 1])) + uint8(b[i - 1]);
            out[i - 1] = bytes1(uint8(carry));
            carry >>= 8;
        }
    }

    function _minus(bytes memory a, bytes memory b) private pure returns (bytes memory out) {
        out = new bytes(48);
        uint256 borrow;
        for (uint256 i = 48; i > 0; --i) {
            uint256 digit = 256 + uint256(uint8(a[i - 1])) - uint8(b[i - 1]) - borrow;
            out[i - 1] = bytes1(uint8(digit));
            borrow = digit < 256 ? 1 : 0;
        }
    }

    function _above(bytes memory a, bytes memory b) private pure returns (bool) {
        for (uint256 i; i < 48; ++i) {
            if (a[i] != b[i]) return a[i] > b[i];
        }
        return false;
    }
}
