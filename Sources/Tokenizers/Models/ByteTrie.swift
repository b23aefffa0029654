/// A set of byte strings with ids, walked byte by byte: finds the longest member that begins a text.
///
/// Nodes are numbers; the edges of all nodes lie in one open-addressed table, so that a step is one probe. There are fewer
/// than 2^24 nodes, because an edge has 32 bits.
package struct ByteTrie: Sendable {
    /// node << 8 | byte, + 1 so that 0 is a free slot.
    private var keys: [UInt32] = []
    /// The node that the edge leads to.
    private var targets: [Int32] = []
    /// For each node the id of the member that ends there, -1 for none.
    private var ids: [Int32] = [-1]
    private var mask = 0
    private var edgeCount = 0
    private let nodeLimit: Int

    /// The most nodes whose edges are told apart: the key of the last edge of the last node plus one fits in 32 bits.
    package static let mostNodes = 1 << 24 - 1

    /// An empty set with room for a number of edges; it grows as needed.
    package init(edges: Int, nodeLimit: Int = Self.mostNodes) {
        self.nodeLimit = min(nodeLimit, Self.mostNodes)
        resize(toHold: min(max(edges, 8), 1 << 20))
    }

    /// Adds a root for another set and returns it; node 0 is the first root.
    package mutating func addRoot() -> Int32 {
        ids.append(-1)
        return Int32(ids.count - 1)
    }

    /// Adds a member below `root`; a later id replaces an earlier one.
    ///
    /// - Returns: False if there are too many nodes; the member is not in the set then.
    package mutating func insert(_ member: some Collection<UInt8>, id: Int32, root: Int32) -> Bool {
        var node = root
        for byte in member {
            let key = UInt32(node) << 8 | UInt32(byte)
            var slot = Self.slot(key, mask)
            while keys[slot] != 0 && keys[slot] != key &+ 1 { slot = (slot + 1) & mask }
            if keys[slot] == 0 {
                guard ids.count < nodeLimit else { return false }
                ids.append(-1)
                keys[slot] = key &+ 1
                targets[slot] = Int32(ids.count - 1)
                node = Int32(ids.count - 1)
                edgeCount += 1
                if edgeCount * 2 > mask { resize(toHold: edgeCount * 2) }
            } else {
                node = targets[slot]
            }
        }
        ids[Int(node)] = id
        return true
    }

    /// The longest member below `root` that begins at `start`: its id and the byte after it.
    @inline(__always)
    package func longestPrefix(
        of text: UnsafeBufferPointer<UInt8>, from start: Int, root: Int32
    ) -> (id: Int32, end: Int)? {
        var node = root
        var best: (id: Int32, end: Int)?
        var index = start
        keys.withUnsafeBufferPointer { keys in
            targets.withUnsafeBufferPointer { targets in
                ids.withUnsafeBufferPointer { ids in
                    while index < text.count {
                        let key = UInt32(truncatingIfNeeded: node) << 8 | UInt32(text[index])
                        var slot = Self.slot(key, mask)
                        while keys[slot] != 0 && keys[slot] != key &+ 1 { slot = (slot + 1) & mask }
                        if keys[slot] == 0 { break }
                        node = targets[slot]
                        index += 1
                        let id = ids[Int(node)]
                        if id >= 0 { best = (id, index) }
                    }
                }
            }
        }
        return best
    }

    @inline(__always)
    private static func slot(_ key: UInt32, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }

    private mutating func resize(toHold edges: Int) {
        var capacity = 16
        while capacity < edges * 2 { capacity *= 2 }
        let oldKeys = keys
        let oldTargets = targets
        keys = Array(repeating: 0, count: capacity)
        targets = Array(repeating: 0, count: capacity)
        mask = capacity - 1
        for (key, target) in zip(oldKeys, oldTargets) where key != 0 {
            var slot = Self.slot(key &- 1, mask)
            while keys[slot] != 0 { slot = (slot + 1) & mask }
            keys[slot] = key
            targets[slot] = target
        }
    }
}
