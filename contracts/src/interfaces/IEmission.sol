// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Emission: the community share, minted day by day and shared among running tasks
/// @notice Each mint is at most EmissionDaily · EmissionDecay^⌊mints/EmissionPeriod⌋ and at most
/// remaining · (1 − EmissionDecay) / EmissionPeriod, so that no policy can make its infinite sum pass the community share.
/// Tasks share a mint in proportion to multiplier × stakePower(stake of their last paid round).
interface IEmission {
    event Minted(uint256 indexed mint, uint256 amount, uint256 totalWeight);
    event WeightChanged(uint256 indexed taskId, uint256 oldWeight, uint256 newWeight);
    event EmissionPaid(uint256 indexed taskId, uint256 amount);

    error MintTooEarly(uint256 nextMint);
    error NothingToEmitTo();

    /// @notice Mints the next daily amount for the tasks that have a weight. Anyone may call, once a day.
    function mint() external returns (uint256 amount);
    /// @notice Brings a task's weight up to date with its state and stake, and moves what it earned into its budget.
    /// Anyone may call. A task that runs no longer has weight 0.
    function sync(uint256 taskId) external returns (uint256 paid);

    function minted() external view returns (uint256);
    function mints() external view returns (uint256);
    function nextMintAt() external view returns (uint256);
    /// @notice What `mint` would mint now, in wei.
    function nextAmount() external view returns (uint256);
    function communityShare() external pure returns (uint256);
    function totalWeight() external view returns (uint256);
    /// @notice The weight with which a task shares now, as of its last sync.
    function weightOf(uint256 taskId) external view returns (uint256);
    /// @notice What `sync` would move into the task's budget now, in wei.
    function pending(uint256 taskId) external view returns (uint256);
}
