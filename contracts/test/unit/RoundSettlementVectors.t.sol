// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Payout} from "../../src/interfaces/IRewardDistributor.sol";
import {
    RoundParts,
    RoundPool,
    RoundSettlement,
    SecuringStake,
    SecurityRatios
} from "../../src/reward/RoundSettlement.sol";
import {GoldenCase, GoldenNodes, GoldenVectors} from "../builders/GoldenCase.sol";

/// @dev Every case of `vectors/settlement.json`, to the wei, by the library alone; `protocol` reads the same file.
contract RoundSettlementVectorsTest is Test, GoldenVectors {
    function test_EveryGoldenCaseMatchesToTheWei() public {
        // Reading the file again for each number costs more gas than a test has.
        vm.pauseGasMetering();
        assertFalse(_hasGolden(GOLDEN_CASES));
        for (uint256 i; i < GOLDEN_CASES; ++i) {
            // A call of its own for each case, for memory is only freed at the end of a call.
            this.checkCase(i);
        }
    }

    function checkCase(uint256 index) external view {
        GoldenCase memory c = _golden(index);
        RoundParts memory parts = _parts(c);
        assertEq(parts.fee, c.fee, c.path);
        uint256 paid = _checkPayouts(c, ".trainers", c.trainers, _trainers(c, parts.trainers), c.policy.unlockRatio)
            + _checkPayouts(c, ".validators", c.validators, _validators(c, parts.validators), 1e18);
        assertEq(c.pool - parts.fee - paid, c.carried, c.path);
    }

    function _parts(GoldenCase memory c) private pure returns (RoundParts memory) {
        uint256 secured = RoundSettlement.secured(
            RoundPool(c.pool - c.common, c.common),
            SecuringStake(c.stakeBehind, c.creationStake),
            SecurityRatios(c.policy.securityRatio, c.policy.creationRatio)
        );
        return RoundSettlement.parts(secured, c.policy.roundFee, c.policy.trainerShare);
    }

    function _trainers(GoldenCase memory c, uint256 part) private pure returns (uint256[] memory totals) {
        uint256[] memory weights = _goldenWeights(c);
        totals = new uint256[](weights.length);
        uint256 sum;
        for (uint256 i; i < weights.length; ++i) {
            sum += weights[i];
        }
        uint256 ranks = RoundSettlement.allRanks(c.policy.trainerSeats, c.policy.rankRatio);
        for (uint256 i; i < weights.length; ++i) {
            if (weights[i] == 0) continue;
            totals[i] = c.byLoss
                ? RoundSettlement.trainerByRank(part, weights[i], ranks)
                : RoundSettlement.trainerByContribution(
                    part, weights[i], sum, c.trainers.seats[i], c.policy.trainerSeats
                );
        }
    }

    function _validators(GoldenCase memory c, uint256 part) private pure returns (uint256[] memory totals) {
        totals = new uint256[](c.validators.own.length);
        for (uint256 i; i < totals.length; ++i) {
            if (!c.validators.paid[i]) continue;
            totals[i] = RoundSettlement.validatorTotal(part, c.validators.seats[i], c.policy.validatorSeats);
        }
    }

    function _checkPayouts(
        GoldenCase memory c,
        string memory role,
        GoldenNodes memory nodes,
        uint256[] memory totals,
        uint256 unlockRatio
    ) private pure returns (uint256 paid) {
        for (uint256 i; i < totals.length; ++i) {
            uint256 counted = RoundSettlement.counted(nodes.delegated[i], c.policy.delegationWeight);
            Payout memory p = Payout(totals[i], 0, 0, 0, 0);
            p.delegators = RoundSettlement.delegatorsPart(p.total, nodes.own[i], counted, nodes.commission[i]);
            p.node = p.total - p.delegators;
            p.unlocked = RoundSettlement.unlocked(p.node, unlockRatio);
            p.vesting = p.node - p.unlocked;
            paid += p.total;
            string memory where = string.concat(c.path, role, " ", vm.toString(i));
            assertEq(keccak256(abi.encode(p)), keccak256(abi.encode(nodes.expected[i])), where);
        }
    }
}
