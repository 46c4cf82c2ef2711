// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "../types/Ids.sol";

/// @title Emission: the community share, earned by finalized rounds
/// @notice An integral I grows by E · dt / (all stake allocated as trainer or validator), E the day's amount. A finalized round
/// earns multiplier · (I at its close − I when its trainers were drawn) · (S_t · paid seats / trainerSeats
/// + S_v · agreeing seats / validatorSeats), S_t and S_v the effective stake of its candidates, at most
/// stakeBehind · securityRatio. What no round earns is not minted: it stays in the community share. So an idle task earns
/// nothing, and stake earns once.
/// The amount of day d is at most EmissionDaily · EmissionDecay^⌊d/EmissionPeriod⌋, and at most
/// (1 − EmissionDecay)/EmissionPeriod of what was left of the community share, so that no policy passes it. Rounds that
/// were open on it share it; whatever stake did meanwhile, all of them together get no more.
interface IEmission {
    event EmissionEarned(TaskId indexed taskId, RoundNumber indexed round, uint256 amount);

    /// @notice The round earned before.
    error AlreadyEarned(TaskId taskId, RoundNumber round);
    /// @notice The round is not finished with an accepted result, or its claims are not open.
    /// @custom:action Open its claims first; anyone may.
    error NotFinalized(TaskId taskId, RoundNumber round);

    /// @notice Mints what a finalized round earned into the common part of its task, or, where no round of it is left, into the
    /// DAO's treasury. Once a round; anyone may call. May be nothing.
    function earn(TaskId taskId, RoundNumber round) external returns (uint256 amount);

    /// @notice Wei minted so far; never more than `communityShare`.
    function minted() external view returns (uint256);
    function communityShare() external pure returns (uint256);
    /// @notice When days began to count, unix seconds: a beginning of a day (UTC).
    function start() external view returns (uint256);
    /// @notice What a day (0 is that of `start`) may emit at most by the numbers of a policy version, wei.
    function amountOf(uint256 day, uint32 policyVersion) external view returns (uint256);
    /// @notice Wei that rounds have earned on a day (0 is that of `start`) so far.
    function emittedOn(uint256 day) external view returns (uint256);
    function earned(TaskId taskId, RoundNumber round) external view returns (bool);
    /// @notice What `earn` would mint now, wei; 0 where it would refuse.
    function earning(TaskId taskId, RoundNumber round) external view returns (uint256);
}
