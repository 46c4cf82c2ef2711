// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {IRewardDistributor, RoundRewards, Vesting} from "../../src/interfaces/IRewardDistributor.sol";
import {IRoundManager, RoundInfo} from "../../src/interfaces/IRoundManager.sol";
import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {ITaskManager, TaskInfo} from "../../src/interfaces/ITaskManager.sol";
import {RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";
import {RoundHandler} from "./RoundHandler.sol";

/// @dev Whatever participants, strangers and the DAO do over many rounds and tasks.
contract RoundsInvariant is Test {
    uint256 private constant CREATION_STAKE = 10_000e18;

    RoundHandler private handler;
    CoveyToken private token;
    ITaskManager private tasks;
    IRoundManager private rounds;
    IRewardDistributor private distributor;
    uint256 private liquid;

    function setUp() public {
        handler = new RoundHandler();
        address[6] memory a = handler.contracts();
        token = CoveyToken(a[0]);
        tasks = ITaskManager(a[1]);
        rounds = IRoundManager(a[2]);
        distributor = IRewardDistributor(a[3]);
        liquid = 128_000_000e18;
        bytes4[] memory calls = new bytes4[](8);
        // Most calls play the round on.
        (calls[0], calls[1], calls[2], calls[3]) =
        (handler.play.selector, handler.play.selector, handler.play.selector, handler.play.selector);
        (calls[4], calls[5], calls[6], calls[7]) =
        (handler.stop.selector, handler.voidRound.selector, handler.interfere.selector, handler.prosecute.selector);
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), calls));
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 100
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_RoundsKeepTheirPromises() public view {
        uint256 inTasks;
        uint256 inRounds;
        uint256 inClaims;
        for (uint256 id = 1; id <= tasks.taskCount(); ++id) {
            TaskInfo memory t = tasks.task(id);
            inTasks += t.budget + t.creationStake;
            uint256 paid;
            for (uint32 r; r < t.roundsOpened; ++r) {
                RoundInfo memory info = rounds.round(id, r);
                RoundRewards memory rewards = distributor.rewards(id, r);
                if (info.phase != RoundPhase.Void && !rewards.opened) inTasks += info.pool;
                inTasks += _unpaidForfeits(id, r, info);
                inRounds += handler.ghost(id, r).bonds;
                inClaims += _inClaims(id, r, rewards);
                paid += rewards.paid;
                _verdictsStand(id, r, info, rewards);
                assertLe(info.attestedSeats, info.seats);
                assertLe(info.revealedSeats, info.attestedSeats);
            }
            // Paid is at most what funders and the protocol put in, whatever was claimed, carried or vested.
            assertLe(paid, t.funded + handler.returned(id), "paid more than the task ever had");
        }
        assertEq(token.balanceOf(address(tasks)), inTasks, "task manager");
        assertEq(token.balanceOf(address(rounds)), inRounds, "round manager");
        assertEq(token.balanceOf(address(distributor)), inClaims, "distributor");
        _nothingMintedOrLost();
    }

    /// @dev Every state has an exit that anyone can take.
    function afterInvariant() public {
        handler.end();
    }

    /// @dev That the handler reaches what it is meant to: a fixed walk ends in paid, disputed and void rounds.
    function test_TheHandlerReachesEveryEnd() public {
        for (uint256 i; i < 600; ++i) {
            handler.play(uint256(keccak256(abi.encode(i))));
        }
        assertGt(handler.paidRounds(), 10);
        assertGt(handler.disputes(), 3);
        assertGt(handler.voids(), 3);
        assertGt(handler.finished(), 3);
        invariant_RoundsKeepTheirPromises();
    }

    function _verdictsStand(uint256 id, uint32 r, RoundInfo memory info, RoundRewards memory rewards) private view {
        RoundHandler.Ghost memory g = handler.ghost(id, r);
        // The accepted hash is the validators' own or the DAO's ruling, and nothing else.
        assertEq(info.acceptedHash, g.ruled != 0 ? g.ruled : g.accepted);
        if (rewards.opened) {
            assertEq(uint8(info.phase), uint8(RoundPhase.Claimable));
            if (g.challenged) assertNotEq(g.ruled, 0);
        }
    }

    function _unpaidForfeits(uint256 id, uint32 r, RoundInfo memory info) private view returns (uint256 amount) {
        if (info.voidReason != VoidReason.KeyWithheld && info.voidReason != VoidReason.ShardInvalid) return 0;
        for (uint256 i; i < 3; ++i) {
            address node = handler.trainer(i);
            if (rounds.submission(id, r, node).committedBlock == 0) continue;
            if (!rounds.submission(id, r, node).forfeitPaid) amount += CREATION_STAKE / info.submissions;
        }
    }

    function _inClaims(uint256 id, uint32 r, RoundRewards memory rewards) private view returns (uint256 amount) {
        if (!rewards.opened) return 0;
        if (rewards.claimsLeft != 0) amount = rewards.pool - rewards.paid;
        for (uint256 i; i < 3; ++i) {
            Vesting memory v = distributor.vesting(id, r, handler.trainer(i));
            amount += v.total - v.released;
        }
    }

    function _nothingMintedOrLost() private view {
        address[] memory all = handler.everybody();
        uint256 sum;
        for (uint256 i; i < all.length; ++i) {
            sum += token.balanceOf(all[i]);
        }
        assertEq(sum, liquid, "nothing minted or lost");
    }
}
