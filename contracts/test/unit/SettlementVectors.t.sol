// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Payout} from "../../src/interfaces/IRewardDistributor.sol";
import {Settlement} from "../../src/reward/Settlement.sol";
import {StakeSnapshot} from "../../src/types/Types.sol";
import {RankWeights} from "../builders/RankWeights.sol";

/// @dev Every case of the golden vectors, to the wei: role split, rank weights, stake powers, delegators' parts, unlocked
/// and vesting parts, and what is carried.
contract SettlementVectorsTest is Test {
    string private constant FILE = "contracts/test/vectors/settlement.json";

    struct Nodes {
        uint256[] own;
        uint256[] delegated;
        uint256[] commission;
        uint256[] factor;
        uint256[] weights;
        uint256[] ownWeights;
        uint256 sum;
        uint256 ownSum;
    }

    function test_EveryGoldenCaseMatchesToTheWei() public {
        uint256 cases = _length(vm.readFile(FILE), ".cases", ".pool");
        assertEq(cases, 25, "number of golden cases");
        for (uint256 i; i < cases; ++i) {
            // A call of its own for each case, for memory is only freed at the end of a call.
            this.checkCase(i);
        }
    }

    function checkCase(uint256 index) external view {
        string memory json = vm.readFile(FILE);
        string memory path = string.concat(".cases[", vm.toString(index), "]");
        uint256 pool = vm.parseJsonUint(json, string.concat(path, ".pool"));
        Nodes memory trainers = _nodes(json, string.concat(path, ".trainers"));
        Nodes memory validators = _nodes(json, string.concat(path, ".validators"));
        trainers.factor = _rankWeights(json, path, trainers.own.length);
        validators.factor = _agreed(json, path, validators.own.length);

        uint256 trainersPool =
            Settlement.trainersPool(pool, _policy(json, path, "gamma"), _qualifying(trainers), _qualifying(validators));
        uint256 paid = _checkRole(json, path, "trainers", trainers, trainersPool);
        paid += _checkRole(json, path, "validators", validators, pool - trainersPool);
        assertEq(
            pool - paid,
            vm.parseJsonUint(json, string.concat(path, ".expected.carried")),
            string.concat(path, " carried")
        );
    }

    function _checkRole(string memory json, string memory path, string memory role, Nodes memory nodes, uint256 pool)
        private
        view
        returns (uint256 paid)
    {
        bool areTrainers = keccak256(bytes(role)) == keccak256("trainers");
        Payout[] memory payouts = _settle(
            nodes,
            pool,
            _policy(json, path, areTrainers ? "trainerStakeQuarterPower" : "validatorStakeQuarterPower"),
            _policy(json, path, "delegationWeight"),
            areTrainers ? _policy(json, path, "unlockRatio") : 1e18
        );
        _compare(json, string.concat(path, ".expected.", role), payouts);
        for (uint256 i; i < payouts.length; ++i) {
            paid += payouts[i].total;
        }
    }

    function _settle(Nodes memory nodes, uint256 pool, uint256 power, uint256 delegationWeight, uint256 unlockRatio)
        private
        pure
        returns (Payout[] memory payouts)
    {
        payouts = new Payout[](nodes.own.length);
        (nodes.weights, nodes.sum) = _weights(nodes, power, delegationWeight);
        (nodes.ownWeights, nodes.ownSum) = _weights(nodes, power, 0);
        for (uint256 i; i < payouts.length; ++i) {
            Payout memory p = payouts[i];
            (p.total, p.delegators) = Settlement.share(
                pool, nodes.weights[i], nodes.sum, nodes.ownWeights[i], nodes.ownSum, nodes.commission[i]
            );
            p.node = p.total - p.delegators;
            p.unlocked = Settlement.unlocked(p.node, unlockRatio);
            p.vesting = p.node - p.unlocked;
        }
    }

    function _compare(string memory json, string memory expected, Payout[] memory payouts) private view {
        assertEq(_length(json, expected, ".id"), payouts.length, string.concat(expected, " length"));
        _compareField(json, expected, "total", payouts, 0);
        _compareField(json, expected, "node", payouts, 1);
        _compareField(json, expected, "delegators", payouts, 2);
        _compareField(json, expected, "unlocked", payouts, 3);
        _compareField(json, expected, "vesting", payouts, 4);
    }

    function _compareField(
        string memory json,
        string memory expected,
        string memory name,
        Payout[] memory payouts,
        uint256 field
    ) private pure {
        uint256[] memory values = _column(json, expected, name, payouts.length);
        for (uint256 i; i < values.length; ++i) {
            Payout memory p = payouts[i];
            uint256[5] memory fields = [p.total, p.node, p.delegators, p.unlocked, p.vesting];
            assertEq(fields[field], values[i], string.concat(expected, " ", name));
        }
    }

    function _weights(Nodes memory nodes, uint256 power, uint256 delegationWeight)
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

    function _nodes(string memory json, string memory path) private view returns (Nodes memory nodes) {
        uint256 count = _length(json, path, ".id");
        nodes.own = _column(json, path, "ownStake", count);
        nodes.delegated = _column(json, path, "delegatedStake", count);
        nodes.commission = _column(json, path, "commission", count);
    }

    function _rankWeights(string memory json, string memory path, uint256 count)
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
        return RankWeights.compute(losses, valid, _policy(json, path, "rankRatio"));
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

    function _qualifying(Nodes memory nodes) private pure returns (uint256 stake) {
        for (uint256 i; i < nodes.own.length; ++i) {
            if (nodes.factor[i] != 0) stake += nodes.own[i];
        }
    }

    function _length(string memory json, string memory path, string memory key) private view returns (uint256 length) {
        while (vm.keyExistsJson(json, string.concat(path, "[", vm.toString(length), "]", key))) ++length;
    }

    function _column(string memory json, string memory path, string memory name, uint256 count)
        private
        pure
        returns (uint256[] memory values)
    {
        values = new uint256[](count);
        for (uint256 i; i < values.length; ++i) {
            values[i] = vm.parseJsonUint(json, string.concat(path, "[", vm.toString(i), "].", name));
        }
    }

    function _policy(string memory json, string memory path, string memory name) private pure returns (uint256) {
        return vm.parseJsonUint(json, string.concat(path, ".policy.", name));
    }
}
