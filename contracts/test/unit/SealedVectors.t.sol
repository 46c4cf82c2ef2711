// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {ContentProof, KeyProof} from "../../src/interfaces/IKeyEscrow.sol";
import {SealedFile} from "../../src/interfaces/IModelMarket.sol";
import {SealedHarness} from "../builders/SealedHarness.sol";

/// @dev What the protocol's TypeScript made of the same inputs (`scripts/sealed-vectors.ts`), and the vectors of RFC 8439.
contract SealedVectorsTest is Test {
    string private json;
    SealedHarness private harness;

    function setUp() public {
        json = vm.readFile("contracts/test/vectors/sealed.json");
        harness = new SealedHarness();
    }

    function test_KeysUnwrapAndProofsVerifyAsInTheProtocol() public {
        uint256 cases;
        for (; vm.keyExistsJson(json, _at("keys", cases, "chainId")); ++cases) {
            _checkKey(cases);
        }
        assertGe(cases, 4);
    }

    function test_PiecesProveWhatTheyProveInTheProtocol() public view {
        uint256 cases;
        uint256 frauds;
        for (; vm.keyExistsJson(json, _at("content", cases, "bytes")); ++cases) {
            if (_checkPiece(cases)) ++frauds;
        }
        assertGe(cases, 13);
        assertGt(frauds, 0);
        assertLt(frauds, cases);
    }

    /// @dev RFC 8439, 2.4.2.
    function test_TheRfcsCiphertext() public view {
        bytes memory plaintext =
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        bytes memory ciphertext = hex"6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b"
            hex"f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8"
            hex"07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736"
            hex"5af90bbf74a35be6b40b8eedf2785e42874d";
        bytes32 key = hex"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        assertEq(harness.xored(key, hex"000000000000004a00000000", 1, plaintext), ciphertext);
        assertEq(harness.xored(key, hex"000000000000004a00000000", 1, ciphertext), plaintext);
    }

    /// @dev RFC 8439, 2.3.2 and A.1, vectors 1 to 5: key streams of one block.
    function test_TheRfcsKeyStreams() public view {
        bytes32 key = hex"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        assertEq(
            harness.xored(key, hex"000000090000004a00000000", 1, new bytes(64)),
            hex"10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
            hex"d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"
        );
        bytes memory zeros = new bytes(64);
        assertEq(
            harness.xored(0, 0, 0, zeros),
            hex"76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
            hex"da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
        );
        assertEq(
            harness.xored(0, 0, 1, zeros),
            hex"9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
            hex"29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f"
        );
        assertEq(
            harness.xored(bytes32(uint256(1)), 0, 1, zeros),
            hex"3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
            hex"8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0"
        );
        assertEq(
            harness.xored(bytes32(uint256(0xff) << 240), 0, 2, zeros),
            hex"72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
            hex"13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096"
        );
        assertEq(
            harness.xored(0, bytes12(uint96(2)), 0, zeros),
            hex"c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7"
            hex"8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d"
        );
    }

    /// @dev However long the data is, each block's stream is that of its own number.
    /// forge-config: default.fuzz.runs = 8
    function testFuzz_BlocksAreNumberedOn(bytes32 key, bytes12 nonce, uint16 counter, uint8 blocks) public view {
        bytes memory all = harness.xored(key, nonce, counter, new bytes(uint256(blocks) * 64));
        assertEq(all.length, uint256(blocks) * 64);
        for (uint256 i; i < blocks; i += 7) {
            bytes memory one = harness.xored(key, nonce, uint32(counter + i), new bytes(64));
            bytes memory same = new bytes(64);
            for (uint256 j; j < 64; ++j) {
                same[j] = all[64 * i + j];
            }
            assertEq(one, same);
        }
    }

    function _checkKey(uint256 i) private {
        address escrow = vm.parseJsonAddress(json, _at("keys", i, "escrow"));
        vm.chainId(vm.parseJsonUint(json, _at("keys", i, "chainId")));
        vm.etch(escrow, address(harness).code);
        uint256 orderId = vm.parseUint(vm.parseJsonString(json, _at("keys", i, "orderId")));
        KeyProof memory p;
        p.publicKey = vm.parseJsonBytes(json, _at("keys", i, "publicKey"));
        p.point = vm.parseJsonBytes(json, _at("keys", i, "R"));
        p.wrapped = vm.parseJsonBytes32(json, _at("keys", i, "wrapped"));
        p.shared = vm.parseJsonBytes(json, _at("keys", i, "S"));
        p.challenge = uint256(vm.parseJsonBytes32(json, _at("keys", i, "c")));
        p.response = uint256(vm.parseJsonBytes32(json, _at("keys", i, "z")));
        assertTrue(SealedHarness(escrow).proves(orderId, p));
        bytes32 key = SealedHarness(escrow).unwrapped(orderId, p.wrapped, p.shared);
        assertEq(key, vm.parseJsonBytes32(json, _at("keys", i, "unwrapped")));
        bool right = keccak256(abi.encodePacked(key)) == vm.parseJsonBytes32(json, _at("keys", i, "keyHash"));
        assertEq(right, !vm.parseJsonBool(json, _at("keys", i, "wrongKey")));
        // Of this order and no other.
        assertFalse(SealedHarness(escrow).proves(orderId + 1, p));
    }

    function _checkPiece(uint256 i) private view returns (bool proven) {
        SealedFile memory file;
        file.size = uint64(vm.parseJsonUint(json, _at("content", i, "bytes")));
        file.keyHash = vm.parseJsonBytes32(json, _at("content", i, "keyHash"));
        file.plainRoot = vm.parseJsonBytes32(json, _at("content", i, "plainRoot"));
        file.cipherRoot = vm.parseJsonBytes32(json, _at("content", i, "cipherRoot"));
        ContentProof memory p;
        p.key = vm.parseJsonBytes32(json, _at("content", i, "key"));
        p.index = uint64(vm.parseJsonUint(json, _at("content", i, "index")));
        p.cipherPiece = vm.parseJsonBytes(json, _at("content", i, "cipherPiece"));
        p.plainLeaf = vm.parseJsonBytes32(json, _at("content", i, "plainLeaf"));
        p.cipherPath = _path(_at("content", i, "cipherPath"));
        p.plainPath = _path(_at("content", i, "plainPath"));
        proven = vm.parseJsonBool(json, _at("content", i, "proven"));
        assertEq(harness.differs(file, p), proven);
    }

    /// @dev An empty array is none of a type.
    function _path(string memory place) private view returns (bytes32[] memory) {
        return
            vm.keyExistsJson(json, string.concat(place, "[0]"))
                ? vm.parseJsonBytes32Array(json, place)
                : new bytes32[](0);
    }

    function _at(string memory list, uint256 index, string memory field) private pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(index), "].", field);
    }
}
