// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @dev Answers for its minimum duration as TokenVoting does, and as no TokenVoting should. The real one is in
/// governance/src/snapshot-voting.
contract VetoingVoting {
    enum Mood {
        Honest,
        Reverts,
        Short,
        Endless,
        BurnsGas
    }

    uint256 private _minDuration = 1 hours;
    Mood private _mood;

    function set(uint256 minDuration_) external {
        _minDuration = minDuration_;
    }

    function set(Mood mood) external {
        _mood = mood;
    }

    function minDuration() external view returns (uint256) {
        if (_mood == Mood.Reverts) revert("no answer");
        if (_mood == Mood.BurnsGas) while (gasleft() != 0) {}
        uint256 size = _mood == Mood.Short ? 31 : _mood == Mood.Endless ? 1 << 20 : 32;
        uint256 told = _minDuration;
        assembly {
            mstore(0x80, told)
            return(0x80, size)
        }
    }
}
