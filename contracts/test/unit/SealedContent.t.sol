// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ContentProof, Fault, IKeyEscrow} from "../../src/interfaces/IKeyEscrow.sol";
import {SealedMarketTest} from "../builders/SealedMarketTest.sol";

contract SealedContentTest is SealedMarketTest {
    uint256 private constant SECRET = 77_777;

    uint256 private listingId;
    uint256 private orderId;

    function test_APieceThatOpensToSomethingElseCostsTheBond() public {
        _delivered(64);
        ContentProof memory proof = _contentProof(64);
        vm.expectEmit(address(keyEscrow));
        emit IKeyEscrow.FraudProven(listingId, orderId, buyer, Fault.WrongContent, 100e18, 900e18);
        vm.prank(buyer);
        keyEscrow.disputeContent(orderId, proof);
        assertEq(token.balanceOf(buyer), PRICE + 100e18);
        assertEq(token.balanceOf(address(keyEscrow)), 0);
    }

    function test_OfAnHonestFileNoPieceProvesAnything() public {
        _delivered(HONEST);
        for (uint64 index; index < PIECES; index += 16) {
            ContentProof memory proof = _contentProof(index);
            vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.ContentIsRight.selector, orderId, index));
            vm.prank(buyer);
            keyEscrow.disputeContent(orderId, proof);
        }
    }

    /// @dev An honest file, and every way to show another piece, place, leaf or key than its own.
    function test_NothingButThePiecesOwnPlaceProves() public {
        _delivered(HONEST);
        vm.startPrank(buyer);
        ContentProof memory proof = _contentProof(3);
        proof.key = keccak256("another key");
        vm.expectPartialRevert(IKeyEscrow.OtherKey.selector);
        keyEscrow.disputeContent(orderId, proof);

        proof = _contentProof(3);
        proof.cipherPiece[5] ^= 0x10;
        vm.expectPartialRevert(IKeyEscrow.InvalidPath.selector);
        keyEscrow.disputeContent(orderId, proof);

        proof = _contentProof(3);
        proof.plainLeaf = keccak256("another leaf");
        vm.expectPartialRevert(IKeyEscrow.InvalidPath.selector);
        keyEscrow.disputeContent(orderId, proof);

        // The piece beside it, with the key stream of this place.
        proof = _contentProof(3);
        proof.index = 2;
        vm.expectPartialRevert(IKeyEscrow.InvalidPath.selector);
        keyEscrow.disputeContent(orderId, proof);

        proof = _contentProof(3);
        proof.cipherPiece = new bytes(1023);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.InvalidPiece.selector, 3, 1023));
        keyEscrow.disputeContent(orderId, proof);

        // The last piece has 700 bytes, and there is none behind it.
        proof = _contentProof(64);
        proof.cipherPiece = new bytes(1024);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.InvalidPiece.selector, 64, 1024));
        keyEscrow.disputeContent(orderId, proof);
        proof = _contentProof(64);
        proof.index = 65;
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.InvalidPiece.selector, 65, 700));
        keyEscrow.disputeContent(orderId, proof);

        // An inner node as a leaf: one step less to the root.
        proof = _contentProof(3);
        bytes32[] memory shorter = new bytes32[](proof.plainPath.length - 1);
        for (uint256 i; i < shorter.length; ++i) {
            shorter[i] = proof.plainPath[i + 1];
        }
        proof.plainPath = shorter;
        vm.expectPartialRevert(IKeyEscrow.InvalidPath.selector);
        keyEscrow.disputeContent(orderId, proof);
        proof = _contentProof(3);
        bytes32[] memory longer = new bytes32[](proof.plainPath.length + 1);
        for (uint256 i; i < proof.plainPath.length; ++i) {
            longer[i] = proof.plainPath[i];
        }
        proof.plainPath = longer;
        vm.expectPartialRevert(IKeyEscrow.InvalidPath.selector);
        keyEscrow.disputeContent(orderId, proof);
        vm.stopPrank();
    }

    function test_OnlyTheBuyerOfADeliveredOrderDisputes() public {
        _delivered(0);
        ContentProof memory proof = _contentProof(0);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.NotBuyer.selector, stranger, buyer));
        vm.prank(stranger);
        keyEscrow.disputeContent(orderId, proof);
        uint256 second = _order(buyer, listingId, SECRET + 1);
        vm.expectPartialRevert(IKeyEscrow.WrongOrderState.selector);
        vm.prank(buyer);
        keyEscrow.disputeContent(second, proof);
        uint40 end = keyEscrow.orderOf(orderId).disputeEnd;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.DisputeTooLate.selector, end));
        vm.prank(buyer);
        keyEscrow.disputeContent(orderId, proof);
    }

    /// @dev The right key of a file whose leaf is wrong at `lie`.
    function _delivered(uint256 lie) private {
        listingId = _listSealed(seller, _file(lie), _saleTerms(PRICE, 0));
        orderId = _order(buyer, listingId, SECRET);
        _deliver(orderId, SECRET, KEY);
    }
}
