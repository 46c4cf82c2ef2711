// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Bls12381} from "../../src/beacon/Bls12381.sol";
import {DrandBeacon} from "../../src/beacon/DrandBeacon.sol";
import {IBeacon} from "../../src/beacon/IBeacon.sol";
import {Quicknet} from "../../src/beacon/Quicknet.sol";
import {DrandVectors} from "../builders/DrandVectors.sol";

contract Bls12381Harness {
    function hashToG1(bytes32 message) external view returns (bytes memory) {
        return Bls12381.hashToG1(message);
    }

    function compress(bytes memory point) external pure returns (bytes memory) {
        return Bls12381.compress(point);
    }
}

contract DrandBeaconTest is DrandVectors {
    uint256 private constant DELAY = 30;
    address private constant PAIRING = address(0x0f);
    DrandBeacon private beacon;
    /// @dev The last second of which round 1000 is the first at or after it and the delay.
    uint256 private end;

    function setUp() public {
        beacon = new DrandBeacon(Quicknet.PUBLIC_KEY, Quicknet.GENESIS, Quicknet.PERIOD, uint64(DELAY));
        end = Quicknet.GENESIS + 999 * Quicknet.PERIOD - DELAY;
        vm.warp(end + DELAY);
    }

    function test_TheConstantsAreThoseOfTheVectors() public {
        string memory json = _vectors();
        assertEq(vm.parseJsonUint(json, ".genesis"), Quicknet.GENESIS);
        assertEq(vm.parseJsonUint(json, ".period"), Quicknet.PERIOD);
        // Compressed: x.c1 with flags ("compressed", y is the lesser), x.c0; drand prints the imaginary part first.
        bytes memory key = vm.parseJsonBytes(json, ".publicKey");
        assertEq(key.length, 96);
        assertEq(key[0] & 0xe0, bytes1(0x80));
        key[0] &= 0x1f;
        assertEq(_slice(key, 0, 48), _slice(Quicknet.PUBLIC_KEY, 80, 48));
        assertEq(_slice(key, 48, 48), _slice(Quicknet.PUBLIC_KEY, 16, 48));
        assertEq(beacon.publicKey(), Quicknet.PUBLIC_KEY);
    }

    function test_GoldenRoundsVerifyAndGiveTheHashOfTheirCompressedSignature() public {
        for (uint256 i; i < 2; ++i) {
            string memory path = string.concat(".rounds[", vm.toString(i), "].round");
            uint256 drandRound = vm.parseJsonUint(_vectors(), path);
            uint256 moment = beacon.timeOf(drandRound) - DELAY;
            bytes32 expected = sha256(_compressed(i));
            vm.expectEmit(address(beacon));
            emit IBeacon.BeaconBrought(drandRound, expected);
            assertEq(beacon.bring(moment, _signature(i)), expected);
            assertEq(beacon.valueOf(moment), expected);
            assertEq(beacon.sourceOf(moment), drandRound);
        }
        assertFalse(vm.keyExistsJson(_vectors(), ".rounds[2]"));
    }

    function test_TheRoundIsTheFirstAtOrAfterEndAndDelay() public view {
        assertEq(beacon.sourceOf(0), 1);
        assertEq(beacon.sourceOf(Quicknet.GENESIS - DELAY), 1);
        assertEq(beacon.sourceOf(Quicknet.GENESIS - DELAY + 1), 2);
        assertEq(beacon.sourceOf(Quicknet.GENESIS - DELAY + 3), 2);
        assertEq(beacon.sourceOf(end - 3), 999);
        assertEq(beacon.sourceOf(end - 2), 1000);
        assertEq(beacon.sourceOf(end), 1000);
        assertEq(beacon.sourceOf(end + 1), 1001);
    }

    function testFuzz_NoRoundBeforeEndAndDelayCountsAndNoneIsSkipped(uint40 moment) public view {
        uint256 drandRound = beacon.sourceOf(moment);
        assertGe(beacon.timeOf(drandRound), moment + DELAY);
        if (drandRound > 1) assertLt(beacon.timeOf(drandRound - 1), moment + DELAY);
    }

    function test_ARoundThatIsNotOutCannotBeBrought() public {
        bytes memory proof = _signature(1);
        vm.warp(end + DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconTooEarly.selector, end, end + DELAY));
        beacon.bring(end, proof);
    }

    function test_OnceBroughtNothingElseIsLookedAt() public {
        bytes32 value = beacon.bring(end, _signature(1));
        assertEq(beacon.bring(end, ""), value);
        assertEq(beacon.bring(end - 2, _signature(0)), value);
        assertEq(beacon.fix(end), 1000);
        assertFalse(beacon.isLost(end));
    }

    function test_AnotherRoundsSignatureIsRefused() public {
        _refused(_signature(0));
    }

    /// @dev −s has the same x, so a compressed signature with its flag turned.
    function test_TheNegatedSignatureIsRefused() public {
        _refused(_negated(_signature(1)));
    }

    function test_InfinityIsRefused() public {
        _refused(new bytes(128));
    }

    function test_OtherLengthsAreRefused() public {
        bytes memory proof = _signature(1);
        _refused("");
        _refused(_compressed(1));
        _refused(_slice(proof, 0, 127));
        _refused(bytes.concat(proof, hex"00"));
        // Two more pairs that cancel would leave the product as it is.
        _refused(bytes.concat(proof, new bytes(384)));
    }

    function test_ElementsThatAreNotBelowTheOrderAreRefused() public {
        _refusedByPairing(_unreduced(_signature(1)));
        bytes memory proof = _signature(1);
        proof[0] = 0x01;
        _refusedByPairing(proof);
        proof = _signature(1);
        proof[16] |= 0x80;
        _refusedByPairing(proof);
    }

    function test_APointOffTheCurveIsRefused() public {
        bytes memory proof = _signature(1);
        proof[127] ^= 0x01;
        _refusedByPairing(proof);
    }

    /// @dev On the curve, of order 3 and of a signature plus a point of small order: a check of the equation alone would
    /// let the second through beside the signature itself.
    function test_PointsOutsideTheSubgroupAreRefused() public {
        _refusedByPairing(
            hex"0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000400000000000000000000000000000000"
            hex"0a989badd40d6212b33cffc3f3763e9bc760f988c9926b26da9dd85e928483446346b8ed00e1de5d5ea93e354abe706c"
        );
        end = Quicknet.GENESIS + 122 * Quicknet.PERIOD - DELAY;
        assertEq(beacon.sourceOf(end), 123);
        _refusedByPairing(
            hex"00000000000000000000000000000000009dde3f545ed5f3fd7839a1d80941f747a9117c844e2778a88f7a69d63bc69e29ce9dd0e5f3fb1be0802af85b01b1d7"
            hex"00000000000000000000000000000000044deb2fd0aa6323320bf58cfe810543dfc7a9714176a8a9975f5d0794cb52de0e742364a9562a49655fe0a545a9f378"
        );
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_NoChangedBitOfASignatureVerifies(uint256 bit) public {
        bit = bound(bit, 0, 1023);
        bytes memory proof = _signature(1);
        proof[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        // Bits off the curve and out of range are the precompile's to refuse.
        vm.expectPartialRevert(Bls12381.PointRefused.selector);
        beacon.bring(end, proof);
    }

    function test_CompressingUndoesDecompressingForBothSigns() public {
        Bls12381Harness harness = new Bls12381Harness();
        for (uint256 i; i < 2; ++i) {
            bytes memory compressed = _compressed(i);
            assertEq(harness.compress(_signature(i)), compressed);
            compressed[0] ^= 0x20;
            assertEq(harness.compress(_negated(_signature(i))), compressed);
        }
    }

    function test_ALocalNetworkIsVerifiedByTheSameCode() public {
        string memory json = vm.readFile("contracts/test/vectors/local-beacon.json");
        uint64 genesis = uint64(vm.parseJsonUint(json, ".genesis"));
        uint64 period = uint64(vm.parseJsonUint(json, ".period"));
        DrandBeacon local = new DrandBeacon(vm.parseJsonBytes(json, ".publicKey"), genesis, period, 0);
        DrandBeacon another = new DrandBeacon(Quicknet.PUBLIC_KEY, genesis, period, 0);
        for (uint256 i; i < 3; ++i) {
            string memory path = string.concat(".rounds[", vm.toString(i), "]");
            uint256 drandRound = vm.parseJsonUint(json, string.concat(path, ".round"));
            uint256 moment = local.timeOf(drandRound);
            bytes memory compressed = vm.parseJsonBytes(json, string.concat(path, ".signature"));
            bytes memory proof = _decompress(compressed);
            vm.warp(moment);
            vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconProofInvalid.selector, drandRound));
            another.bring(moment, proof);
            assertEq(local.bring(moment, proof), sha256(compressed));
        }
    }

    function test_KeysThatAreNoneAreRefused() public {
        _keyRefused("");
        _keyRefused(new bytes(256));
        bytes memory key = Quicknet.PUBLIC_KEY;
        key[255] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PointRefused.selector, PAIRING));
        new DrandBeacon(key, 0, 3, 0);
        vm.expectRevert(DrandBeacon.PeriodZero.selector);
        new DrandBeacon(Quicknet.PUBLIC_KEY, 0, 0, 0);
    }

    /// @dev A call of an address without code succeeds and returns nothing.
    function test_AChainWithoutThePrecompilesCannotHaveThisBeacon() public {
        vm.mockCall(PAIRING, bytes(""), bytes(""));
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PointRefused.selector, PAIRING));
        new DrandBeacon(Quicknet.PUBLIC_KEY, 0, 3, 0);
    }

    function _refused(bytes memory proof) private {
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconProofInvalid.selector, 1000));
        beacon.bring(end, proof);
    }

    function _refusedByPairing(bytes memory proof) private {
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PointRefused.selector, PAIRING));
        beacon.bring(end, proof);
    }

    function _keyRefused(bytes memory key) private {
        vm.expectRevert(DrandBeacon.KeyInvalid.selector);
        new DrandBeacon(key, 0, 3, 0);
    }
}
