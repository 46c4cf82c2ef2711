// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.8;

/// @notice The part of the ENS registry (EIP-137) that Aragon's ENSSubdomainRegistrar calls. Written for Covey, which
/// deploys without ENS; the code of ENS itself is not included.
interface ENS {
    function owner(bytes32 node) external view returns (address);

    function resolver(bytes32 node) external view returns (address);

    function setSubnodeOwner(bytes32 node, bytes32 label, address newOwner) external returns (bytes32);

    function setResolver(bytes32 node, address newResolver) external;
}
