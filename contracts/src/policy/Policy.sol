// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Change, IPolicy, Param, ParamDescription} from "../interfaces/IPolicy.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {SET_POLICY_PERMISSION, SET_SCORER_PERMISSION} from "../permission/Permissions.sol";
import {RoundLimits} from "../round/RoundLimits.sol";
import {PolicyCatalogue} from "./PolicyCatalogue.sol";
import {PolicyTable} from "./PolicyTable.sol";

/// @title The governed numbers
/// @notice Trust: only the DAO makes versions, inside the catalogue's bounds; nobody changes one that was made.
/// @dev A version is a table of all numbers (kept as code, see `PolicyTable`), a scorer, and the second from which it holds.
/// Those seconds never decrease with the version, so the one in force is found by bisection; a copy of the newest
/// version answers from one slot whenever nothing is announced.
contract Policy is IPolicy, DaoAuthorized {
    struct Version {
        address table;
        uint40 effectiveAt;
        uint32 number;
    }

    /// @dev As many as `Windows` has.
    uint256 internal constant WINDOWS_OF_A_ROUND = 8;
    /// @dev Join, attest and its reveal: what an attempt repeats, beside its draw.
    uint256 internal constant WINDOWS_OF_AN_ATTEMPT = 3;

    Version private _newest;
    mapping(uint32 version => Version) private _versions;
    mapping(uint32 version => bytes32) private _scorers;

    /// @param scorer_ SHA-256 of the first approved scorer's wasm.
    /// @param values One value for each `Param`, in order.
    constructor(address dao_, bytes32 scorer_, uint256[] memory values) DaoAuthorized(dao_) {
        if (values.length != PolicyCatalogue.COUNT) revert ValueCountMismatch(PolicyCatalogue.COUNT, values.length);
        if (scorer_ == bytes32(0)) revert ZeroScorer();
        emit VersionAnnounced(1, uint40(block.timestamp));
        for (uint256 i; i < values.length; ++i) {
            _checkBounds(Param(i), values[i]);
            emit PolicyChanged(1, Param(i), 0, values[i]);
        }
        _checkTogether(values);
        _add(Version(PolicyTable.write(values), uint40(block.timestamp), 1), scorer_);
        emit ScorerChanged(1, bytes32(0), scorer_);
    }

    /// @inheritdoc IPolicy
    function set(Change[] calldata changes) external auth(SET_POLICY_PERMISSION) {
        if (changes.length == 0) revert NoChanges();
        Version memory next = _announce();
        uint256[] memory values = PolicyTable.readAll(next.table, PolicyCatalogue.COUNT);
        uint256 cooldown = values[uint256(Param.UnstakeCooldown)];
        for (uint256 i; i < changes.length; ++i) {
            (Param param, uint256 value) = (changes[i].param, changes[i].value);
            _checkBounds(param, value);
            emit PolicyChanged(next.number, param, values[uint256(param)], value);
            values[uint256(param)] = value;
        }
        _checkTogether(values);
        if (values[uint256(Param.UnstakeCooldown)] < cooldown) {
            _checkRunning(values[uint256(Param.UnstakeCooldown)], next.effectiveAt);
        }
        next.table = PolicyTable.write(values);
        _add(next, _scorers[next.number - 1]);
    }

    /// @inheritdoc IPolicy
    function setScorer(bytes32 sha256Hash) external auth(SET_SCORER_PERMISSION) {
        if (sha256Hash == bytes32(0)) revert ZeroScorer();
        Version memory next = _announce();
        _add(next, sha256Hash);
        emit ScorerChanged(next.number, _scorers[next.number - 1], sha256Hash);
    }

    /// @inheritdoc IPolicy
    function version() external view returns (uint32) {
        return _inForce().number;
    }

    /// @inheritdoc IPolicy
    function announcedVersion() external view returns (uint32) {
        return _newest.number;
    }

    /// @inheritdoc IPolicy
    function effectiveAt(uint32 version_) external view returns (uint40) {
        return _at(version_).effectiveAt;
    }

    /// @inheritdoc IPolicy
    function latest(Param param) external view returns (uint256) {
        return PolicyTable.read(_inForce().table, uint256(param));
    }

    /// @inheritdoc IPolicy
    function valueAt(Param param, uint32 version_) external view returns (uint256) {
        return PolicyTable.read(_at(version_).table, uint256(param));
    }

    /// @inheritdoc IPolicy
    function read(Param[] calldata params, uint32 version_) external view returns (uint256[] memory values) {
        address table = _at(version_).table;
        values = new uint256[](params.length);
        for (uint256 i; i < params.length; ++i) {
            values[i] = PolicyTable.read(table, uint256(params[i]));
        }
    }

    /// @inheritdoc IPolicy
    function valuesAt(uint32 version_) external view returns (uint256[] memory) {
        return PolicyTable.readAll(_at(version_).table, PolicyCatalogue.COUNT);
    }

    /// @inheritdoc IPolicy
    function scorer() external view returns (bytes32) {
        return _scorers[_inForce().number];
    }

    /// @inheritdoc IPolicy
    function scorerAt(uint32 version_) external view returns (bytes32) {
        return _scorers[_at(version_).number];
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

    /// @dev The next version, still with the table of the one before.
    function _announce() private returns (Version memory next) {
        next = _newest;
        next.number += 1;
        uint256 notice = PolicyTable.read(_inForce().table, uint256(Param.PolicyNotice));
        // A shorter notice does not overtake what was announced before it.
        next.effectiveAt = uint40(Math.max(next.effectiveAt, block.timestamp + notice));
        emit VersionAnnounced(next.number, next.effectiveAt);
    }

    function _add(Version memory next, bytes32 scorer_) private {
        _newest = next;
        _versions[next.number] = next;
        _scorers[next.number] = scorer_;
    }

    function _inForce() private view returns (Version memory v) {
        v = _newest;
        if (v.effectiveAt <= block.timestamp) return v;
        // The greatest version whose time has come; version 1 holds from its own creation.
        uint256 low = 1;
        uint256 high = v.number - 1;
        while (low < high) {
            uint256 middle = (low + high + 1) / 2;
            if (_versions[uint32(middle)].effectiveAt <= block.timestamp) low = middle;
            else high = middle - 1;
        }
        v = _versions[uint32(low)];
    }

    function _at(uint32 version_) private view returns (Version memory v) {
        v = _newest;
        if (v.number == version_) return v;
        if (version_ == 0 || version_ > v.number) revert UnknownVersion(version_, v.number);
        v = _versions[version_];
    }

    function _checkBounds(Param param, uint256 value) private pure {
        ParamDescription memory about = PolicyCatalogue.describe(param);
        if (value < about.min || value > about.max) revert ValueOutOfBounds(param, value, about.min, about.max);
    }

    /// @dev What has to hold between numbers. A vote that moves several of them sets them in one call.
    function _checkTogether(uint256[] memory values) private pure {
        uint256 minWindow = values[uint256(Param.MinWindow)];
        uint256 maxWindow = values[uint256(Param.MaxWindow)];
        if (minWindow > maxWindow) revert InconsistentWindows(minWindow, maxWindow);
        uint256 needed = _longestCase(values);
        uint256 cooldown = values[uint256(Param.UnstakeCooldown)];
        if (cooldown < needed) revert CooldownTooShort(cooldown, needed);
        // What a false verdict wins stays below what it loses.
        uint256 security = values[uint256(Param.SecurityRatio)];
        uint256 highest = values[uint256(Param.SlashResultMismatch)] * 9 / 10;
        if (security > highest) revert SecurityTooHigh(security, highest);
    }

    /// @dev Rounds keep the windows of their opening, so a cooldown that becomes shorter in the second `from` must outlast what is
    /// left then of the longest round of each version before. Whatever opened before a version is over a cooldown after it
    /// came into force: older ones need no look.
    function _checkRunning(uint256 cooldown, uint256 from) private view {
        uint256 until = from;
        for (uint32 number = _newest.number; number != 0; --number) {
            Version memory v = _versions[number];
            uint256[] memory values = PolicyTable.readAll(v.table, PolicyCatalogue.COUNT);
            uint256 end = until + _longestCase(values);
            if (v.effectiveAt < until && end > from + cooldown) revert CooldownTooShort(cooldown, end - from);
            if (v.effectiveAt + values[uint256(Param.UnstakeCooldown)] <= from + cooldown) return;
            until = v.effectiveAt;
        }
    }

    /// @dev Stake stays in reach for the longest round; and for what a host answered right before it left: accused at the last
    /// moment, contested at the last moment, ruled at the last moment.
    function _longestCase(uint256[] memory values) private pure returns (uint256) {
        uint256 ofAnswer = 2 * values[uint256(Param.CaseWindow)] + values[uint256(Param.RulingWindow)];
        return Math.max(_longestRound(values), ofAnswer);
    }

    /// @dev Who unstakes right after joining must still be in reach when the longest round has ended (two draws, and one more
    /// with its windows for each further attempt), was challenged and ruled on, and a case about it, opened at the last
    /// moment, has had its appeal.
    function _longestRound(uint256[] memory values) private pure returns (uint256) {
        uint256 repeats = RoundLimits.MAX_ATTEMPTS - 1;
        return (WINDOWS_OF_A_ROUND + repeats * WINDOWS_OF_AN_ATTEMPT) * values[uint256(Param.MaxWindow)] + (2 + repeats)
            * values[uint256(Param.BeaconWindow)] + values[uint256(Param.ChallengeWindow)]
            + values[uint256(Param.RulingWindow)] + values[uint256(Param.CaseWindow)]
            + values[uint256(Param.AppealWindow)];
    }
}
