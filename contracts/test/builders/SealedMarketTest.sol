// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Bls12381} from "../../src/beacon/Bls12381.sol";
import {ContentProof, KeyProof, Order} from "../../src/interfaces/IKeyEscrow.sol";
import {SaleTerms, SealedFile} from "../../src/interfaces/IModelMarket.sol";
import {SealedPieces} from "../../src/market/SealedPieces.sol";
import {PositionalTree} from "../../src/types/PositionalTree.sol";
import {Cid} from "../../src/types/Types.sol";
import {CoveyTest} from "./CoveyTest.sol";
import {PositionalProof} from "./PositionalProof.sol";

/// @dev Sellers of sealed files, and buyers with a secret each, who wrap, unwrap and prove as the protocol does.
abstract contract SealedMarketTest is CoveyTest {
    bytes32 internal constant KEY = keccak256("content key");
    /// @dev Two chunks: the last has one piece, which is short.
    uint64 internal constant SIZE = 65_536 + 700;
    uint256 internal constant PIECES = 65;
    uint256 internal constant HONEST = type(uint256).max;
    uint128 internal constant PRICE = 100e18;
    uint256 internal constant ORDER = Bls12381.GROUP_ORDER;

    address internal seller = makeAddr("seller");
    address internal buyer = makeAddr("buyer");

    bytes32[] internal plainLeaves;
    bytes32[] internal cipherLeaves;
    mapping(uint256 orderId => bytes) internal pointOf;
    mapping(uint256 orderId => bytes32) internal wrappedOf;

    function _plain(uint256 index) internal pure returns (bytes memory piece) {
        uint256 length = index + 1 == PIECES ? SIZE - 1024 * index : 1024;
        // Whole words, cut off below.
        piece = new bytes(1024);
        for (uint256 i; i < 1024; i += 32) {
            bytes32 word = keccak256(abi.encode("plaintext", index, i));
            assembly ("memory-safe") {
                mstore(add(add(piece, 32), i), word)
            }
        }
        assembly ("memory-safe") {
            mstore(piece, length)
        }
    }

    function _cipher(uint256 index) internal pure returns (bytes memory) {
        return SealedPieces.opened(KEY, index, SIZE, _plain(index));
    }

    /// @dev A file of which the seller promises another piece at `lie` than the ciphertext holds.
    function _file(uint256 lie) internal returns (SealedFile memory) {
        delete plainLeaves;
        delete cipherLeaves;
        for (uint256 i; i < PIECES; ++i) {
            bytes memory plain = _plain(i);
            cipherLeaves.push(PositionalTree.leafOf(SealedPieces.opened(KEY, i, SIZE, plain)));
            if (i == lie) plain[plain.length - 1] ^= 0x01;
            plainLeaves.push(PositionalTree.leafOf(plain));
        }
        return SealedFile({
            size: SIZE,
            keyHash: keccak256(abi.encodePacked(KEY)),
            plainRoot: PositionalProof.root(plainLeaves),
            cipherRoot: PositionalProof.root(cipherLeaves)
        });
    }

    function _manifest() internal pure returns (Cid memory) {
        return Cid(0x0129, keccak256("manifest"));
    }

    function _listSealed(address by, SealedFile memory file, SaleTerms memory terms) internal returns (uint256 id) {
        _readyToList(by);
        vm.startPrank(by);
        id = market.listSealed(_manifest(), file, terms);
        keyEscrow.postBond(id);
        vm.stopPrank();
    }

    /// @dev A file whose roots nobody proves anything of.
    function _plainFile() internal pure returns (SealedFile memory) {
        return SealedFile(SIZE, keccak256(abi.encodePacked(KEY)), keccak256("plain root"), keccak256("cipher root"));
    }

    function _sold() internal returns (uint256 listingId) {
        return _listSealed(seller, _plainFile(), _saleTerms(PRICE, 0));
    }

    function _times(bytes memory point, uint256 scalar) internal view returns (bytes memory) {
        return Bls12381.combine(point, scalar, Bls12381.G1_GENERATOR, 0);
    }

    function _publicKey(uint256 secret) internal view returns (bytes memory) {
        return _times(Bls12381.G1_GENERATOR, secret);
    }

    function _order(address by, uint256 listingId, uint256 secret) internal returns (uint256 orderId) {
        bytes memory publicKey = _publicKey(secret);
        uint256 price = market.listing(listingId).price;
        _give(by, price);
        vm.startPrank(by);
        token.approve(address(keyEscrow), price);
        orderId = keyEscrow.order(listingId, price, publicKey);
        vm.stopPrank();
    }

    function _wrap(uint256 orderId, bytes32 key, bytes memory shared) internal view returns (bytes32) {
        return key ^ keccak256(abi.encode(bytes32("covey.wrap/1"), block.chainid, address(keyEscrow), orderId, shared));
    }

    /// @dev `key` wrapped for the holder of `secret`, by a scalar that follows from the order.
    function _deliver(uint256 orderId, uint256 secret, bytes32 key) internal {
        uint256 r = uint256(keccak256(abi.encode("delivery", orderId))) % ORDER;
        pointOf[orderId] = _publicKey(r);
        wrappedOf[orderId] = _wrap(orderId, key, _times(_publicKey(secret), r));
        _deliverRaw(seller, orderId, pointOf[orderId], wrappedOf[orderId]);
    }

    /// @dev Bytes as they are, to the order as it stands.
    function _deliverRaw(address by, uint256 orderId, bytes memory point, bytes32 wrapped) internal {
        (uint256 listingId, bytes32 publicKeyHash) = _orderedWith(orderId);
        vm.prank(by);
        keyEscrow.deliver(orderId, listingId, publicKeyHash, point, wrapped);
    }

    function _orderedWith(uint256 orderId) internal view returns (uint256 listingId, bytes32 publicKeyHash) {
        Order memory o = keyEscrow.orderOf(orderId);
        return (o.listingId, o.publicKeyHash);
    }

    function _keyProof(uint256 orderId, uint256 secret) internal view returns (KeyProof memory proof) {
        return _keyProofOver(orderId, secret, _times(pointOf[orderId], secret));
    }

    /// @dev The proof that an honest prover makes, over a shared point that may be a wrong one.
    function _keyProofOver(uint256 orderId, uint256 secret, bytes memory shared)
        internal
        view
        returns (KeyProof memory proof)
    {
        uint256 k = uint256(keccak256(abi.encode("nonce", orderId, secret))) % ORDER;
        proof.publicKey = _publicKey(secret);
        proof.point = pointOf[orderId];
        proof.wrapped = wrappedOf[orderId];
        proof.shared = shared;
        proof.challenge = uint256(
            keccak256(
                abi.encode(
                    bytes32("covey.dleq/1"),
                    block.chainid,
                    address(keyEscrow),
                    orderId,
                    proof.publicKey,
                    proof.point,
                    shared,
                    _publicKey(k),
                    _times(proof.point, k)
                )
            )
        ) % ORDER;
        proof.response = addmod(k, mulmod(proof.challenge, secret, ORDER), ORDER);
    }

    function _contentProof(uint64 index) internal view returns (ContentProof memory proof) {
        proof.key = KEY;
        proof.index = index;
        proof.cipherPiece = _cipher(index);
        proof.plainLeaf = plainLeaves[index];
        proof.cipherPath = PositionalProof.path(cipherLeaves, index);
        proof.plainPath = PositionalProof.path(plainLeaves, index);
    }

    function _withdraw(address account, address paidIn) internal {
        address[] memory tokens = new address[](1);
        tokens[0] = paidIn;
        keyEscrow.withdraw(account, tokens);
    }
}
