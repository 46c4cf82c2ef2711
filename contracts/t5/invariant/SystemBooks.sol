// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundRewards} from "../../src/interfaces/IRewardDistributor.sol";
import {CaseState, SlashCase} from "../../src/interfaces/ISlashCourt.sol";
import {Lock} from "../../src/interfaces/IVoteEscrow.sol";
import {TaskInfo} from "../../src/interfaces/ITaskManager.sol";
import {RoundPhase, TaskState} from "../../src/types/Types.sol";
import {SystemActions} from "./SystemActions.sol";

/// @dev What must hold of the whole system at every moment, and how everybody leaves it.
abstract contract SystemBooks is SystemActions {
    uint256 private constant CAP = 1_000_000_000e18;
    uint256 private constant GENESIS = 530_000_000e18;

    function checkSupply() public view {
        assertLe(token.totalSupply(), CAP);
        assertEq(token.totalSupply(), GENESIS + emission.minted());
        assertLe(emission.minted(), emission.communityShare());
        uint256 sum;
        for (uint256 i; i < accounts.length; ++i) {
            sum += token.balanceOf(accounts[i]);
        }
        assertEq(sum, token.totalSupply(), "somebody unknown holds tokens");
    }

    function checkStakeIsBackedToTheWei() public view {
        address sm = address(stakeManager);
        uint256 custody = token.totalCustody(sm);
        // What is left over is rounding of streamed rewards, which stays there.
        assertEq(token.balanceOf(sm), custody + stakeManager.rewardsHeld(), "stake manager's balance");
        uint256 pools;
        for (uint256 n; n < nodes.length; ++n) {
            pools += stakeManager.pool(nodes[n]).tokens;
        }
        assertLe(pools, stakeManager.totalStaked(), "pools are worth more than is there");
        assertEq(stakeManager.totalStaked() + stakeManager.uncollected(), custody);
        uint256 held;
        for (uint256 o; o < owners.length; ++o) {
            uint256 worth;
            for (uint256 n; n < nodes.length; ++n) {
                (uint256 active, uint256 unstaking) = stakeManager.worth(nodes[n], owners[o]);
                worth += active + unstaking;
            }
            uint256 own = token.custodyOf(sm, owners[o]);
            assertLe(worth, own, "an owner is owed more than its custody");
            held += own;
        }
        assertEq(held, custody, "somebody unknown has custody");
    }

    /// @dev Units are what an account holds anywhere plus its bonuses, votes are the units of those who delegated to it,
    /// and no token has more than three.
    function checkVotesAreWhatOwnersHold() public view {
        uint256 bonuses;
        uint256 units;
        uint256 delegated;
        uint256 votes;
        for (uint256 i; i < accounts.length; ++i) {
            address a = accounts[i];
            uint256 atCustodians = token.custodyOf(address(stakeManager), a) + token.custodyOf(address(escrow), a);
            uint256 bonus = token.bonusOf(address(escrow), a);
            assertLe(bonus, 2 * token.custodyOf(address(escrow), a));
            uint256 own = token.votingUnits(a);
            assertEq(own, token.balanceOf(a) - token.totalCustody(a) + atCustodians + bonus);
            units += own;
            bonuses += bonus;
            votes += token.getVotes(a);
            if (token.delegates(a) != address(0)) delegated += own;
        }
        assertEq(votes, delegated, "votes are not the units of those who delegated");
        assertEq(units, token.totalSupply() + bonuses);
        assertLe(votes, 3 * token.totalSupply());
    }

    function checkTasksHoldWhatTheyOwe() public view {
        uint256 owed;
        uint256 count = taskManager.taskCount();
        for (uint256 id = 1; id <= count; ++id) {
            TaskInfo memory t = taskManager.task(id);
            (uint256 waiting, uint256 paid) = _poolsOf(id);
            uint256 in_ = t.funded + external_[id] + _slashesOf(id) + CREATION_STAKE;
            assertLe(paid + t.budget + waiting + refunded[id], in_, "a task gives more than it got");
            owed += t.budget + t.creationStake + waiting;
        }
        // Beyond that only forfeits that nobody fetched yet.
        assertGe(token.balanceOf(address(taskManager)), owed, "task manager's balance");
        assertEq(token.balanceOf(address(court)), 0);
    }

    function checkClaimsNeverPassTheirPools() public view {
        uint256 owed;
        uint256 count = taskManager.taskCount();
        for (uint256 id = 1; id <= count; ++id) {
            uint32 rounds = roundManager.roundCount(id);
            for (uint32 r; r < rounds; ++r) {
                RoundRewards memory rewards = distributor.rewards(id, r);
                if (!rewards.opened) continue;
                assertEq(uint8(roundManager.phaseOf(id, r)), uint8(RoundPhase.Claimable));
                assertLe(rewards.paid, rewards.pool);
                if (rewards.claimsLeft != 0) owed += rewards.pool - rewards.paid;
                for (uint256 i; i < TRAINERS; ++i) {
                    uint256 total = distributor.vesting(id, r, trainers[i]).total;
                    owed += total - distributor.vesting(id, r, trainers[i]).released;
                }
            }
        }
        assertEq(token.balanceOf(address(distributor)), owed, "distributor's balance");
    }

    function checkSlashesStayInsideTheirCases() public view {
        uint256 count = court.caseCount();
        uint256[] memory open = new uint256[](nodes.length);
        for (uint256 id = 1; id <= count; ++id) {
            SlashCase memory c = court.slashCase(id);
            assertLe(c.ratio, 0.5e18);
            assertLe(c.taken, c.amount);
            assertLe(c.collected, c.taken);
            for (uint256 n; n < nodes.length; ++n) {
                if (nodes[n] == c.target && c.state == CaseState.Open) ++open[n];
            }
        }
        for (uint256 n; n < nodes.length; ++n) {
            assertEq(stakeManager.openCases(nodes[n]), open[n], "stake is frozen without a case, or not with one");
        }
    }

    /// @dev After everybody left: only rounding and streams of rewards that have no end yet may stay.
    function checkNothingIsLocked() public view {
        assertLe(token.balanceOf(address(taskManager)), 1000, "task manager");
        assertEq(token.balanceOf(address(roundManager)), 0, "round manager");
        assertEq(token.balanceOf(address(distributor)), 0, "distributor");
        assertEq(token.balanceOf(address(court)), 0, "court");
        assertEq(token.balanceOf(address(escrow)), 0, "escrow");
        assertLe(token.balanceOf(address(stakeManager)), 1e9, "stake manager");
    }

    function _everybodyLeaves() internal {
        vm.warp(block.timestamp + 30 days);
        uint256 count = taskManager.taskCount();
        for (uint256 id = 1; id <= count; ++id) {
            for (uint256 i; i < 3 && _hasOpenRound(id); ++i) {
                _use(id, taskManager.task(id).roundsOpened - 1);
                _end(_info(), 1);
                vm.warp(block.timestamp + 60 days);
            }
            if (_hasOpenRound(id)) violation = "a round could not be ended";
            _payRounds(id);
        }
        count = court.caseCount();
        for (uint256 id = 1; id <= count; ++id) {
            if (court.slashCase(id).state == CaseState.Open) court.execute(id);
        }
        _endTasks();
        _emptyPools();
        _emptyEscrow();
        // Slashes that were collected last went to ended tasks or to the treasury.
        _endTasks();
    }

    function _payRounds(uint256 id) private {
        uint32 rounds = roundManager.roundCount(id);
        for (uint32 r; r < rounds; ++r) {
            _use(id, r);
            for (uint256 i; i < TRAINERS; ++i) {
                _claimForfeit(trainers[i]);
            }
            if (roundManager.phaseOf(id, r) != RoundPhase.Claimable) continue;
            if (distributor.claimsEnd(id, r) == 0) distributor.openClaims(id, r, acceptedIn[id][r]);
            if (distributor.rewards(id, r).claimsLeft != 0) {
                vm.warp(_max(block.timestamp, distributor.claimsEnd(id, r)));
                distributor.closeClaims(id, r);
            }
            vm.warp(block.timestamp + 31 days);
            for (uint256 i; i < TRAINERS; ++i) {
                if (distributor.releasable(id, r, trainers[i]) != 0) distributor.release(id, r, trainers[i]);
            }
        }
    }

    function _endTasks() private {
        uint256 count = taskManager.taskCount();
        for (uint256 id = 1; id <= count; ++id) {
            external_[id] += emission.sync(id);
            TaskState state = taskManager.task(id).state;
            if (state == TaskState.Approved || state == TaskState.Proposed) {
                vm.warp(_max(block.timestamp, taskManager.expiresAt(id)));
                taskManager.expire(id);
            }
            if (taskManager.refundable(id, funder) != 0) taskManager.refund(id, funder);
            if (taskManager.refundable(id, stranger) != 0) taskManager.refund(id, stranger);
            try taskManager.sweep(id) {} catch {}
        }
    }

    function _emptyPools() private {
        // The owners alone can ask; after the cooldown anyone can send.
        for (uint256 n; n < nodes.length; ++n) {
            for (uint256 o; o < owners.length; ++o) {
                while (stakeManager.collect(nodes[n], owners[o], 16) != 0) {}
                (uint256 active,) = stakeManager.worth(nodes[n], owners[o]);
                if (active == 0) continue;
                vm.prank(owners[o]);
                stakeManager.requestUnstake(nodes[n], active);
            }
        }
        vm.warp(block.timestamp + 400 days);
        for (uint256 n; n < nodes.length; ++n) {
            for (uint256 o; o < owners.length; ++o) {
                (, uint256 unstaking) = stakeManager.worth(nodes[n], owners[o]);
                if (unstaking != 0) stakeManager.withdraw(nodes[n], owners[o]);
                if (stakeManager.position(nodes[n], owners[o]).claimable != 0) {
                    stakeManager.claimRewards(nodes[n], owners[o]);
                }
            }
        }
    }

    function _emptyEscrow() private {
        uint256 count = escrow.lockCount();
        for (uint256 id = 1; id <= count; ++id) {
            Lock memory l = escrow.lockOf(id);
            if (l.owner == address(0)) continue;
            if (l.unlocksAt == 0) {
                vm.prank(l.owner);
                escrow.requestUnlock(id);
            }
        }
        vm.warp(block.timestamp + 366 days);
        for (uint256 id = 1; id <= count; ++id) {
            if (escrow.lockOf(id).owner != address(0)) escrow.withdraw(id);
        }
    }

    function _populate() internal {
        _staked(TRAINERS, 0);
        for (uint256 i; i < TRAINERS; ++i) {
            _stake(trainers[i], 9000e18);
            nodes.push(trainers[i]);
        }
        for (uint256 v; v < VALIDATORS; ++v) {
            validators.push(makeAddr(string.concat("validator", vm.toString(v))));
            _stake(validators[v], 30_000e18);
            nodes.push(validators[v]);
        }
        for (uint256 i; i < DELEGATORS; ++i) {
            delegators.push(makeAddr(string.concat("delegator", vm.toString(i))));
            _give(delegators[i], 20_000e18);
            _delegateStake(nodes[i], delegators[i], 1000e18);
            _delegateStake(validators[VALIDATORS - 1], delegators[i], 2000e18);
        }
        for (uint256 n; n < nodes.length; ++n) {
            owners.push(nodes[n]);
            _give(nodes[n], 10_000e18);
            vm.prank(nodes[n]);
            token.delegate(nodes[n]);
        }
        for (uint256 i; i < DELEGATORS; ++i) {
            owners.push(delegators[i]);
            vm.prank(delegators[i]);
            token.delegate(delegators[(i + 1) % DELEGATORS]);
        }
        for (uint256 o; o < owners.length; ++o) {
            accounts.push(owners[o]);
        }
        (address a, address b, address c) = token.vestingWallets();
        address[15] memory others = [
            a,
            b,
            c,
            treasury,
            creator,
            funder,
            stranger,
            address(dao),
            address(stakeManager),
            address(escrow),
            address(taskManager),
            address(roundManager),
            address(distributor),
            address(court),
            address(emission)
        ];
        for (uint256 i; i < others.length; ++i) {
            accounts.push(others[i]);
        }
        shortTask = _approvedTask(4, 20_000e18);
        window = LONG_WINDOW;
        longTask = _approvedTask(4, 20_000e18);
    }

    uint256 private constant CREATION_STAKE = 10_000e18;

    function _hasOpenRound(uint256 id) private view returns (bool) {
        TaskInfo memory t = taskManager.task(id);
        return t.roundsOpened != t.roundsClosed;
    }

    /// @dev Pools that wait in the task manager, and what claims of the task's rounds were paid so far.
    function _poolsOf(uint256 id) private view returns (uint256 waiting, uint256 paid) {
        uint32 rounds = roundManager.roundCount(id);
        for (uint32 r; r < rounds; ++r) {
            RoundRewards memory rewards = distributor.rewards(id, r);
            paid += rewards.paid;
            if (!rewards.opened && roundManager.phaseOf(id, r) != RoundPhase.Void) {
                waiting += taskManager.poolOf(id, r);
            }
        }
    }

    function _slashesOf(uint256 id) private view returns (uint256 collected) {
        uint256 count = court.caseCount();
        for (uint256 c = 1; c <= count; ++c) {
            if (court.slashCase(c).taskId == id) collected += court.slashCase(c).collected;
        }
    }
}
