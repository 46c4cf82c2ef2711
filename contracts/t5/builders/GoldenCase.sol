// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {CommonBase} from "forge-std/Base.sol";
import {Payout} from "../../src/interfaces/IRewardDistributor.sol";
import {RankWeights} from "./RankWeights.sol";

/// @dev One case of `vectors/settlement.json`. `factor` is the rank weight of a trainer, and 1 or 0 for a validator that
/// agreed or did not.
struct GoldenNodes {
    uint256[] own;
    uint256[] delegated;
    uint256[] commission;
    uint256[] factor;
    Payout[] expected;
}

struct GoldenPolicy {
    uint256 gamma;
    uint256 rankRatio;
    uint256 delegationWeight;
    uint256 trainerStakeQuarterPower;
    uint256 validatorStakeQuarterPower;
    uint256 unlockRatio;
}

struct GoldenCase {
    uint256 pool;
    GoldenPolicy policy;
    GoldenNodes trainers;
    GoldenNodes validators;
    uint256 carried;
}

/// @dev Reads the golden vectors that the protocol package reads too.
abstract contract GoldenVectors is CommonBase {
    string private constant FILE = "contracts/test/vectors/settlement.json";
    uint256 internal constant GOLDEN_CASES = 25;

    function _goldenCount() internal view returns (uint256) {
        return _length(vm.readFile(FILE), ".cases", ".pool");
    }

    function _golden(uint256 index) internal view returns (GoldenCase memory c) {
        string memory json = vm.readFile(FILE);
        string memory path = string.concat(".cases[", vm.toString(index), "]");
        c.pool = vm.parseJsonUint(json, string.concat(path, ".pool"));
        c.carried = vm.parseJsonUint(json, string.concat(path, ".expected.carried"));
        c.policy = GoldenPolicy({
            gamma: _policyOf(json, path, "gamma"),
            rankRatio: _policyOf(json, path, "rankRatio"),
            delegationWeight: _policyOf(json, path, "delegationWeight"),
            trainerStakeQuarterPower: _policyOf(json, path, "trainerStakeQuarterPower"),
            validatorStakeQuarterPower: _policyOf(json, path, "validatorStakeQuarterPower"),
            unlockRatio: _policyOf(json, path, "unlockRatio")
        });
        c.trainers = _nodes(json, path, "trainers");
        c.trainers.factor = _rankWeights(json, path, c.trainers.own.length, c.policy.rankRatio);
        c.validators = _nodes(json, path, "validators");
        c.validators.factor = _agreed(json, path, c.validators.own.length);
    }

    function _nodes(string memory json, string memory path, string memory role)
        private
        view
        returns (GoldenNodes memory nodes)
    {
        string memory nodesPath = string.concat(path, ".", role);
        uint256 count = _length(json, nodesPath, ".id");
        nodes.own = _column(json, nodesPath, "ownStake", count);
        nodes.delegated = _column(json, nodesPath, "delegatedStake", count);
        nodes.commission = _column(json, nodesPath, "commission", count);
        string memory expectedPath = string.concat(path, ".expected.", role);
        require(_length(json, expectedPath, ".id") == count, "an expectation for each node");
        nodes.expected = new Payout[](count);
        uint256[] memory total = _column(json, expectedPath, "total", count);
        uint256[] memory node = _column(json, expectedPath, "node", count);
        uint256[] memory delegators = _column(json, expectedPath, "delegators", count);
        uint256[] memory unlocked = _column(json, expectedPath, "unlocked", count);
        uint256[] memory vesting = _column(json, expectedPath, "vesting", count);
        for (uint256 i; i < count; ++i) {
            nodes.expected[i] = Payout(total[i], node[i], delegators[i], unlocked[i], vesting[i]);
        }
    }

    function _rankWeights(string memory json, string memory path, uint256 count, uint256 ratio)
        private
        pure
        returns (uint256[] memory)
    {
        uint256[] memory losses = new uint256[](count);
        bool[] memory valid = new bool[](count);
        for (uint256 i; i < count; ++i) {
            string memory key = string.concat(path, ".trainers[", vm.toString(i), "].loss");
            // A JSON null encodes as one word, a string as offset, length and data.
            valid[i] = vm.parseJson(json, key).length > 32;
            if (valid[i]) losses[i] = vm.parseJsonUint(json, key);
        }
        return RankWeights.compute(losses, valid, ratio);
    }

    function _agreed(string memory json, string memory path, uint256 count)
        private
        pure
        returns (uint256[] memory ones)
    {
        ones = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            ones[i] = vm.parseJsonBool(json, string.concat(path, ".validators[", vm.toString(i), "].agreed")) ? 1 : 0;
        }
    }

    function _column(string memory json, string memory path, string memory name, uint256 count)
        private
        pure
        returns (uint256[] memory values)
    {
        values = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            values[i] = vm.parseJsonUint(json, string.concat(path, "[", vm.toString(i), "].", name));
        }
    }

    function _length(string memory json, string memory path, string memory key) private view returns (uint256 length) {
        while (vm.keyExistsJson(json, string.concat(path, "[", vm.toString(length), "]", key))) ++length;
    }

    function _policyOf(string memory json, string memory path, string memory name) private pure returns (uint256) {
        return vm.parseJsonUint(json, string.concat(path, ".policy.", name));
    }
}
