/// What a pickle says, as plain data: nothing in it was imported, constructed or called.
///
/// The nodes lie in one array and point at each other by index, because pickles may share nodes and may be cyclic; whoever
/// walks the tree bounds its own steps. Classes and functions are names, calls are kept as ``Node/call(function:arguments:)``.
package struct PickleTree: Sendable {
    /// The index of a node.
    package struct Reference: Sendable, Hashable {
        fileprivate(set) var index: Int32
    }

    /// One value.
    package enum Node: Sendable {
        case none
        case bool(Bool)
        case integer(Int)
        /// An integer that does not fit 64 bits; nothing in a state dict is one.
        case hugeInteger
        case float(Double)
        case string(String)
        /// Bytes in the pickle itself.
        case bytes(Range<Int>)
        case tuple([Reference])
        /// The elements are ``PickleTree/elements(of:)``.
        case list(Int)
        /// The pairs are ``PickleTree/pairs(of:)``.
        case dictionary(Int)
        /// A class or function, by name only.
        case global(module: String, name: String)
        /// `function(*arguments)`, not carried out.
        case call(function: Reference, arguments: Reference)
        /// An instance of a class; its state is ``PickleTree/state(of:)``.
        case object(Int)
        /// What the archive knows under this id: a storage.
        case persistent(Reference)
    }

    /// An instance: its class, and what was set on it.
    package struct Instance: Sendable {
        var type: Reference
        var state: Reference?
    }

    /// Where the pickle ended: one byte behind its STOP.
    package internal(set) var end = 0
    /// The value of the whole pickle.
    package internal(set) var root = Reference(index: 0)

    private var nodes: [Node] = []
    private var lists: [[Reference]] = []
    private var dictionaries: [[(key: Reference, value: Reference)]] = []
    private var instances: [Instance] = []

    package subscript(_ reference: Reference) -> Node { nodes[Int(reference.index)] }

    /// What the pickle knows storages by, in the order of their first mention.
    package var persistentIDs: [Reference] {
        nodes.compactMap { node in
            if case .persistent(let id) = node { id } else { nil }
        }
    }

    /// The elements of a tuple, list or set; nil for anything else.
    package func elements(of reference: Reference) -> [Reference]? {
        switch self[reference] {
        case .tuple(let elements): elements
        case .list(let index): lists[index]
        default: nil
        }
    }

    /// The pairs of a dictionary in their order; nil for anything else.
    package func pairs(of reference: Reference) -> [(key: Reference, value: Reference)]? {
        guard case .dictionary(let index) = self[reference] else { return nil }
        return dictionaries[index]
    }

    /// The class and state of an object; nil for anything else.
    package func instance(_ reference: Reference) -> Instance? {
        guard case .object(let index) = self[reference] else { return nil }
        return instances[index]
    }

    /// The integer; nil for anything else.
    package func integer(_ reference: Reference) -> Int? {
        guard case .integer(let value) = self[reference] else { return nil }
        return value
    }

    /// The text; nil for anything else.
    package func string(_ reference: Reference) -> String? {
        guard case .string(let value) = self[reference] else { return nil }
        return value
    }
}

extension PickleTree {
    // Building, for the reader alone.

    mutating func add(_ node: Node) -> Reference {
        nodes.append(node)
        return Reference(index: Int32(nodes.count - 1))
    }

    mutating func addList(_ elements: [Reference]) -> Reference {
        lists.append(elements)
        return add(.list(lists.count - 1))
    }

    mutating func addDictionary(_ pairs: [(key: Reference, value: Reference)]) -> Reference {
        dictionaries.append(pairs)
        return add(.dictionary(dictionaries.count - 1))
    }

    mutating func addInstance(of type: Reference) -> Reference {
        instances.append(Instance(type: type, state: nil))
        return add(.object(instances.count - 1))
    }

    /// Appends to a list; false when it is none.
    mutating func append(_ elements: some Sequence<Reference>, to reference: Reference) -> Bool {
        guard case .list(let index) = self[reference] else { return false }
        lists[index].append(contentsOf: elements)
        return true
    }

    /// Adds pairs to a dictionary; false when it is none.
    mutating func append(pairs: [(key: Reference, value: Reference)], to reference: Reference) -> Bool {
        guard case .dictionary(let index) = self[reference] else { return false }
        dictionaries[index].append(contentsOf: pairs)
        return true
    }

    /// Sets the state of an object; false when it is none.
    mutating func setState(_ state: Reference, of reference: Reference) -> Bool {
        guard case .object(let index) = self[reference] else { return false }
        instances[index].state = state
        return true
    }
}
