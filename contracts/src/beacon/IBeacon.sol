// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Public randomness: exactly one value for the end of a window
/// @notice What a value promises: nobody knew it before `end`, and nobody, whoever brings it and whenever, can bring
/// another one for the same end. Who uses it binds it to its own purpose by hashing it with chain, contract, task and
/// round. All functions may be called by anyone; a call that finds its work done changes nothing and fails not, so that
/// two who bring the same value do not get in each other's way.
interface IBeacon {
    /// @notice From now on it stands which source (drand round, block) gives the value for `end`.
    event BeaconFixed(uint256 indexed end, uint256 indexed source);
    /// @notice The value of a source is known and stays.
    event BeaconBrought(uint256 indexed source, bytes32 value);

    /// @notice The source does not exist before this moment: a second or, where the source is a block, a block number.
    error BeaconTooEarly(uint256 end, uint256 availableFrom);
    /// @notice The source for this end must be fixed first.
    /// @custom:action Call `fix` once the window has ended.
    error BeaconNotFixed(uint256 end);
    /// @notice The value was not brought while the chain could still prove it, and never will be known.
    error BeaconLost(uint256 end, uint256 source);
    /// @notice What was brought is not the one proof of this source's value.
    error BeaconProofInvalid(uint256 source);

    /// @notice Makes it stand which source gives the value for `end`, where time alone does not say. From `end` on.
    /// @param end When the window ends, unix seconds.
    function fix(uint256 end) external returns (uint256 source);

    /// @notice Proves the value for `end` and keeps it.
    function bring(uint256 end, bytes calldata proof) external returns (bytes32 value);

    /// @notice The source of the value for `end`; 0 while that does not stand.
    function sourceOf(uint256 end) external view returns (uint256);

    /// @notice The value for `end`; 0 until it was brought.
    function valueOf(uint256 end) external view returns (bytes32);

    /// @notice Whether the value for `end` can never be brought any more.
    function isLost(uint256 end) external view returns (bool);
}
