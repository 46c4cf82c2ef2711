// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {SealedMarketTest} from "./SealedMarketTest.sol";

/// @dev A sealed model that is sold, and an order of it that waits for its key.
abstract contract OrderedModelTest is SealedMarketTest {
    uint256 internal constant SECRET = 77_777;
    /// @dev x = 4: on the curve and of another order.
    bytes internal constant OFF_SUBGROUP = abi.encodePacked(
        uint256(0),
        uint256(4),
        uint256(0x0a989badd40d6212b33cffc3f3763e9b),
        uint256(0xc760f988c9926b26da9dd85e928483446346b8ed00e1de5d5ea93e354abe706c)
    );

    uint256 internal listingId;
    uint256 internal orderId;
    bytes32 internal publicKeyHash;

    function setUp() public virtual override {
        super.setUp();
        listingId = _sold();
        orderId = _order(buyer, listingId, SECRET);
        publicKeyHash = keccak256(_publicKey(SECRET));
    }
}
