import SearchIndex
import TestSupport
import TextAnalysis

/// What an index should hold, in plain arrays: documents with their children.
struct NaiveDocument: Equatable {
    var words: [[String]] = []
    var tags: [String] = []
    var numbers: [Int64] = []
    var children: [[String]] = []

    static let text: FieldNumber = 0, tag: FieldNumber = 1, number: FieldNumber = 2, child: FieldNumber = 3
    static let fields: [(FieldNumber, FieldOptions)] = [
        (text, .text), (tag, .keyword), (number, .number),
        (child, FieldOptions(indexing: .frequencies, hasNorms: true)),
    ]

    /// Words follow a Zipf-like law, so that some terms have many blocks and many have one document.
    static func word(_ generator: inout SeededGenerator, vocabulary: Int = 300) -> String {
        let u = Double.random(in: 0..<1, using: &generator)
        return "w\(Int(Double(vocabulary) * u * u * u))"
    }

    static func random(_ generator: inout SeededGenerator) -> NaiveDocument {
        var document = NaiveDocument()
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
            document.words.append(
                (0..<Int.random(in: 0...30, using: &generator)).map { _ in word(&generator) })
        }
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            document.tags.append("t\(Int.random(in: 0..<40, using: &generator))")
        }
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
            document.numbers.append(
                Bool.random(using: &generator)
                    ? Int64.random(in: -5...5, using: &generator) : Int64.random(in: .min ... .max, using: &generator))
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                document.children.append((0..<3).map { _ in word(&generator) })
            }
        }
        return document
    }

    static func tokens(_ words: [String]) -> TokenBuffer {
        var buffer = TokenBuffer()
        for (i, word) in words.enumerated() {
            buffer.append(word.utf8, position: Int32(i), startOffset: 0, endOffset: 0)
        }
        return buffer
    }

    func fill(_ document: inout IndexDocument, seqNo: Int64) {
        document.removeAll()
        document.seqNo = seqNo
        for child in children {
            document.add(Self.child, tokens: Self.tokens(child))
            document.endChild()
        }
        for words in words { document.add(Self.text, tokens: Self.tokens(words), gap: 10) }
        if !words.isEmpty { document.add(exists: Self.text) }
        for tag in tags {
            document.add(Self.tag, term: tag)
            document.add(Self.tag, value: tag)
        }
        for number in numbers { document.add(Self.number, integer: number) }
    }

    /// Term, then positions.
    var positions: [String: [Int]] {
        var result: [String: [Int]] = [:]
        var base = 0
        for value in words {
            for (i, word) in value.enumerated() { result[word, default: []].append(base + i) }
            base += value.count + 10
        }
        return result
    }
}

/// What an index holds, read back through its snapshot.
enum SnapshotReader {
    struct Content: Equatable {
        var documents: [Int64: NaiveDocument] = [:]
        var order: [Int64] = []
    }

    /// Everything of live documents, by sequence number: the words of a text field come back as its positions.
    static func positions(_ snapshot: IndexSnapshot) -> [Int64: [String: [Int]]] {
        var result: [Int64: [String: [Int]]] = [:]
        for segment in snapshot.segments {
            guard let terms = segment.terms(NaiveDocument.text) else { continue }
            var cursor = terms.cursor()
            while cursor.next() {
                let name = String(decoding: cursor.term, as: UTF8.self)
                let postings = terms.postings(cursor.entry)
                while postings.next() != noMoreDocuments {
                    guard segment.isLive(postings.document) else { continue }
                    let positions = (0..<postings.frequency).map { _ in postings.nextPosition() }
                    result[segment.seqNo(of: postings.document), default: [:]][name] = positions
                }
            }
        }
        return result
    }

    static func tags(_ snapshot: IndexSnapshot) -> [Int64: [String]] {
        var result: [Int64: [String]] = [:]
        for segment in snapshot.segments {
            guard let column = segment.ordinals(NaiveDocument.tag) else { continue }
            for document in 0..<segment.documentCount where segment.isLive(document) {
                var tags: [String] = []
                column.ordinals.forEach(of: document) {
                    tags.append(String(decoding: column.bytes(of: Int($0)), as: UTF8.self))
                }
                if !tags.isEmpty { result[segment.seqNo(of: document)] = tags }
            }
        }
        return result
    }

    static func numbers(_ snapshot: IndexSnapshot) -> [Int64: [Int64]] {
        var result: [Int64: [Int64]] = [:]
        for segment in snapshot.segments {
            guard let column = segment.integers(NaiveDocument.number) else { continue }
            for document in 0..<segment.documentCount where segment.isLive(document) {
                var numbers: [Int64] = []
                column.forEach(of: document) { numbers.append($0) }
                if !numbers.isEmpty { result[segment.seqNo(of: document)] = numbers }
            }
        }
        return result
    }

    /// Children by the sequence number of their block: each as its sorted words with frequencies.
    static func children(_ snapshot: IndexSnapshot) -> [Int64: [[String: Int]]] {
        var result: [Int64: [[String: Int]]] = [:]
        for segment in snapshot.segments {
            var words = [[String: Int]](repeating: [:], count: segment.documentCount)
            if let terms = segment.terms(NaiveDocument.child) {
                var cursor = terms.cursor()
                while cursor.next() {
                    let postings = terms.postings(cursor.entry)
                    while postings.next() != noMoreDocuments {
                        words[postings.document][String(decoding: cursor.term, as: UTF8.self)] = postings.frequency
                    }
                }
            }
            for document in 0..<segment.documentCount where segment.isLive(document) {
                guard let roots = segment.roots, !roots.contains(document) else { continue }
                result[segment.seqNo(of: document), default: []].append(words[document])
            }
        }
        return result
    }
}
