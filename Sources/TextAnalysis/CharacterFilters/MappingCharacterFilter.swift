/// Replaces strings by others, always the longest that matches (Lucene's `MappingCharFilter`).
struct MappingCharacterFilter: CharacterFilter {
    private struct Node: Sendable {
        var next: [UInt8: Int] = [:]
        var replacement: [UInt8]?
    }

    // A trie over the UTF-8 of what is replaced.
    private var nodes: [Node] = [Node()]

    /// Reads rules like `ph => f`; both sides may have escapes (`\u0020`, `\n`, `\\`).
    init(rules: [String]) throws(AnalysisError) {
        for rule in rules {
            guard let arrow = Self.arrow(in: rule) else { throw AnalysisError("Invalid Mapping Rule : [\(rule)]") }
            let left = try Self.unescaped(String(rule[..<arrow]).trimmed)
            let right = try Self.unescaped(String(rule[rule.index(arrow, offsetBy: 2)...]).trimmed)
            guard !left.isEmpty else {
                throw AnalysisError("Invalid Mapping Rule : [\(rule)]. cannot match the empty string")
            }
            var node = 0
            for byte in left.utf8 {
                if let next = nodes[node].next[byte] {
                    node = next
                } else {
                    nodes.append(Node())
                    nodes[node].next[byte] = nodes.count - 1
                    node = nodes.count - 1
                }
            }
            if nodes[node].replacement != nil {
                throw AnalysisError("match \"\(left)\" was already added")
            }
            nodes[node].replacement = Array(right.utf8)
        }
    }

    /// The last `=>`, as Lucene's greedy pattern finds it.
    private static func arrow(in rule: String) -> String.Index? {
        var found: String.Index?
        var index = rule.startIndex
        while index < rule.endIndex {
            if rule[index...].hasPrefix("=>") { found = index }
            index = rule.index(after: index)
        }
        return found
    }

    private static func unescaped(_ text: String) throws(AnalysisError) -> String {
        var out = String.UnicodeScalarView()
        var view = Array(text.unicodeScalars)[...]
        while let scalar = view.popFirst() {
            guard scalar == "\\" else {
                out.append(scalar)
                continue
            }
            guard let letter = view.popFirst() else {
                throw AnalysisError("Invalid escaped char in [\(text)]")
            }
            switch letter {
            case "n": out.append("\n")
            case "t": out.append("\t")
            case "r": out.append("\r")
            case "b": out.append("\u{8}")
            case "f": out.append("\u{C}")
            case "u":
                let digits = String(String.UnicodeScalarView(view.prefix(4)))
                guard digits.unicodeScalars.count == 4, let value = UInt32(digits, radix: 16) else {
                    throw AnalysisError("Invalid escaped char in [\(text)]")
                }
                view = view.dropFirst(4)
                out.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            default: out.append(letter)
            }
        }
        return String(out)
    }

    func apply(_ text: UnsafeBufferPointer<UInt8>, into output: inout FilteredText) {
        guard let base = text.baseAddress else { return }
        var index = 0
        // UTF-16 offset behind what has been read.
        var unit = 0
        while index < text.count {
            var node = 0
            var position = index
            var found: (end: Int, replacement: [UInt8])?
            while position < text.count, let next = nodes[node].next[text[position]] {
                node = next
                position += 1
                if let replacement = nodes[node].replacement { found = (position, replacement) }
            }
            guard let found else {
                let length = UTF8Scalar.decode(base, at: index).length
                output.bytes.append(contentsOf: text[index..<index + length])
                index += length
                unit += UTF8Scalar.utf16Width(ofBytes: length)
                continue
            }
            let matched = UTF8Scalar.utf16Count(base + index, found.end - index)
            let written = found.replacement.withUnsafeBufferPointer { replacement in
                replacement.baseAddress.map { UTF8Scalar.utf16Count($0, replacement.count) } ?? 0
            }
            index = found.end
            unit += matched
            let before = output.lastDifference
            if matched > written {
                output.addCorrection(at: unit - (matched - written) - before, difference: before + matched - written)
            } else if written > matched {
                for extra in 0..<written - matched {
                    output.addCorrection(at: unit - before + extra, difference: before - extra - 1)
                }
            }
            output.bytes += found.replacement
        }
    }
}

/// Replaces what a regular expression matches (Lucene's `PatternReplaceCharFilter`).
struct PatternReplaceCharacterFilter: CharacterFilter {
    var pattern: CompiledPattern
    var replacement: ReplacementTemplate

    func apply(_ text: UnsafeBufferPointer<UInt8>, into output: inout FilteredText) throws(AnalysisError) {
        guard let base = text.baseAddress else { return }
        var copied = 0
        // UTF-16 length of the output, and how much longer the input is.
        var unit = 0
        var difference = 0
        var piece: [UInt8] = []
        try pattern.forEachMatch(in: text) { match throws(AnalysisError) in
            let range = match.range
            unit += UTF8Scalar.utf16Count(base + copied, range.lowerBound - copied)
            output.bytes.append(contentsOf: text[copied..<range.lowerBound])
            copied = range.upperBound
            piece.removeAll(keepingCapacity: true)
            replacement.append(match, of: text, to: &piece)
            output.bytes += piece
            let matched = UTF8Scalar.utf16Count(base + range.lowerBound, range.count)
            let written = piece.withUnsafeBufferPointer { piece in
                piece.baseAddress.map { UTF8Scalar.utf16Count($0, piece.count) } ?? 0
            }
            if written < matched {
                difference += matched - written
                output.addCorrection(at: unit + written, difference: difference)
            } else if written > matched {
                for extra in matched..<written {
                    difference -= 1
                    output.addCorrection(at: unit + extra, difference: difference)
                }
            }
            unit += written
            return true
        }
        output.bytes.append(contentsOf: text[copied...])
    }
}
