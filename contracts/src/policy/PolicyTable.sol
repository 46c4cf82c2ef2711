// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title All numbers of one policy version, kept as the code of an account
/// @notice A round reads a dozen numbers of one version when it opens. As code they cost one cold account (2,600 gas) for
/// any number of them, as storage a slot (2,100) and more each. Known as SSTORE2 (0xSequence, Solady).
/// @dev Layout: a STOP, so that nobody can run it, then 16 bytes a number, big-endian. Numbers must be below 2^128.
library PolicyTable {
    uint256 private constant WIDTH = 16;

    /// @notice The account that keeps a policy version as code could not be made.
    /// @custom:action Bring more gas.
    error TableNotWritten();

    function write(uint256[] memory values) internal returns (address table) {
        uint256 length = 1 + values.length * WIDTH;
        bytes memory data = new bytes(length + WIDTH);
        for (uint256 i; i < values.length; ++i) {
            uint256 value = values[i] << 128;
            // Each word's right half is overwritten by the next one; the last one's is cut off below.
            assembly ("memory-safe") {
                mstore(add(add(data, 33), mul(i, WIDTH)), value)
            }
        }
        assembly ("memory-safe") {
            mstore(data, length)
        }
        // Init code that returns what follows it: PUSH2 length, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN.
        bytes memory creation = abi.encodePacked(hex"61", uint16(length), hex"80600a5f395ff3", data);
        assembly ("memory-safe") {
            table := create(0, add(creation, 32), mload(creation))
        }
        if (table == address(0)) revert TableNotWritten();
    }

    function read(address table, uint256 index) internal view returns (uint256 value) {
        assembly ("memory-safe") {
            mstore(0, 0)
            extcodecopy(table, 16, add(1, mul(index, WIDTH)), WIDTH)
            value := mload(0)
        }
    }

    function readAll(address table, uint256 count) internal view returns (uint256[] memory values) {
        values = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            values[i] = read(table, i);
        }
    }
}
