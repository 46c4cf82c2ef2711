// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {
    RoundParts,
    RoundPool,
    RoundSettlement,
    SecuringStake,
    SecurityRatios
} from "../../src/reward/RoundSettlement.sol";

/// @dev Every case of `vectors/settlement.json`, to the wei, by the library alone; `protocol` reads the same file.
contract RoundSettlementVectorsTest is Test {
    uint256 private constant CASES = 40;

    struct Case {
        string json;
        string path;
        uint256 rankRatio;
        uint256 delegationWeight;
        uint256 trainerSeats;
        uint256 paid;
    }

    /// @dev One column a field, one row a participant.
    struct Nodes {
        uint256 count;
        uint256[] own;
        uint256[] delegated;
        uint256[] commission;
        uint256[] seats;
        bool[] valid;
        int256[] score;
    }

    function test_EveryGoldenCaseMatchesToTheWei() public {
        // Reading the file again for each number costs more gas than a test has.
        vm.pauseGasMetering();
        string memory json = vm.readFile("contracts/test/vectors/settlement.json");
        assertFalse(vm.keyExistsJson(json, string.concat(".cases[", vm.toString(CASES), "]")));
        for (uint256 i; i < CASES; ++i) {
            // A call of its own for each case, for memory is only freed at the end of a call.
            this.checkCase(i);
        }
    }

    function checkCase(uint256 index) external view {
        Case memory c;
        c.json = vm.readFile("contracts/test/vectors/settlement.json");
        c.path = string.concat(".cases[", vm.toString(index), "]");
        c.rankRatio = _number(c, ".policy.rankRatio");
        c.delegationWeight = _number(c, ".policy.delegationWeight");
        c.trainerSeats = _number(c, ".policy.trainerSeats");
        uint256 pool = _number(c, ".pool");
        RoundParts memory parts = _parts(c, pool);
        assertEq(parts.fee, _number(c, ".expected.fee"), c.path);
        _checkTrainers(c, parts.trainers);
        _checkValidators(c, parts.validators);
        assertEq(pool - parts.fee - c.paid, _number(c, ".expected.carried"), c.path);
    }

    function _parts(Case memory c, uint256 pool) private pure returns (RoundParts memory) {
        uint256 common = _number(c, ".commonPart");
        uint256 secured = RoundSettlement.secured(
            RoundPool(pool - common, common),
            SecuringStake(_number(c, ".stakeBehind"), _number(c, ".creationStake")),
            SecurityRatios(_number(c, ".policy.securityRatio"), _number(c, ".policy.creationRatio"))
        );
        return RoundSettlement.parts(secured, _number(c, ".policy.roundFee"), _number(c, ".policy.trainerShare"));
    }

    function _checkTrainers(Case memory c, uint256 part) private view {
        Nodes memory nodes = _nodes(c, ".trainers");
        for (uint256 i; i < nodes.count; ++i) {
            string memory score = string.concat(c.path, ".trainers[", vm.toString(i), "].score");
            // A JSON null encodes as one word, a string as offset, length and data.
            nodes.valid[i] = vm.parseJson(c.json, score).length > 32;
            if (nodes.valid[i]) nodes.score[i] = vm.parseJsonInt(c.json, score);
        }
        bytes32 ranking = keccak256(bytes(vm.parseJsonString(c.json, string.concat(c.path, ".ranking"))));
        uint256[] memory totals = new uint256[](nodes.count);
        for (uint256 i; i < nodes.count; ++i) {
            if (!nodes.valid[i] || nodes.seats[i] == 0) continue;
            totals[i] = ranking == keccak256("loss") ? _byLoss(c, part, nodes, i) : _byContribution(c, part, nodes, i);
        }
        _checkPayouts(c, ".trainers", nodes, totals, _number(c, ".policy.unlockRatio"));
    }

    function _checkValidators(Case memory c, uint256 part) private view {
        Nodes memory nodes = _nodes(c, ".validators");
        uint256 seats = _number(c, ".policy.validatorSeats");
        uint256[] memory totals = new uint256[](nodes.count);
        for (uint256 i; i < nodes.count; ++i) {
            string memory agreed = string.concat(c.path, ".validators[", vm.toString(i), "].agreed");
            if (vm.parseJsonBool(c.json, agreed)) {
                totals[i] = RoundSettlement.validatorTotal(part, nodes.seats[i], seats);
            }
        }
        _checkPayouts(c, ".validators", nodes, totals, 1e18);
    }

    function _byLoss(Case memory c, uint256 part, Nodes memory nodes, uint256 index) private pure returns (uint256) {
        uint256 better;
        uint256 equal;
        for (uint256 j; j < nodes.count; ++j) {
            if (!nodes.valid[j]) continue;
            if (nodes.score[j] < nodes.score[index]) better += nodes.seats[j];
            if (nodes.score[j] == nodes.score[index]) equal += nodes.seats[j];
        }
        (, uint256 weight) = RoundSettlement.span(1e18, better, c.rankRatio);
        (uint256 spanned,) = RoundSettlement.span(weight, equal, c.rankRatio);
        return RoundSettlement.trainerByRank(
            part,
            RoundSettlement.tied(spanned, nodes.seats[index], equal),
            RoundSettlement.allRanks(c.trainerSeats, c.rankRatio)
        );
    }

    function _byContribution(Case memory c, uint256 part, Nodes memory nodes, uint256 index)
        private
        pure
        returns (uint256)
    {
        if (nodes.score[index] <= 0) return 0;
        uint256 sum;
        for (uint256 j; j < nodes.count; ++j) {
            if (nodes.score[j] > 0 && nodes.seats[j] != 0) sum += uint256(nodes.score[j]);
        }
        return RoundSettlement.trainerByContribution(
            part, uint256(nodes.score[index]), sum, nodes.seats[index], c.trainerSeats
        );
    }

    function _checkPayouts(
        Case memory c,
        string memory role,
        Nodes memory nodes,
        uint256[] memory totals,
        uint256 unlockRatio
    ) private pure {
        string memory where = string.concat(c.path, role);
        uint256[] memory paidToNodes = new uint256[](nodes.count);
        uint256[] memory delegators = new uint256[](nodes.count);
        uint256[] memory unlocked = new uint256[](nodes.count);
        uint256[] memory vesting = new uint256[](nodes.count);
        for (uint256 i; i < nodes.count; ++i) {
            delegators[i] = RoundSettlement.delegatorsPart(
                totals[i],
                nodes.own[i],
                RoundSettlement.counted(nodes.delegated[i], c.delegationWeight),
                nodes.commission[i]
            );
            paidToNodes[i] = totals[i] - delegators[i];
            unlocked[i] = RoundSettlement.unlocked(paidToNodes[i], unlockRatio);
            vesting[i] = paidToNodes[i] - unlocked[i];
            c.paid += totals[i];
        }
        string memory expected = string.concat(".expected", role);
        assertEq(totals, _column(c, expected, "total", nodes.count), where);
        assertEq(paidToNodes, _column(c, expected, "node", nodes.count), where);
        assertEq(delegators, _column(c, expected, "delegators", nodes.count), where);
        assertEq(unlocked, _column(c, expected, "unlocked", nodes.count), where);
        assertEq(vesting, _column(c, expected, "vesting", nodes.count), where);
    }

    function _nodes(Case memory c, string memory role) private view returns (Nodes memory nodes) {
        while (vm.keyExistsJson(c.json, string.concat(c.path, role, "[", vm.toString(nodes.count), "]"))) ++nodes.count;
        nodes.own = _column(c, role, "ownStake", nodes.count);
        nodes.delegated = _column(c, role, "delegatedStake", nodes.count);
        nodes.commission = _column(c, role, "commission", nodes.count);
        nodes.seats = _column(c, role, "seats", nodes.count);
        nodes.valid = new bool[](nodes.count);
        nodes.score = new int256[](nodes.count);
    }

    function _column(Case memory c, string memory list, string memory field, uint256 count)
        private
        pure
        returns (uint256[] memory values)
    {
        values = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            values[i] = _number(c, string.concat(list, "[", vm.toString(i), "].", field));
        }
    }

    function _number(Case memory c, string memory path) private pure returns (uint256) {
        return vm.parseJsonUint(c.json, string.concat(c.path, path));
    }
}
