// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {SLASH_PERMISSION} from "../../src/permission/Permissions.sol";
import {Slasher} from "../builders/Slasher.sol";
import {StakeTest} from "../builders/StakeTest.sol";

/// @dev What receives slashes turned against the delegators from whom they are collected.
contract TurncoatSlasher is Slasher {
    enum Mood {
        Honest,
        Refuses,
        BurnsGas,
        ReturnsMuch,
        CallsBack
    }

    Mood private _mood;
    bytes private _call;
    bytes public answer;

    constructor(IStakeManager stakeManager_, IERC20 token_) Slasher(stakeManager_, token_) {}

    function turn(Mood mood, bytes calldata call_) external {
        _mood = mood;
        _call = call_;
    }

    function onSlashCollected(uint256 ref, uint256 amount) public override {
        if (_mood == Mood.Refuses) revert("no");
        if (_mood == Mood.BurnsGas) {
            while (true) {}
        }
        if (_mood == Mood.ReturnsMuch) {
            assembly {
                revert(0, 200000)
            }
        }
        if (_mood == Mood.CallsBack) {
            (bool ok, bytes memory data) = address(stakeManager).call(_call);
            require(!ok, "let me in");
            answer = data;
        }
        super.onSlashCollected(ref, amount);
    }
}

contract Hostile_Slash_Receiver is StakeTest {
    TurncoatSlasher private hostile;

    function setUp() public override {
        super.setUp();
        hostile = new TurncoatSlasher(stakeManager, token);
        dao.grant(address(stakeManager), address(hostile), SLASH_PERMISSION);
        _stake(node, 1000e18);
        _delegate(alice, 1000e18);
        hostile.slash(node, 200e18);
    }

    function test_AReceiverThatRefusesKeepsNobodyFromLeaving() public {
        _leavesWhile(TurncoatSlasher.Mood.Refuses);
    }

    function test_AReceiverThatBurnsGasKeepsNobodyFromLeaving() public {
        _leavesWhile(TurncoatSlasher.Mood.BurnsGas);
    }

    function test_AReceiverThatReturnsTooMuchKeepsNobodyFromLeaving() public {
        _leavesWhile(TurncoatSlasher.Mood.ReturnsMuch);
    }

    function test_AReceiverWithoutCodeKeepsNobodyFromLeaving() public {
        vm.etch(address(hostile), "");
        _leaves();
    }

    function _leavesWhile(TurncoatSlasher.Mood mood) private {
        hostile.turn(mood, "");
        _leaves();
        assertEq(hostile.collected(1), 100e18);
    }

    function _leaves() private {
        vm.expectEmit();
        emit IStakeManager.SlashUnannounced(address(hostile), 1, 100e18);
        _request(alice, 900e18);
        // It has the tokens all the same.
        assertEq(token.balanceOf(address(hostile)), 200e18);
        assertEq(stakeManager.uncollected(), 0);
        _afterCooldown();
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), 900e18);
    }

    /// @dev Whoever slashes hears of its own failure in its own call, and then nothing was slashed.
    function test_ASlashThatItsOwnReceiverRefusesDoesNotHappen() public {
        hostile.turn(TurncoatSlasher.Mood.Refuses, "");
        vm.expectRevert(bytes("no"));
        hostile.slash(node, 100e18);
        assertEq(stakeManager.pool(node).slashes, 1);
        assertEq(_worth(node), 900e18);
    }

    function test_NoDoorIsOpenWhileAReceiverIsTold() public {
        bytes[] memory doors = new bytes[](13);
        doors[0] = abi.encodeCall(IStakeManager.stake, (1));
        doors[1] = abi.encodeCall(IStakeManager.delegateStake, (node, 10e18));
        doors[2] = abi.encodeCall(IStakeManager.requestUnstake, (node, 1));
        doors[3] = abi.encodeCall(IStakeManager.withdraw, (node, alice));
        doors[4] = abi.encodeCall(IStakeManager.setCommission, (0));
        doors[5] = abi.encodeCall(IStakeManager.claimRewards, (node, alice));
        doors[6] = abi.encodeCall(IStakeManager.addReward, (node, 1));
        doors[7] = abi.encodeCall(IStakeManager.collect, (node, alice, 1));
        doors[8] = abi.encodeCall(IStakeManager.slash, (node, 1, 1));
        doors[9] = abi.encodeCall(IStakeManager.freeze, (node));
        doors[10] = abi.encodeCall(IStakeManager.unfreeze, (node));
        doors[11] = abi.encodeCall(IStakeManager.stakeWithPermit, (1, 0, 0, 0, 0));
        doors[12] = abi.encodeCall(IStakeManager.delegateStakeWithPermit, (node, 10e18, 0, 0, 0, 0));
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < doors.length; ++i) {
            hostile.turn(TurncoatSlasher.Mood.CallsBack, doors[i]);
            stakeManager.collect(node, alice, 1);
            assertEq(bytes4(hostile.answer()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            assertEq(hostile.collected(1), 200e18);
            vm.revertToState(snapshot);
        }
    }
}
