/// Rules of synonyms: sequences of words, and what may stand for them.
struct SynonymMap: Sendable {
    /// What a match gives.
    struct Outputs: Sendable {
        /// Sequences of words, in the order of the rules.
        var sequences: [[[UInt8]]] = []
        /// Whether the words that matched stay too.
        var keepsOriginal = false
    }

    private struct Node: Sendable {
        var next: [[UInt8]: Int] = [:]
        var outputs: Outputs?
    }

    // A trie over words.
    private var nodes: [Node] = [Node()]

    var isEmpty: Bool { nodes.count == 1 }

    init() {}

    mutating func add(_ input: [[UInt8]], _ output: [[UInt8]], keepsOriginal: Bool) {
        var node = 0
        for word in input {
            if let next = nodes[node].next[word] {
                node = next
            } else {
                nodes.append(Node())
                nodes[node].next[word] = nodes.count - 1
                node = nodes.count - 1
            }
        }
        var outputs = nodes[node].outputs ?? Outputs()
        if !outputs.sequences.contains(output) { outputs.sequences.append(output) }
        outputs.keepsOriginal = outputs.keepsOriginal || keepsOriginal
        nodes[node].outputs = outputs
    }

    /// The longest rule that matches the tokens from `first` on.
    func longestMatch(_ batch: borrowing TokenBatch, from first: Int) -> (length: Int, outputs: Outputs)? {
        var node = 0
        var best: (length: Int, outputs: Outputs)?
        var index = first
        while index < batch.tokens.count {
            guard !nodes[node].next.isEmpty, let next = nodes[node].next[batch.text(batch.tokens[index])] else { break }
            node = next
            index += 1
            if let outputs = nodes[node].outputs { best = (index - first, outputs) }
        }
        return best
    }

    /// Reads rules in Solr's format: `a, b => c` and `a, b, c`; `analyze` cuts the words of a side.
    init(
        solr rules: [String], expands: Bool, isLenient: Bool,
        analyze: (String) throws(AnalysisError) -> [[UInt8]]
    ) throws(AnalysisError) {
        for line in rules {
            let text = line.trimmed
            if text.isEmpty || text.hasPrefix("#") { continue }
            let sides = Self.split(text, "=>")
            func read(_ side: String) throws(AnalysisError) -> [[[UInt8]]] {
                var read: [[[UInt8]]] = []
                for part in Self.split(side, ",") {
                    do throws(AnalysisError) {
                        read.append(try analyze(Self.unescaped(part).trimmed))
                    } catch {
                        if !isLenient { throw error }
                    }
                }
                return read
            }
            guard sides.count <= 2 else {
                throw AnalysisError("more than one explicit mapping specified on the same line")
            }
            let inputs = try read(sides[0])
            if sides.count == 2 {
                let outputs = try read(sides[1])
                for input in inputs { for output in outputs { add(input, output, keepsOriginal: false) } }
            } else if expands {
                for (first, input) in inputs.enumerated() {
                    for (second, output) in inputs.enumerated() where first != second {
                        add(input, output, keepsOriginal: true)
                    }
                }
            } else if let output = inputs.first {
                for input in inputs { add(input, output, keepsOriginal: false) }
            }
        }
    }

    private static func split(_ text: String, _ separator: String) -> [String] {
        var parts: [String] = []
        var current = ""
        var view = text[...]
        while !view.isEmpty {
            if view.hasPrefix("\\") {
                current.append(view.removeFirst())
                if !view.isEmpty { current.append(view.removeFirst()) }
            } else if view.hasPrefix(separator) {
                parts.append(current)
                current = ""
                view.removeFirst(separator.count)
            } else {
                current.append(view.removeFirst())
            }
        }
        parts.append(current)
        // Empty sides do not count.
        return parts.filter { !$0.isEmpty }
    }

    private static func unescaped(_ text: String) -> String {
        var out = ""
        var view = text[...]
        while let character = view.first {
            view.removeFirst()
            if character == "\\", let escaped = view.first {
                out.append(escaped)
                view.removeFirst()
            } else {
                out.append(character)
            }
        }
        return out
    }
}
