// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {PermissionLib} from "@aragon/osx-commons-contracts/src/permission/PermissionLib.sol";
import {IPluginSetup} from "@aragon/osx-commons-contracts/src/plugin/setup/IPluginSetup.sol";
import {PluginSetup} from "@aragon/osx-commons-contracts/src/plugin/setup/PluginSetup.sol";
import {
    EXECUTE_PERMISSION,
    UPDATE_VOTING_SETTINGS_PERMISSION,
    VETO_PERMISSION
} from "../../src/permission/Permissions.sol";
import {ISnapshotVoting} from "../../src/plugins/ISnapshotVoting.sol";
import {SnapshotVoting} from "../../src/plugins/SnapshotVoting.sol";
import {SnapshotVotingSetup} from "../../src/plugins/setup/SnapshotVotingSetup.sol";
import {SnapshotVotingTest} from "../builders/SnapshotVotingTest.sol";

/// @dev What the setup prepares. Through the real processor, by a vote, it goes in governance/src/deploy and
/// governance/src/snapshot-voting.
contract SnapshotVotingSetupTest is SnapshotVotingTest {
    SnapshotVotingSetup private setup;

    function setUp() public override {
        super.setUp();
        setup = new SnapshotVotingSetup();
    }

    function test_aPreparedPluginIsThePluginAskedFor() public {
        (address plugin, IPluginSetup.PreparedSetupData memory prepared) = setup.prepareInstallation(
            address(executor), abi.encode(address(token), address(tokenVoting), SPACE, _settings())
        );
        SnapshotVoting installed = SnapshotVoting(plugin);
        assertEq(plugin.codehash, address(voting).codehash);
        assertEq(address(installed.dao()), address(executor));
        assertEq(installed.token(), address(token));
        assertEq(installed.tokenVoting(), address(tokenVoting));
        assertEq(installed.space(), SPACE);
        assertEq(abi.encode(installed.settings(1)), abi.encode(_settings()));
        assertEq(prepared.helpers.length, 0);
        _assertPermissions(prepared.permissions, plugin, PermissionLib.Operation.Grant);
    }

    function test_uninstallingTakesBackWhatWasGranted() public view {
        IPluginSetup.SetupPayload memory payload = IPluginSetup.SetupPayload(address(voting), new address[](0), "");
        _assertPermissions(
            setup.prepareUninstallation(address(executor), payload), address(voting), PermissionLib.Operation.Revoke
        );
    }

    function _assertPermissions(
        PermissionLib.MultiTargetPermission[] memory permissions,
        address plugin,
        PermissionLib.Operation operation
    ) private view {
        address d = address(executor);
        address[3] memory where = [d, plugin, plugin];
        address[3] memory who = [plugin, d, d];
        bytes32[3] memory ids = [EXECUTE_PERMISSION, UPDATE_VOTING_SETTINGS_PERMISSION, VETO_PERMISSION];
        assertEq(permissions.length, 3);
        for (uint256 i; i < 3; ++i) {
            assertEq(uint256(permissions[i].operation), uint256(operation));
            assertEq(permissions[i].where, where[i]);
            assertEq(permissions[i].who, who[i]);
            assertEq(permissions[i].condition, address(0));
            assertEq(permissions[i].permissionId, ids[i]);
        }
    }

    function test_theReasonOfARefusalIsPassedOn() public {
        ISnapshotVoting.Settings memory s = _settings();
        s.delay = 1;
        vm.expectRevert(
            abi.encodeWithSelector(ISnapshotVoting.SettingOutOfBounds.selector, "delay", 1, 2 hours, 30 days)
        );
        setup.prepareInstallation(address(executor), abi.encode(address(token), address(tokenVoting), SPACE, s));
        // An account without code is no token, and gives no reason.
        vm.expectRevert(SnapshotVotingSetup.NotDeployed.selector);
        setup.prepareInstallation(address(executor), abi.encode(address(1), address(tokenVoting), SPACE, _settings()));
    }

    function test_thereIsNoUpdate() public {
        IPluginSetup.SetupPayload memory payload = IPluginSetup.SetupPayload(address(voting), new address[](0), "");
        vm.expectRevert(PluginSetup.NonUpgradeablePlugin.selector);
        setup.prepareUpdate(address(executor), 1, payload);
        assertEq(setup.implementation(), address(0));
        assertTrue(setup.supportsInterface(type(IPluginSetup).interfaceId));
    }
}
