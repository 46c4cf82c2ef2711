// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice Who acts for which node.
/// @dev A key's link is the node that it serves, or its own operator and REPRESENTED: one word says for whom it acts, which
/// every step of a round asks.
struct Operators {
    mapping(address node => address) offered;
    mapping(address key => uint256) links;
}

/// @title Cold and operator keys
/// @notice A node is its cold key, which stakes, allocates, withdraws and receives. It may name an operator key, which joins,
/// commits, reveals and attests for it. The operator must accept, so that nobody can burden a key with an office; it serves
/// one node at a time, so that an action says for whom it is. Until an operator has accepted, the cold key acts itself.
library OperatorKeys {
    /// @dev Above the bits of an address.
    uint256 private constant REPRESENTED = 1 << 160;

    /// @notice This key has not been offered the office by this node.
    error NotOffered(address node, address operator);
    /// @notice An operator serves one node at a time, and has no operator itself; `other` is the key that it is bound to.
    /// @custom:action Give the other office up first, or use another key.
    error ServesAnother(address operator, address other);
    /// @notice A key that acts by itself needs no office.
    error OwnOperator(address node);
    /// @notice For this node its operator acts.
    /// @custom:action Send it with the operator's key, or dismiss the operator first.
    error OperatorActs(address node, address operator);
    /// @notice This key serves no node.
    error ServesNobody(address operator);
    /// @notice The node has no operator: its own key acts.
    error NoOperator(address node);

    /// @notice The cold key offers the office; offering it to 0 withdraws the offer. Who holds it keeps it until another accepts.
    function offer(Operators storage self, address node, address operator) internal {
        if (operator == node) revert OwnOperator(node);
        self.offered[node] = operator;
    }

    /// @notice The operator accepts, and takes the place of who held the office.
    function accept(Operators storage self, address operator, address node) internal {
        if (operator == address(0) || self.offered[node] != operator) revert NotOffered(node, operator);
        _requireFree(self, operator);
        address before = operatorOf(self, node);
        if (before != address(0)) delete self.links[before];
        else _requireFree(self, node);
        delete self.offered[node];
        self.links[node] = uint160(operator) | REPRESENTED;
        self.links[operator] = uint160(node);
    }

    /// @notice The cold key dismisses its operator, at once: a key that was stolen acts no longer, nor can it take up an offer.
    function dismiss(Operators storage self, address node) internal {
        address operator = operatorOf(self, node);
        if (operator == address(0)) revert NoOperator(node);
        delete self.offered[node];
        _vacate(self, node, operator);
    }

    /// @notice The operator gives the office up.
    function resign(Operators storage self, address operator) internal returns (address node) {
        uint256 link = self.links[operator];
        if (link == 0 || link >= REPRESENTED) revert ServesNobody(operator);
        // Safe narrowing, here and below: an address, and REPRESENTED above it.
        node = address(uint160(link));
        _vacate(self, node, operator);
    }

    /// @notice The node for which `caller` joins, commits, reveals and attests.
    /// @dev A key in office acts for that node alone, also where it has stake of its own.
    function acting(Operators storage self, address caller) internal view returns (address node) {
        uint256 link = self.links[caller];
        if (link == 0) return caller;
        node = address(uint160(link));
        if (link >= REPRESENTED) revert OperatorActs(caller, node);
    }

    /// @notice Who acts for the node; 0 where it acts itself.
    function operatorOf(Operators storage self, address node) internal view returns (address) {
        uint256 link = self.links[node];
        return link < REPRESENTED ? address(0) : address(uint160(link));
    }

    function _vacate(Operators storage self, address node, address operator) private {
        delete self.links[node];
        delete self.links[operator];
    }

    function _requireFree(Operators storage self, address key) private view {
        uint256 link = self.links[key];
        if (link != 0) revert ServesAnother(key, address(uint160(link)));
    }
}
