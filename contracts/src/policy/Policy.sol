// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Change, IPolicy, Param, ParamDescription} from "../interfaces/IPolicy.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {SET_POLICY_PERMISSION, SET_SCORER_PERMISSION} from "../permission/Permissions.sol";
import {PolicyCatalogue} from "./PolicyCatalogue.sol";

/// @title The governed numbers
/// @dev One checkpoint trace a number, keyed by version. Every maximum of the catalogue is far below 2^224.
contract Policy is IPolicy, DaoAuthorized {
    using Checkpoints for Checkpoints.Trace224;

    uint256 private constant WINDOWS_OF_A_ROUND = 6;

    uint32 private _version;
    mapping(Param => Checkpoints.Trace224) private _values;
    mapping(uint32 version => bytes32) private _scorers;

    /// @param scorer_ SHA-256 of the first approved scorer's wasm.
    /// @param values One value for each `Param`, in order.
    constructor(address dao_, bytes32 scorer_, uint256[] memory values) DaoAuthorized(dao_) {
        if (values.length != PolicyCatalogue.COUNT) revert ValueCountMismatch(PolicyCatalogue.COUNT, values.length);
        if (scorer_ == bytes32(0)) revert ZeroScorer();
        _version = 1;
        for (uint256 i; i < values.length; ++i) {
            _write(1, Param(i), values[i]);
        }
        _checkTogether();
        _scorers[1] = scorer_;
        emit ScorerChanged(1, bytes32(0), scorer_);
    }

    /// @inheritdoc IPolicy
    function set(Change[] calldata changes) external auth(SET_POLICY_PERMISSION) {
        if (changes.length == 0) revert NoChanges();
        uint32 next = _nextVersion();
        _scorers[next] = _scorers[next - 1];
        for (uint256 i; i < changes.length; ++i) {
            _write(next, changes[i].param, changes[i].value);
        }
        _checkTogether();
    }

    /// @inheritdoc IPolicy
    function setScorer(bytes32 sha256Hash) external auth(SET_SCORER_PERMISSION) {
        if (sha256Hash == bytes32(0)) revert ZeroScorer();
        uint32 next = _nextVersion();
        _scorers[next] = sha256Hash;
        emit ScorerChanged(next, _scorers[next - 1], sha256Hash);
    }

    /// @inheritdoc IPolicy
    function version() external view returns (uint32) {
        return _version;
    }

    /// @inheritdoc IPolicy
    function latest(Param param) external view returns (uint256) {
        return _values[param].latest();
    }

    /// @inheritdoc IPolicy
    function valueAt(Param param, uint32 version_) external view returns (uint256) {
        _checkVersion(version_);
        return _values[param].upperLookupRecent(version_);
    }

    /// @inheritdoc IPolicy
    function valuesAt(uint32 version_) external view returns (uint256[] memory values) {
        _checkVersion(version_);
        values = new uint256[](PolicyCatalogue.COUNT);
        for (uint256 i; i < values.length; ++i) {
            values[i] = _values[Param(i)].upperLookupRecent(version_);
        }
    }

    /// @inheritdoc IPolicy
    function scorer() external view returns (bytes32) {
        return _scorers[_version];
    }

    /// @inheritdoc IPolicy
    function scorerAt(uint32 version_) external view returns (bytes32) {
        _checkVersion(version_);
        return _scorers[version_];
    }

    /// @inheritdoc IPolicy
    function paramCount() external pure returns (uint256) {
        return PolicyCatalogue.COUNT;
    }

    /// @inheritdoc IPolicy
    function describe(Param param) external pure returns (ParamDescription memory) {
        return PolicyCatalogue.describe(param);
    }

    /// @inheritdoc IPolicy
    function defaults() external pure returns (uint256[] memory) {
        return PolicyCatalogue.defaults();
    }

    function _nextVersion() private returns (uint32) {
        return ++_version;
    }

    function _write(uint32 version_, Param param, uint256 value) private {
        (uint256 min, uint256 max) = PolicyCatalogue.bounds(param);
        if (value < min || value > max) revert ValueOutOfBounds(param, value, min, max);
        // Safe narrowing: `max` of every number is below 2^224.
        (uint224 old,) = _values[param].push(version_, uint224(value));
        emit PolicyChanged(version_, param, old, value);
    }

    /// @dev What has to hold between numbers. A vote that moves several of them sets them in one call.
    function _checkTogether() private view {
        uint256 minWindow = _values[Param.MinWindow].latest();
        uint256 maxWindow = _values[Param.MaxWindow].latest();
        if (minWindow > maxWindow) revert InconsistentWindows(minWindow, maxWindow);
        // Who unstakes right after committing must still be in reach when the longest round has ended, was disputed,
        // and somebody has had an appeal window's time to open a case (which then freezes the stake).
        uint256 needed = WINDOWS_OF_A_ROUND * maxWindow + _values[Param.ChallengeWindow].latest()
            + _values[Param.DisputeWindow].latest() + _values[Param.AppealWindow].latest();
        uint256 cooldown = _values[Param.UnstakeCooldown].latest();
        if (cooldown < needed) revert CooldownTooShort(cooldown, needed);
    }

    function _checkVersion(uint32 version_) private view {
        if (version_ == 0 || version_ > _version) revert UnknownVersion(version_, _version);
    }
}
