// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IDAO} from "@aragon/osx-commons-contracts/src/dao/IDAO.sol";
import {PermissionLib} from "@aragon/osx-commons-contracts/src/permission/PermissionLib.sol";
import {IPluginSetup} from "@aragon/osx-commons-contracts/src/plugin/setup/IPluginSetup.sol";
import {PluginSetup} from "@aragon/osx-commons-contracts/src/plugin/setup/PluginSetup.sol";
import {EXECUTE_PERMISSION, UPDATE_VOTING_SETTINGS_PERMISSION, VETO_PERMISSION} from "../../permission/Permissions.sol";
import {ISnapshotVoting} from "../ISnapshotVoting.sol";
import {SnapshotVoting} from "../SnapshotVoting.sol";

/// @title Installs SnapshotVoting into an OSx DAO, and takes it out again
/// @notice Trust: none. Anyone prepares; the DAO applies what it voted on, and can compare the permissions asked for with
/// what is said here. The installed plugin may execute as the DAO what its votes decided; the DAO may change the plugin's settings
/// and veto its proposals. Nobody gets SET_TARGET_CONFIG, so the plugin acts through the DAO and nothing else.
contract SnapshotVotingSetup is PluginSetup {
    /// @dev Code of this account: a zero byte, so that nobody can run it, and the plugin's creation code. It lies apart
    /// because with it this contract would be larger than the 24,576 bytes that a contract may have.
    address private immutable CREATION_CODE;

    /// @notice The plugin or the code that it is made of could not be deployed.
    error NotDeployed();

    /// @dev There is no implementation to share: each installation is a contract of its own.
    constructor() PluginSetup(address(0)) {
        CREATION_CODE = _store(type(SnapshotVoting).creationCode);
    }

    /// @inheritdoc IPluginSetup
    /// @param data abi.encode(address token, address tokenVoting, string space, ISnapshotVoting.Settings settings), as in
    /// build-metadata.json.
    function prepareInstallation(address dao, bytes calldata data)
        external
        returns (address plugin, PreparedSetupData memory prepared)
    {
        (address token, address tokenVoting, string memory space, ISnapshotVoting.Settings memory settings) =
            abi.decode(data, (address, address, string, ISnapshotVoting.Settings));
        plugin = _create(bytes.concat(_stored(), abi.encode(IDAO(dao), token, tokenVoting, space, settings)));
        prepared.permissions = _permissions(dao, plugin, PermissionLib.Operation.Grant);
    }

    /// @inheritdoc IPluginSetup
    /// @dev What was registered stays readable, and can never be executed any more.
    function prepareUninstallation(address dao, SetupPayload calldata payload)
        external
        pure
        returns (PermissionLib.MultiTargetPermission[] memory)
    {
        return _permissions(dao, payload.plugin, PermissionLib.Operation.Revoke);
    }

    function _store(bytes memory code) private returns (address) {
        // PUSH2 size, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN: returns what follows these ten bytes.
        return _create(abi.encodePacked(hex"61", uint16(code.length + 1), hex"80600a3d393df3", hex"00", code));
    }

    function _stored() private view returns (bytes memory code) {
        address code_ = CREATION_CODE;
        assembly ("memory-safe") {
            let size := sub(extcodesize(code_), 1)
            code := mload(0x40)
            mstore(code, size)
            extcodecopy(code_, add(code, 32), 1, size)
            mstore(0x40, and(add(add(code, size), 63), not(31)))
        }
    }

    /// @dev Passes on why a constructor refused.
    function _create(bytes memory initCode) private returns (address created) {
        assembly ("memory-safe") {
            created := create(0, add(initCode, 32), mload(initCode))
            if and(iszero(created), gt(returndatasize(), 0)) {
                let reason := mload(0x40)
                returndatacopy(reason, 0, returndatasize())
                revert(reason, returndatasize())
            }
        }
        if (created == address(0)) revert NotDeployed();
    }

    function _permissions(address dao, address plugin, PermissionLib.Operation operation)
        private
        pure
        returns (PermissionLib.MultiTargetPermission[] memory permissions)
    {
        permissions = new PermissionLib.MultiTargetPermission[](3);
        permissions[0] = _permission(operation, dao, plugin, EXECUTE_PERMISSION);
        permissions[1] = _permission(operation, plugin, dao, UPDATE_VOTING_SETTINGS_PERMISSION);
        permissions[2] = _permission(operation, plugin, dao, VETO_PERMISSION);
    }

    function _permission(PermissionLib.Operation operation, address where, address who, bytes32 id)
        private
        pure
        returns (PermissionLib.MultiTargetPermission memory)
    {
        return PermissionLib.MultiTargetPermission(operation, where, who, PermissionLib.NO_CONDITION, id);
    }
}
