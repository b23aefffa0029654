/// A trie over the bytes of tokens, for all tokens that begin at a place of a text.
///
/// The children of a node lie next to each other in the order of their labels; the children of the root have a table of
/// their own. Built from sorted tokens level by level.
struct TokenTrie: Sendable {
    /// The first child of each node.
    private var firstChild: [Int32] = [0]
    /// How many children each node has.
    private var childCount: [UInt16] = [0]
    /// The byte that leads to each node.
    private var label: [UInt8] = [0]
    /// The value of the token that ends at each node; -1: none does.
    private var value: [Int32] = [-1]
    /// The child of the root for each byte; -1: none.
    private var rootChildren: [Int32] = Array(repeating: -1, count: 256)

    /// Builds the trie.
    ///
    /// Of equal tokens, the last one's value stays. Empty tokens are left out.
    init(_ tokens: [(bytes: [UInt8], value: Int32)]) {
        // Equal tokens keep their order, so that the last wins below.
        let sorted = tokens.indices.filter { !tokens[$0].bytes.isEmpty }.sorted { left, right in
            let (first, second) = (tokens[left].bytes, tokens[right].bytes)
            if first == second { return left < right }
            return first.lexicographicallyPrecedes(second)
        }
        // The tokens below each node of the level that is being built.
        var level = [(node: 0, tokens: 0..<sorted.count)]
        var depth = 0
        while !level.isEmpty {
            var nextLevel: [(node: Int, tokens: Range<Int>)] = []
            for (node, range) in level {
                var index = range.lowerBound
                // The shortest come first: those that end here.
                while index < range.upperBound, tokens[sorted[index]].bytes.count == depth {
                    value[node] = tokens[sorted[index]].value
                    index += 1
                }
                firstChild[node] = Int32(label.count)
                while index < range.upperBound {
                    let byte = tokens[sorted[index]].bytes[depth]
                    var end = index + 1
                    while end < range.upperBound, tokens[sorted[end]].bytes[depth] == byte { end += 1 }
                    nextLevel.append((label.count, index..<end))
                    if node == 0 { rootChildren[Int(byte)] = Int32(label.count) }
                    childCount[node] += 1
                    label.append(byte)
                    firstChild.append(0)
                    childCount.append(0)
                    value.append(-1)
                    index = end
                }
            }
            level = nextLevel
            depth += 1
        }
    }

    /// Calls `body` with the length and value of each token that `text` has at `start`, the shortest first.
    @inline(__always)
    func forEachPrefix(of text: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (Int, Int32) -> Void) {
        guard start < text.count else { return }
        var node = Int(rootChildren[Int(text[start])])
        var index = start + 1
        while node >= 0 {
            let found = value[node]
            if found >= 0 { body(index - start, found) }
            guard index < text.count else { return }
            node = child(of: node, text[index])
            index += 1
        }
    }

    @inline(__always)
    private func child(of node: Int, _ byte: UInt8) -> Int {
        var low = Int(firstChild[node])
        var high = low + Int(childCount[node])
        while high - low > 8 {
            let middle = (low + high) / 2
            if label[middle] <= byte { low = middle } else { high = middle }
        }
        while low < high {
            if label[low] == byte { return low }
            low += 1
        }
        return -1
    }
}
