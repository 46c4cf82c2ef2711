// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.8;

/// @notice The part of an ENS resolver (EIP-137) that Aragon's ENSSubdomainRegistrar calls.
interface Resolver {
    function addr(bytes32 node) external view returns (address payable);

    function setAddr(bytes32 node, address target) external;
}
