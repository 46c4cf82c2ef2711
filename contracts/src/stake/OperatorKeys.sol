// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice Who acts for which node.
struct Operators {
    mapping(address node => address) offered;
    mapping(address node => address) operatorOf;
    mapping(address operator => address) nodeOf;
}

/// @title Cold and operator keys
/// @notice A node is its cold key, which stakes, allocates, withdraws and receives. It may name an operator key, which joins,
/// commits, reveals and attests for it. The operator must accept, so that nobody can burden a key with an office; it serves
/// one node at a time, so that an action says for whom it is. Until an operator has accepted, the cold key acts itself.
library OperatorKeys {
    /// @notice This key has not been offered the office by this node.
    error NotOffered(address node, address operator);
    /// @notice An operator serves one node at a time.
    /// @custom:action Give the other office up first, or use another key.
    error ServesAnother(address operator, address node);
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
        address served = self.nodeOf[operator];
        if (served != address(0)) revert ServesAnother(operator, served);
        address before = self.operatorOf[node];
        if (before != address(0)) delete self.nodeOf[before];
        delete self.offered[node];
        self.operatorOf[node] = operator;
        self.nodeOf[operator] = node;
    }

    /// @notice The cold key dismisses its operator, at once: a key that was stolen acts no longer, nor can it take up an offer.
    function dismiss(Operators storage self, address node) internal {
        address operator = self.operatorOf[node];
        if (operator == address(0)) revert NoOperator(node);
        delete self.offered[node];
        _vacate(self, node, operator);
    }

    /// @notice The operator gives the office up.
    function resign(Operators storage self, address operator) internal returns (address node) {
        node = self.nodeOf[operator];
        if (node == address(0)) revert ServesNobody(operator);
        _vacate(self, node, operator);
    }

    /// @notice The node for which `caller` joins, commits, reveals and attests.
    /// @dev A key in office acts for that node alone, also where it has stake of its own.
    function acting(Operators storage self, address caller) internal view returns (address node) {
        node = self.nodeOf[caller];
        if (node != address(0)) return node;
        address operator = self.operatorOf[caller];
        if (operator != address(0)) revert OperatorActs(caller, operator);
        return caller;
    }

    function _vacate(Operators storage self, address node, address operator) private {
        delete self.operatorOf[node];
        delete self.nodeOf[operator];
    }
}
