// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title BLS12-381 by the precompiles of EIP-2537: signatures on G1, and G1 as a group
/// @notice Signatures: the scheme `bls-unchained-g1-rfc9380` of drand: keys on G2, signatures on G1, messages hashed by RFC 9380, suite
/// BLS12381G1_XMD:SHA-256_SSWU_RO_.
/// @dev Points are uncompressed as EIP-2537 has them: a field element is 64 bytes, big-endian, the first 16 zero; G1 is
/// x, y (128 bytes), G2 is x.c0, x.c1, y.c0, y.c1 (256 bytes); all zeros is infinity. The precompiles refuse elements that
/// are not below p, points off the curve, and (the pairing) points outside the subgroup of prime order. So a point that
/// verifies has exactly one encoding. And it is the only point that verifies: within the group of order r,
/// e(s, −g)·e(H(m), k) = 1 has one solution s for each m and k.
library Bls12381 {
    /// @notice The chain has not the precompiles of EIP-2537, or they refuse a point.
    error PointRefused(address precompile);

    uint256 internal constant G1_BYTES = 128;
    uint256 internal constant G2_BYTES = 256;

    address private constant MODEXP = address(0x05);
    address private constant G1_ADD = address(0x0b);
    address private constant G1_MSM = address(0x0c);
    address private constant PAIRING = address(0x0f);
    address private constant MAP_FP_TO_G1 = address(0x10);

    /// @dev The order of both groups.
    uint256 internal constant GROUP_ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;
    /// @dev The standard generator g of G1.
    bytes internal constant G1_GENERATOR = hex"0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
        hex"0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1";

    /// @dev RFC 9380, 5.3.1: the domain separation tag and its length in one byte.
    bytes private constant DST_PRIME = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_\x2b";
    /// @dev p in 64 bytes.
    bytes private constant FIELD_ORDER =
        hex"000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";
    /// @dev (p − 1) / 2: its first 16 and last 32 bytes.
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;
    /// @dev −g of G2.
    bytes private constant NEGATED_GENERATOR = hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bcb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    /// @notice Whether `signature` is the signature of `message` by `publicKey`. Reverts where a point is none.
    /// @dev Infinity solves the equation only for a key that is infinity too: keys are checked by `isKey`.
    function verify(bytes memory signature, bytes32 message, bytes memory publicKey) internal view returns (bool) {
        return _pairing(bytes.concat(signature, NEGATED_GENERATOR, hashToG1(message), publicKey));
    }

    /// @notice Whether these bytes are a point of G2's subgroup and not infinity.
    /// @dev Beside infinity on G1 every point of the subgroup pairs to 1; the precompile checks it all the same.
    function isKey(bytes memory publicKey) internal view returns (bool) {
        if (publicKey.length != G2_BYTES || keccak256(publicKey) == keccak256(new bytes(G2_BYTES))) return false;
        return _pairing(bytes.concat(new bytes(G1_BYTES), publicKey));
    }

    /// @notice Whether these bytes are a point of G1's subgroup of prime order and not infinity.
    /// @dev The multiplication's precompile refuses points that are none of the subgroup, whatever they are multiplied by.
    function isPoint(bytes memory point) internal view returns (bool ok) {
        if (point.length != G1_BYTES || keccak256(point) == keccak256(new bytes(G1_BYTES))) return false;
        (ok,) = _tryCall(G1_MSM, bytes.concat(point, bytes32(uint256(1))), G1_BYTES);
    }

    /// @notice m·p + n·q. Reverts where a point is none of G1's subgroup; infinity is one.
    function combine(bytes memory p, uint256 m, bytes memory q, uint256 n) internal view returns (bytes memory) {
        return _call(G1_MSM, bytes.concat(p, bytes32(m), q, bytes32(n)), G1_BYTES);
    }

    /// @notice RFC 9380, hash_to_curve, of a message of 32 bytes. The mapping's precompile clears the cofactor of each
    /// point, which is the same as clearing that of their sum.
    function hashToG1(bytes32 message) internal view returns (bytes memory) {
        (bytes memory u0, bytes memory u1) = _hashToField(message);
        return
            _call(G1_ADD, bytes.concat(_call(MAP_FP_TO_G1, u0, G1_BYTES), _call(MAP_FP_TO_G1, u1, G1_BYTES)), G1_BYTES);
    }

    /// @notice The 48 bytes of a point: x with the flags "compressed" and, where y is above (p − 1)/2, "greater".
    /// @dev The convention of ZCash that drand follows. For points that are not infinity and that a precompile has accepted.
    function compress(bytes memory point) internal pure returns (bytes memory) {
        uint256 xHigh;
        uint256 xLow;
        uint256 yHigh;
        uint256 yLow;
        assembly ("memory-safe") {
            xHigh := mload(add(point, 0x20))
            xLow := mload(add(point, 0x40))
            yHigh := mload(add(point, 0x60))
            yLow := mload(add(point, 0x80))
        }
        xHigh |= 1 << 127;
        if (yHigh > HALF_HIGH || (yHigh == HALF_HIGH && yLow > HALF_LOW)) xHigh |= 1 << 125;
        // Safe narrowing: p has 381 bits, so x leaves the upper three of the first 16 bytes free.
        return abi.encodePacked(uint128(xHigh), xLow);
    }

    /// @dev RFC 9380, 5.2 and 5.3.1: expand_message_xmd to 128 bytes, two elements of 64 bytes, each reduced by p.
    function _hashToField(bytes32 message) private view returns (bytes memory u0, bytes memory u1) {
        bytes32 b0 = sha256(abi.encodePacked(bytes32(0), bytes32(0), message, uint16(128), uint8(0), DST_PRIME));
        bytes32 b1 = sha256(abi.encodePacked(b0, uint8(1), DST_PRIME));
        bytes32 b2 = sha256(abi.encodePacked(b0 ^ b1, uint8(2), DST_PRIME));
        bytes32 b3 = sha256(abi.encodePacked(b0 ^ b2, uint8(3), DST_PRIME));
        bytes32 b4 = sha256(abi.encodePacked(b0 ^ b3, uint8(4), DST_PRIME));
        u0 = _reduce(b1, b2);
        u1 = _reduce(b3, b4);
    }

    /// @dev (high · 2^256 + low)^1 mod p by EIP-198.
    function _reduce(bytes32 high, bytes32 low) private view returns (bytes memory) {
        return
            _call(MODEXP, abi.encodePacked(uint256(64), uint256(1), uint256(64), high, low, uint8(1), FIELD_ORDER), 64);
    }

    function _pairing(bytes memory input) private view returns (bool) {
        return uint256(bytes32(_call(PAIRING, input, 32))) == 1;
    }

    function _call(address precompile, bytes memory input, uint256 outputBytes)
        private
        view
        returns (bytes memory out)
    {
        bool ok;
        (ok, out) = _tryCall(precompile, input, outputBytes);
        if (!ok) revert PointRefused(precompile);
    }

    /// @dev A chain without the precompile answers a call with success and nothing: the length is looked at.
    function _tryCall(address precompile, bytes memory input, uint256 outputBytes)
        private
        view
        returns (bool ok, bytes memory out)
    {
        out = new bytes(outputBytes);
        assembly ("memory-safe") {
            ok := staticcall(gas(), precompile, add(input, 0x20), mload(input), add(out, 0x20), outputBytes)
            ok := and(ok, eq(returndatasize(), outputBytes))
        }
    }
}
