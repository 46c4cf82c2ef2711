// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IDaoPermissions} from "../../src/interfaces/IDaoPermissions.sol";

/// @dev A permission table and nothing more, for unit tests. The real Aragon DAO is exercised end to end elsewhere.
contract FakeDao is IDaoPermissions {
    mapping(address where => mapping(address who => mapping(bytes32 id => bool))) private _granted;

    function grant(address where, address who, bytes32 id) external {
        _granted[where][who][id] = true;
    }

    function revoke(address where, address who, bytes32 id) external {
        _granted[where][who][id] = false;
    }

    function hasPermission(address where, address who, bytes32 id, bytes memory) external view returns (bool) {
        return _granted[where][who][id];
    }
}
