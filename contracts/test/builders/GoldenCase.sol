// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {CommonBase} from "forge-std/Base.sol";
import {Payout} from "../../src/interfaces/IRewardDistributor.sol";
import {RoundSettlement} from "../../src/reward/RoundSettlement.sol";

/// @dev One column a field, one row a participant. `paid`: the trainer was scored, the validator agreed.
struct GoldenNodes {
    uint256[] own;
    uint256[] delegated;
    uint256[] commission;
    uint256[] seats;
    bool[] paid;
    int256[] score;
    Payout[] expected;
}

struct GoldenPolicy {
    uint256 roundFee;
    uint256 trainerShare;
    uint256 rankRatio;
    uint256 delegationWeight;
    uint256 unlockRatio;
    uint256 securityRatio;
    uint256 creationRatio;
    uint256 trainerSeats;
    uint256 validatorSeats;
}

struct GoldenCase {
    string path;
    uint256 pool;
    uint256 common;
    uint256 stakeBehind;
    uint256 creationStake;
    bool byLoss;
    GoldenPolicy policy;
    GoldenNodes trainers;
    GoldenNodes validators;
    uint256 fee;
    uint256 carried;
}

/// @dev Reads the golden vectors that the protocol package reads too.
abstract contract GoldenVectors is CommonBase {
    string private constant FILE = "contracts/test/vectors/settlement.json";
    uint256 internal constant GOLDEN_CASES = 40;

    function _hasGolden(uint256 index) internal view returns (bool) {
        return vm.keyExistsJson(vm.readFile(FILE), string.concat(".cases[", vm.toString(index), "]"));
    }

    function _golden(uint256 index) internal view returns (GoldenCase memory c) {
        string memory json = vm.readFile(FILE);
        string memory path = string.concat(".cases[", vm.toString(index), "]");
        c.path = path;
        c.pool = _number(json, path, ".pool");
        c.common = _number(json, path, ".commonPart");
        c.stakeBehind = _number(json, path, ".stakeBehind");
        c.creationStake = _number(json, path, ".creationStake");
        c.byLoss = _same(vm.parseJsonString(json, string.concat(path, ".ranking")), "loss");
        c.policy = _policyOf(json, string.concat(path, ".policy"));
        c.trainers = _nodes(json, path, ".trainers");
        c.validators = _nodes(json, path, ".validators");
        for (uint256 i; i < c.trainers.own.length; ++i) {
            string memory score = string.concat(path, ".trainers[", vm.toString(i), "].score");
            // A JSON null encodes as one word, a string as offset, length and data.
            c.trainers.paid[i] = c.trainers.seats[i] != 0 && vm.parseJson(json, score).length > 32;
            if (c.trainers.paid[i]) c.trainers.score[i] = vm.parseJsonInt(json, score);
        }
        for (uint256 i; i < c.validators.own.length; ++i) {
            string memory agreed = string.concat(path, ".validators[", vm.toString(i), "].agreed");
            c.validators.paid[i] = vm.parseJsonBool(json, agreed);
        }
        c.fee = _number(json, path, ".expected.fee");
        c.carried = _number(json, path, ".expected.carried");
    }

    /// @dev What each trainer's leaf says: the weights of its ranks, or its positive contribution.
    function _goldenWeights(GoldenCase memory c) internal pure returns (uint256[] memory weights) {
        GoldenNodes memory t = c.trainers;
        weights = new uint256[](t.own.length);
        for (uint256 i; i < weights.length; ++i) {
            if (!t.paid[i]) continue;
            if (!c.byLoss) {
                if (t.score[i] > 0) weights[i] = uint256(t.score[i]);
                continue;
            }
            uint256 better;
            uint256 equal;
            for (uint256 j; j < weights.length; ++j) {
                if (!t.paid[j]) continue;
                if (t.score[j] < t.score[i]) better += t.seats[j];
                if (t.score[j] == t.score[i]) equal += t.seats[j];
            }
            (, uint256 first) = RoundSettlement.span(1e18, better, c.policy.rankRatio);
            (uint256 spanned,) = RoundSettlement.span(first, equal, c.policy.rankRatio);
            weights[i] = RoundSettlement.tied(spanned, t.seats[i], equal);
        }
    }

    function _policyOf(string memory json, string memory path) private pure returns (GoldenPolicy memory) {
        return GoldenPolicy({
            roundFee: _number(json, path, ".roundFee"),
            trainerShare: _number(json, path, ".trainerShare"),
            rankRatio: _number(json, path, ".rankRatio"),
            delegationWeight: _number(json, path, ".delegationWeight"),
            unlockRatio: _number(json, path, ".unlockRatio"),
            securityRatio: _number(json, path, ".securityRatio"),
            creationRatio: _number(json, path, ".creationRatio"),
            trainerSeats: _number(json, path, ".trainerSeats"),
            validatorSeats: _number(json, path, ".validatorSeats")
        });
    }

    function _nodes(string memory json, string memory path, string memory role)
        private
        view
        returns (GoldenNodes memory nodes)
    {
        string memory list = string.concat(path, role);
        uint256 count;
        while (vm.keyExistsJson(json, string.concat(list, "[", vm.toString(count), "]"))) ++count;
        nodes.own = _column(json, list, "ownStake", count);
        nodes.delegated = _column(json, list, "delegatedStake", count);
        nodes.commission = _column(json, list, "commission", count);
        nodes.seats = _column(json, list, "seats", count);
        nodes.paid = new bool[](count);
        nodes.score = new int256[](count);
        nodes.expected = new Payout[](count);
        for (uint256 i; i < count; ++i) {
            string memory row = string.concat(path, ".expected", role, "[", vm.toString(i), "]");
            nodes.expected[i] = Payout({
                total: _number(json, row, ".total"),
                node: _number(json, row, ".node"),
                delegators: _number(json, row, ".delegators"),
                unlocked: _number(json, row, ".unlocked"),
                vesting: _number(json, row, ".vesting")
            });
        }
    }

    function _column(string memory json, string memory list, string memory field, uint256 count)
        private
        pure
        returns (uint256[] memory values)
    {
        values = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            values[i] = _number(json, list, string.concat("[", vm.toString(i), "].", field));
        }
    }

    function _number(string memory json, string memory path, string memory field) private pure returns (uint256) {
        return vm.parseJsonUint(json, string.concat(path, field));
    }

    function _same(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}
