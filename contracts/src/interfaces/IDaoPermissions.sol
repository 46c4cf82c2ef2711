// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title The part of an Aragon OSx DAO (`IDAO`) that Covey's contracts need
/// @dev Ours, not Aragon's file, since that one pulls in the OpenZeppelin 4 line.
interface IDaoPermissions {
    /// @notice Whether `who` may use the permission `permissionId` on the contract `where`.
    function hasPermission(address where, address who, bytes32 permissionId, bytes memory data)
        external
        view
        returns (bool);
}
