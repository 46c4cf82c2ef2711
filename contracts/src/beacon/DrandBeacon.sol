// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Bls12381} from "./Bls12381.sol";
import {IBeacon} from "./IBeacon.sol";

/// @title The randomness of a drand network, each round verified on chain
/// @notice The value for a window's end is the randomness of the first round at or after `end + delay`, as drand defines it:
/// sha256 of the round's compressed signature. Trust: fewer than the threshold of the network's members combine to know
/// a round beforehand. None of them, nor who brings it, nor a block builder can choose it: a round has one signature.
/// With a key of its own (a demo, a test) it is a beacon that this key's owner knows beforehand and cannot choose either.
/// @dev A proof is the signature, uncompressed as EIP-2537 has it: 128 bytes, and the only such bytes (see `Bls12381`).
contract DrandBeacon is IBeacon {
    /// @notice The key is no point of the subgroup, is infinity, or the chain cannot tell.
    error KeyInvalid();
    /// @notice A network's period is at least a second.
    error PeriodZero();

    /// @notice Unix seconds of round 1.
    uint256 public immutable genesis;
    /// @notice Seconds from one round to the next.
    uint256 public immutable period;
    /// @notice Seconds from the window's end to the moment of which the first round counts: at least the most that this
    /// chain's clock lags behind, since a round that is out while a window is still open could be known within it.
    uint256 public immutable delay;

    bytes32 private immutable _key0;
    bytes32 private immutable _key1;
    bytes32 private immutable _key2;
    bytes32 private immutable _key3;
    bytes32 private immutable _key4;
    bytes32 private immutable _key5;
    bytes32 private immutable _key6;
    bytes32 private immutable _key7;

    mapping(uint256 drandRound => bytes32) private _values;

    /// @param publicKey_ On G2, 256 bytes: x.c0, x.c1, y.c0, y.c1.
    constructor(bytes memory publicKey_, uint64 genesis_, uint64 period_, uint64 delay_) {
        if (!Bls12381.isKey(publicKey_)) revert KeyInvalid();
        if (period_ == 0) revert PeriodZero();
        (genesis, period, delay) = (genesis_, period_, delay_);
        bytes32[8] memory k = abi.decode(publicKey_, (bytes32[8]));
        (_key0, _key1, _key2, _key3) = (k[0], k[1], k[2], k[3]);
        (_key4, _key5, _key6, _key7) = (k[4], k[5], k[6], k[7]);
    }

    /// @inheritdoc IBeacon
    /// @dev Time alone says which round counts: nothing is stored.
    function fix(uint256 end) external view returns (uint256) {
        return sourceOf(end);
    }

    /// @inheritdoc IBeacon
    /// @dev From the round's own second on: a signature that leaked before it does not count.
    function bring(uint256 end, bytes calldata proof) external returns (bytes32 value) {
        uint256 drandRound = sourceOf(end);
        value = _values[drandRound];
        if (value != bytes32(0)) return value;
        uint256 from = timeOf(drandRound);
        if (block.timestamp < from) revert BeaconTooEarly(end, from);
        if (proof.length != Bls12381.G1_BYTES) revert BeaconProofInvalid(drandRound);
        // Safe narrowing: a round that is out is far below 2^64.
        bytes32 message = sha256(abi.encodePacked(uint64(drandRound)));
        if (!Bls12381.verify(proof, message, publicKey())) revert BeaconProofInvalid(drandRound);
        value = sha256(Bls12381.compress(proof));
        _values[drandRound] = value;
        emit BeaconBrought(drandRound, value);
    }

    /// @inheritdoc IBeacon
    function sourceOf(uint256 end) public view returns (uint256) {
        uint256 from = end + delay;
        if (from <= genesis) return 1;
        return 1 + (from - genesis + period - 1) / period;
    }

    /// @inheritdoc IBeacon
    function valueOf(uint256 end) external view returns (bytes32) {
        return _values[sourceOf(end)];
    }

    /// @inheritdoc IBeacon
    /// @dev A signature stays provable for ever.
    function isLost(uint256) external pure returns (bool) {
        return false;
    }

    /// @notice When a round is out, unix seconds.
    function timeOf(uint256 drandRound) public view returns (uint256) {
        return genesis + (drandRound - 1) * period;
    }

    /// @notice On G2, 256 bytes.
    function publicKey() public view returns (bytes memory) {
        return abi.encodePacked(_key0, _key1, _key2, _key3, _key4, _key5, _key6, _key7);
    }
}
