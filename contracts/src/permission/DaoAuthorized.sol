// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IDaoPermissions} from "../interfaces/IDaoPermissions.sol";

/// @title Base of every contract whose permissions an Aragon OSx DAO manages
/// @notice Trust: the DAO's permission manager alone says who may call what; there is no owner and no admin here.
abstract contract DaoAuthorized {
    /// @notice The DAO has not granted the permission to the caller.
    /// @custom:action Let the DAO do it by a proposal.
    error DaoUnauthorized(address dao, address where, address who, bytes32 permissionId);
    /// @notice An address that this needs is zero.
    error ZeroAddress();

    address internal immutable DAO;

    constructor(address dao_) {
        if (dao_ == address(0)) revert ZeroAddress();
        DAO = dao_;
    }

    modifier auth(bytes32 permissionId) {
        _checkAuth(permissionId);
        _;
    }

    function dao() external view returns (address) {
        return DAO;
    }

    function _checkAuth(bytes32 permissionId) private view {
        if (!IDaoPermissions(DAO).hasPermission(address(this), msg.sender, permissionId, msg.data)) {
            revert DaoUnauthorized(DAO, address(this), msg.sender, permissionId);
        }
    }
}
