// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";
import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {ClaimTree} from "../../src/reward/ClaimTree.sol";
import {Settlement} from "../../src/reward/Settlement.sol";
import {StakeSnapshot} from "../../src/types/Types.sol";
import {RankWeights} from "../builders/RankWeights.sol";

contract SettlementTest is Test {
    function test_StakePowersOfRoundNumbers() public pure {
        assertEq(Settlement.stakePower(0, 0), 1);
        assertEq(Settlement.stakePower(81, 1), 3);
        assertEq(Settlement.stakePower(80, 1), 2);
        assertEq(Settlement.stakePower(81, 2), 9);
        assertEq(Settlement.stakePower(81, 3), 27);
        assertEq(Settlement.stakePower(80, 3), 26);
        assertEq(Settlement.stakePower(81, 4), 81);
        assertEq(Settlement.stakePower(0, 3), 0);
    }

    /// @dev 16^k and 16^k − 1 are fourth powers and their neighbours, on both sides of where s^3 passes 2^256.
    function test_ThreeQuarterPowersAreExactWhereTheCubeOverflows() public pure {
        for (uint256 k = 1; k < 32; ++k) {
            assertEq(Settlement.stakePower(1 << (4 * k), 3), 1 << (3 * k));
            assertEq(Settlement.stakePower((1 << (4 * k)) - 1, 3), (1 << (3 * k)) - 1);
        }
        // The whole cap, 1e27 wei: floor(1e27^0.75), computed apart with big integers.
        assertEq(Settlement.stakePower(1e27, 3), 177_827_941_003_892_280_122);
    }

    /// @dev x = floor(s^(k/4)) exactly when x^4 <= s^k < (x+1)^4, compared in 512 bits.
    function testFuzz_StakePowersAreTheFloorOfTheRoot(uint128 s, uint8 k) public pure {
        k = uint8(bound(k, 1, 3));
        uint256 x = Settlement.stakePower(s, k);
        (uint256 powerHigh, uint256 powerLow) = _power(s, k);
        (uint256 high, uint256 low) = Math.mul512(x * x, x * x);
        assertTrue(high < powerHigh || (high == powerHigh && low <= powerLow), "too large");
        ++x;
        (high, low) = Math.mul512(x * x, x * x);
        assertTrue(high > powerHigh || (high == powerHigh && low > powerLow), "too small");
    }

    function testFuzz_StakePowerNeverFallsWithMoreStake(uint128 a, uint128 b, uint8 k) public pure {
        k = uint8(bound(k, 0, 4));
        (uint256 less, uint256 more) = a < b ? (a, b) : (b, a);
        assertLe(Settlement.stakePower(less, k), Settlement.stakePower(more, k));
    }

    function testFuzz_TheRoleSplitIsMonotoneAndInsideThePool(uint96 pool, uint64 gamma, uint96 t, uint96 v)
        public
        pure
    {
        gamma = uint64(bound(gamma, 0, 0.5e18));
        uint256 part = Settlement.trainersPool(pool, gamma, t, v);
        assertLe(part, pool);
        if (uint256(t) + v == 0) assertEq(part, 0);
        else if (gamma == 0.5e18) assertEq(part, pool / 2);
        assertLe(part, Settlement.trainersPool(pool, gamma, uint256(t) + 1e18, v) + (uint256(t) + v == 0 ? pool : 0));
    }

    /// @dev A whole settlement with random nodes: nothing is minted, and only what rounding leaves is carried when
    /// every role has somebody to pay.
    function testFuzz_PaidAndCarriedIsThePool(
        uint96 pool,
        uint64 gamma,
        uint64 q,
        uint8 power,
        uint96[5] memory own,
        uint96[5] memory delegated,
        uint8[5] memory losses
    ) public pure {
        gamma = uint64(bound(gamma, 0, 0.5e18));
        q = uint64(bound(q, 0.1e18, 1e18));
        power = uint8(bound(power, 0, 4));
        uint256[] memory keys = new uint256[](5);
        bool[] memory valid = new bool[](5);
        for (uint256 i; i < 5; ++i) {
            keys[i] = losses[i] % 4;
            valid[i] = losses[i] < 200;
            own[i] = uint96(bound(own[i], 1e18, 1e27));
            delegated[i] = uint96(bound(delegated[i], 0, 1e27));
        }
        uint256[] memory rank = RankWeights.compute(keys, valid, q);
        uint256 stake;
        uint256 anyone;
        for (uint256 i; i < 5; ++i) {
            if (!valid[i]) continue;
            stake += own[i];
            anyone = 1;
        }
        uint256 trainersPool = Settlement.trainersPool(pool, gamma, stake, 1e24);
        uint256 paid = _payRole(trainersPool, rank, power, own, delegated);
        assertLe(paid, trainersPool);
        // Each division loses less than a wei.
        if (anyone == 1) assertLt(trainersPool - paid, 5);
        else assertEq(paid, 0);
    }

    function testFuzz_DelegationNeverLowersANodesOwnPay(uint96 pool, uint96 own, uint96 more, uint96 other, uint64 c)
        public
        pure
    {
        own = uint96(bound(own, 1e18, 1e27));
        more = uint96(bound(more, 0, 1e27));
        other = uint96(bound(other, 1e18, 1e27));
        uint256 commission = bound(c, 0, 1e18);
        (uint256 total, uint256 delegators) =
            _share(pool, uint256(own) + more, uint256(own) + more + other, own, uint256(own) + other, commission);
        (uint256 alone,) = _share(pool, own, uint256(own) + other, own, uint256(own) + other, commission);
        assertGe(total - delegators, alone);
    }

    function test_NobodyToPayGetsNothing() public pure {
        (uint256 total, uint256 delegators) = _share(100, 0, 0, 0, 0, 0);
        assertEq(total + delegators, 0);
        assertEq(Settlement.trainersPool(100, 0.3e18, 0, 0), 0);
    }

    /// @dev Root and proof made by @openzeppelin/merkle-tree 1.0.8 StandardMerkleTree.of(leaves, ['uint32','address',
    /// 'uint256','uint256']), as the protocol package builds them.
    function test_TakesTheProofsOfOpenZeppelinsStandardMerkleTree() public view {
        bytes32[] memory proof = new bytes32[](MERKLE_PROOF_LENGTH);
        _fillProof(proof);
        TrainerLeaf memory leaf = TrainerLeaf(1, address(0x2222222222222222222222222222222222222222), 200, 150);
        assertTrue(this.verify(proof, MERKLE_ROOT, leaf));
        leaf.weight = 201;
        assertFalse(this.verify(proof, MERKLE_ROOT, leaf));
    }

    function verify(bytes32[] calldata proof, bytes32 root, TrainerLeaf calldata leaf) external pure returns (bool) {
        return ClaimTree.verify(proof, root, leaf);
    }

    /// @dev As the distributor puts the two together.
    function _share(uint256 pool, uint256 weight, uint256 sum, uint256 ownWeight, uint256 ownSum, uint256 commission)
        private
        pure
        returns (uint256 total, uint256 delegators)
    {
        total = Settlement.part(pool, weight, sum);
        delegators = Settlement.delegatorsPart(total, Settlement.part(pool, ownWeight, ownSum), commission);
    }

    function _payRole(
        uint256 pool,
        uint256[] memory rank,
        uint256 power,
        uint96[5] memory own,
        uint96[5] memory delegated
    ) private pure returns (uint256 paid) {
        uint256[5] memory weights;
        uint256 sum;
        for (uint256 i; i < 5; ++i) {
            uint256 effective = Settlement.effectiveStake(StakeSnapshot(own[i], delegated[i], 0), 0.5e18);
            weights[i] = rank[i] * Settlement.stakePower(effective, power);
            sum += weights[i];
        }
        for (uint256 i; i < 5; ++i) {
            (uint256 total, uint256 delegators) = _share(pool, weights[i], sum, 0, 0, 0.1e18);
            assertLe(delegators, total);
            paid += total;
        }
    }

    function _power(uint256 s, uint256 k) private pure returns (uint256 high, uint256 low) {
        if (k == 3) return Math.mul512(s * s, s);
        return (0, k == 2 ? s * s : s);
    }

    bytes32 private constant MERKLE_ROOT = 0x8d357782c739772c5093ba5e0b3dbefc06e2f82e6eb9a10e599884f3fa860ad2;
    uint256 private constant MERKLE_PROOF_LENGTH = 2;

    function _fillProof(bytes32[] memory proof) private pure {
        proof[0] = 0x471a89f13c6a69ad50b30305c273b6f7219491009205a9f3f4b268068190faf3;
        proof[1] = 0xde9ece8310ef1453667c0f10c13c2c3cd1b7d3611fddfb2527671c2bf0bbde2c;
    }
}
