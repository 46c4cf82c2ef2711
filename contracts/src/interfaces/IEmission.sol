// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Emission: the community share, minted day by day and shared among running tasks
/// @notice Each mint is at most EmissionDaily · EmissionDecay^⌊mints/EmissionPeriod⌋ and at most
/// (1 − EmissionDecay)/EmissionPeriod of what was left of the community share when its period began, so that no policy can
/// make its infinite sum pass the community share, and no schedule that fits into it is cut.
/// Tasks share a mint in proportion to multiplier × stakePower(stake of their last paid round).
interface IEmission {
    event Minted(uint256 indexed mint, uint256 amount, uint256 totalWeight);
    event WeightChanged(uint256 indexed taskId, uint256 oldWeight, uint256 newWeight);
    event EmissionPaid(uint256 indexed taskId, uint256 amount);
    /// @notice The stake power of weights changed: no task has a weight in the new epoch until it is synced.
    event EpochStarted(uint256 indexed epoch, uint256 stakeQuarterPower);

    /// @notice The last mint is not a day old.
    /// @custom:action Try again at this second.
    error MintTooEarly(uint256 nextMint);
    /// @notice No running task has stake behind it, or the emission has decayed to nothing.
    error NothingToEmitTo();

    /// @notice Mints the next daily amount for the tasks that have a weight. Anyone may call, once in each day (UTC). When
    /// the policy's TaskStakeQuarterPower has changed, it starts a new epoch instead (and returns 0): tasks then have a day
    /// to be synced, so that nobody gains by being the first one.
    function mint() external returns (uint256 amount);
    /// @notice Brings a task's weight up to date with its state and stake, and moves what it earned into its budget.
    /// Anyone may call. A task that runs no longer, or has no round left to spend it in, has weight 0.
    function sync(uint256 taskId) external returns (uint256 paid);

    /// @notice Wei minted so far; never more than `communityShare`.
    function minted() external view returns (uint256);
    function mints() external view returns (uint256);
    /// @notice From when `mint` may be called again, unix seconds.
    function nextMintAt() external view returns (uint256);
    /// @notice What the policy and the bound allow the next mint to be now, in wei.
    function nextAmount() external view returns (uint256);
    function communityShare() external pure returns (uint256);
    function totalWeight() external view returns (uint256);
    function epoch() external view returns (uint256);
    /// @notice The weight with which a task shares now, as of its last sync (0 when that was in an earlier epoch).
    function weightOf(uint256 taskId) external view returns (uint256);
    /// @notice What `sync` would move into the task's budget now, in wei.
    function pending(uint256 taskId) external view returns (uint256);
}
