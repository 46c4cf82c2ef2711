// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Payout} from "../../src/interfaces/IRewardDistributor.sol";
import {Settlement} from "../../src/reward/Settlement.sol";
import {StakeSnapshot} from "../../src/types/Types.sol";
import {GoldenCase, GoldenNodes, GoldenVectors} from "../builders/GoldenCase.sol";

/// @dev Every case of the golden vectors, to the wei, by the library alone: role split, stake powers, delegators' parts,
/// unlocked and vesting parts, and what is carried. The same cases through real rounds, delegations and claims are in
/// scenario/Golden_Cases_Paid_By_Real_Claims.t.sol.
contract SettlementVectorsTest is Test, GoldenVectors {
    struct Sums {
        uint256 pool;
        uint256 weights;
        uint256 ownWeights;
        uint256 unlockRatio;
    }

    function test_EveryGoldenCaseMatchesToTheWei() public {
        uint256 cases = _goldenCount();
        assertEq(cases, GOLDEN_CASES, "number of golden cases");
        for (uint256 i; i < cases; ++i) {
            // A call of its own for each case, for memory is only freed at the end of a call.
            this.checkCase(i);
        }
    }

    function checkCase(uint256 index) external view {
        string memory name = string.concat("case ", vm.toString(index));
        GoldenCase memory c = _golden(index);
        uint256 trainersPool =
            Settlement.trainersPool(c.pool, c.policy.gamma, _qualifying(c.trainers), _qualifying(c.validators));
        uint256 paid = _checkRole(
            string.concat(name, " trainer "),
            c.trainers,
            trainersPool,
            c.policy.trainerStakeQuarterPower,
            c.policy.delegationWeight,
            c.policy.unlockRatio
        );
        paid += _checkRole(
            string.concat(name, " validator "),
            c.validators,
            c.pool - trainersPool,
            c.policy.validatorStakeQuarterPower,
            c.policy.delegationWeight,
            1e18
        );
        assertEq(c.pool - paid, c.carried, string.concat(name, " carried"));
    }

    function _checkRole(
        string memory name,
        GoldenNodes memory nodes,
        uint256 pool,
        uint256 power,
        uint256 delegationWeight,
        uint256 unlockRatio
    ) private pure returns (uint256 paid) {
        Sums memory sums = Sums(pool, 0, 0, unlockRatio);
        uint256[] memory weights;
        uint256[] memory ownWeights;
        (weights, sums.weights) = _weights(nodes, power, delegationWeight);
        (ownWeights, sums.ownWeights) = _weights(nodes, power, 0);
        for (uint256 i; i < weights.length; ++i) {
            Payout memory p = _settle(sums, weights[i], ownWeights[i], nodes.commission[i]);
            _compare(string.concat(name, vm.toString(i)), p, nodes.expected[i]);
            paid += p.total;
        }
    }

    function _settle(Sums memory sums, uint256 weight, uint256 ownWeight, uint256 commission)
        private
        pure
        returns (Payout memory p)
    {
        p.total = Settlement.part(sums.pool, weight, sums.weights);
        uint256 alone = Settlement.part(sums.pool, ownWeight, sums.ownWeights);
        p.delegators = Settlement.delegatorsPart(p.total, alone, commission);
        p.node = p.total - p.delegators;
        p.unlocked = Settlement.unlocked(p.node, sums.unlockRatio);
        p.vesting = p.node - p.unlocked;
    }

    function _compare(string memory name, Payout memory got, Payout memory expected) private pure {
        assertEq(got.total, expected.total, string.concat(name, " total"));
        assertEq(got.delegators, expected.delegators, string.concat(name, " delegators"));
        assertEq(got.node, expected.node, string.concat(name, " node"));
        assertEq(got.unlocked, expected.unlocked, string.concat(name, " unlocked"));
        assertEq(got.vesting, expected.vesting, string.concat(name, " vesting"));
    }

    function _weights(GoldenNodes memory nodes, uint256 power, uint256 delegationWeight)
        private
        pure
        returns (uint256[] memory weights, uint256 sum)
    {
        weights = new uint256[](nodes.own.length);
        for (uint256 i; i < weights.length; ++i) {
            StakeSnapshot memory stake = StakeSnapshot(uint128(nodes.own[i]), uint128(nodes.delegated[i]), 0);
            weights[i] =
                nodes.factor[i] * Settlement.stakePower(Settlement.effectiveStake(stake, delegationWeight), power);
            sum += weights[i];
        }
    }

    function _qualifying(GoldenNodes memory nodes) private pure returns (uint256 stake) {
        for (uint256 i; i < nodes.own.length; ++i) {
            if (nodes.factor[i] != 0) stake += nodes.own[i];
        }
    }
}
