// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param, ParamDescription} from "../policy/PolicyCatalogue.sol";

struct Change {
    Param param;
    uint256 value;
}

/// @title The governed numbers and the approved scorer, with their whole history
/// @notice Each change makes a new version, announced by its events and in force once PolicyNotice seconds have passed. A
/// round keeps the version that was in force when it opened, so a vote never changes the rules of a running round.
interface IPolicy {
    /// @notice A version was decided; it holds from `effectiveAt` on, unix seconds.
    event VersionAnnounced(uint32 indexed version, uint40 effectiveAt);
    event PolicyChanged(uint32 indexed version, Param indexed param, uint256 oldValue, uint256 newValue);
    event ScorerChanged(uint32 indexed version, bytes32 oldScorer, bytes32 newScorer);

    /// @notice A governed number is outside its hard bounds, which no vote can pass.
    error ValueOutOfBounds(Param param, uint256 value, uint256 min, uint256 max);
    /// @notice No version of the policy has this number yet; the first is 1.
    error UnknownVersion(uint32 version, uint32 latest);
    /// @notice A scorer is named by the SHA-256 of its wasm, which is not zero.
    error ZeroScorer();
    /// @notice A change of the policy sets at least one number.
    error NoChanges();
    /// @notice Stake could leave before the longest round, with its challenges, its cases and their appeals, has ended; one that
    /// opened under the numbers before included.
    /// @custom:action Set a longer unstakeCooldown, or shorter windows in the same call; a shorter cooldown once rounds with longer windows are over.
    error CooldownTooShort(uint256 cooldown, uint256 minimum);
    /// @notice A round may pay at most nine tenths of what its validators lose for a wrong result, both as parts of their stake.
    /// @custom:action Set a lower securityRatio, or a higher slashResultMismatch, in the same call.
    error SecurityTooHigh(uint256 security, uint256 maximum);
    /// @notice A policy starts with one value for each governed number.
    error ValueCountMismatch(uint256 expected, uint256 got);
    /// @notice The shortest window may not be longer than the longest.
    /// @custom:action Set minWindow and maxWindow in one call.
    error InconsistentWindows(uint256 minWindow, uint256 maxWindow);

    /// @notice Sets numbers and starts a new version. Needs SET_POLICY_PERMISSION of the DAO.
    function set(Change[] calldata changes) external;
    /// @notice Approves another scorer binary by the SHA-256 of its wasm. Needs SET_SCORER_PERMISSION of the DAO.
    function setScorer(bytes32 sha256Hash) external;

    /// @notice The version in force now: the newest one whose time has come.
    function version() external view returns (uint32);
    /// @notice The newest version, in force or announced.
    function announcedVersion() external view returns (uint32);
    /// @notice From when a version holds, unix seconds.
    function effectiveAt(uint32 version_) external view returns (uint40);
    /// @notice The value in force now.
    function latest(Param param) external view returns (uint256);
    function valueAt(Param param, uint32 version_) external view returns (uint256);
    /// @notice Some values at a version, in the order asked for: one call for what a round needs.
    function read(Param[] calldata params, uint32 version_) external view returns (uint256[] memory);
    /// @notice All values at a version, in the order of `Param`.
    function valuesAt(uint32 version_) external view returns (uint256[] memory);
    function scorer() external view returns (bytes32);
    function scorerAt(uint32 version_) external view returns (bytes32);
    function paramCount() external view returns (uint256);
    function describe(Param param) external view returns (ParamDescription memory);
    /// @notice Values with which a new deployment starts, in the order of `Param`.
    function defaults() external pure returns (uint256[] memory);
}
