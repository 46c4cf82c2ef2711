// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IBeacon} from "./IBeacon.sol";

/// @title The hash of one block that was fixed before it was built
/// @notice For chains without the precompiles of EIP-2537. The block's header holds PREVRANDAO (EIP-4399), so the hash has
/// its randomness; reading PREVRANDAO itself would let who calls choose the moment. What it does not keep off: the
/// builder of that block, or the sequencer of the chain, sees the value first and may discard the block for another
/// try. Pages and documentation say so wherever a deployment uses this.
/// @dev A proof is empty: the chain itself knows the hash, of its last 256 blocks.
contract BlockHashBeacon is IBeacon {
    /// @notice The fixed block must be one that is not built yet.
    error DistanceZero();

    /// @notice Blocks of which the chain knows the hash.
    uint256 public constant BLOCK_HASHES = 256;

    /// @notice Blocks from the one in which a source is fixed to the source.
    uint256 public immutable distance;

    mapping(uint256 end => uint256 blockNumber) private _sources;
    mapping(uint256 blockNumber => bytes32) private _values;

    constructor(uint64 distance_) {
        if (distance_ == 0) revert DistanceZero();
        distance = distance_;
    }

    /// @inheritdoc IBeacon
    /// @dev Fixed once, for good: no second block when the first was not brought in time, or who dislikes its hash would
    /// only have to keep it out.
    function fix(uint256 end) external returns (uint256 source) {
        source = _sources[end];
        if (source != 0) return source;
        if (block.timestamp < end) revert BeaconTooEarly(end, end);
        source = block.number + distance;
        _sources[end] = source;
        emit BeaconFixed(end, source);
    }

    /// @inheritdoc IBeacon
    function bring(uint256 end, bytes calldata proof) external returns (bytes32 value) {
        uint256 source = _sources[end];
        if (source == 0) revert BeaconNotFixed(end);
        value = _values[source];
        if (value != bytes32(0)) return value;
        if (proof.length != 0) revert BeaconProofInvalid(source);
        if (block.number <= source) revert BeaconTooEarly(end, source + 1);
        value = blockhash(source);
        if (value == bytes32(0)) revert BeaconLost(end, source);
        _values[source] = value;
        emit BeaconBrought(source, value);
    }

    /// @inheritdoc IBeacon
    function sourceOf(uint256 end) external view returns (uint256) {
        return _sources[end];
    }

    /// @inheritdoc IBeacon
    function valueOf(uint256 end) external view returns (bytes32) {
        return _values[_sources[end]];
    }

    /// @inheritdoc IBeacon
    function isLost(uint256 end) external view returns (bool) {
        uint256 source = _sources[end];
        return source != 0 && _values[source] == bytes32(0) && block.number > source + BLOCK_HASHES;
    }
}
