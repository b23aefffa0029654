import JSON

/// A unigram language model: of all ways to cut a word into tokens, the one with the greatest sum of scores (Viterbi).
///
/// A character that begins no token costs ten less than the lowest score of the vocabulary; neighbouring unknown
/// characters become one unknown piece, or byte tokens with byte fallback.
///
/// Source: Kudo, "Subword Regularization", ACL 2018; ties, unknown characters and offsets as in Hugging Face
/// `tokenizers`, whose search is that of sentencepiece.
package struct UnigramModel: SubwordModel {
    private let tokens: TokenTable
    /// The pieces by id; a piece that comes twice has two ids, of which the last is used.
    private let names: [String]
    private let scores: [Double]
    private let trie: TokenTrie
    private let unknownID: Int32?
    private let unknownScore: Double
    /// The ids of `<0x00>` to `<0xFF>`, -1 where the vocabulary has none; nil without byte fallback.
    private let byteIDs: [Int32]?

    /// Reads the `model` object of a `tokenizer.json`.
    package init(_ settings: ComponentSettings) throws(TokenizerError) {
        let list = try settings.array("vocab")
        var entries: [(token: String, id: Int32)] = []
        var scores: [Double] = []
        entries.reserveCapacity(list.count)
        scores.reserveCapacity(list.count)
        for (index, value) in list.enumerated() {
            guard let pair = value.array, pair.count == 2, let piece = pair[0].string, let score = pair[1].double,
                let id = Int32(exactly: index)
            else {
                throw settings.failure("vocab[\(index)]", "expected a pair of piece and score")
            }
            entries.append((piece, id))
            scores.append(score)
        }
        guard let tokens = TokenTable(entries) else {
            throw settings.failure("vocab", "the pieces have more than 2 GB in total")
        }
        if settings["unk_id"] != nil {
            guard !list.isEmpty else { throw settings.failure("vocab", "the vocabulary is empty, but unk_id is set") }
            unknownID = Int32(try settings.int("unk_id", in: 0...(list.count - 1)))
        } else {
            unknownID = nil
        }
        byteIDs =
            try settings.bool("byte_fallback", default: false)
            ? (0...255).map { [tokens] in tokens.id(of: ByteToken.name(of: UInt8($0))) ?? -1 } : nil
        trie = TokenTrie(entries.map { (Array($0.token.utf8), $0.id) })
        unknownScore = (scores.min() ?? .infinity) - Self.unknownPenalty
        names = entries.map(\.token)
        self.scores = scores
        self.tokens = tokens
    }

    private static let unknownPenalty = 10.0

    package func id(of token: String) -> Int32? { tokens.id(of: token) }

    package func token(of id: Int32) -> String? {
        id >= 0 && Int(id) < names.count ? names[Int(id)] : nil
    }

    package var vocabularySize: Int { names.count }

    package var largestID: Int32 { Int32(names.count) - 1 }

    /// Splits one pre-token.
    ///
    /// - Complexity: O(n m) in the length n of the word and the greatest length m of a token.
    package func tokenize(
        _ word: UnsafeBufferPointer<UInt8>, into pieces: inout [SubwordPiece], scratch: inout ModelScratch
    ) {
        guard !word.isEmpty else { return }
        guard findBestPath(word, &scratch) else {
            scratch.failure = TokenizerError(
                .missingUnknownToken,
                "the text has a character that the vocabulary lacks, and there is no unknown token; set unk_id",
                location: "model.unk_id")
            return
        }
        // The path is known from its end: collected backwards, then turned round.
        let first = pieces.count
        var end = word.count
        while end > 0 {
            let id = scratch.int32B[end]
            var start = Int(scratch.int32A[end])
            if id == unknownID {
                while start > 0, scratch.int32B[start] == id { start = Int(scratch.int32A[start]) }
                appendUnknown(word, start, end, id, &pieces)
            } else {
                pieces.append(SubwordPiece(id: id, start: Int32(start), end: Int32(end)))
            }
            end = start
        }
        pieces[first...].reverse()
    }

    /// Finds the best path.
    ///
    /// Kept for each byte that ends a character: the best score up to it (`doubles`), where the last token of that path begins
    /// (`int32A`) and its id (`int32B`). False if a character has no token and there is no unknown one.
    private func findBestPath(_ word: UnsafeBufferPointer<UInt8>, _ scratch: inout ModelScratch) -> Bool {
        let count = word.count + 1
        Self.clear(&scratch.doubles, count, 0)
        Self.clear(&scratch.int32A, count, -1)
        Self.clear(&scratch.int32B, count, 0)
        return scratch.doubles.withUnsafeMutableBufferPointer { best in
            scratch.int32A.withUnsafeMutableBufferPointer { starts in
                scratch.int32B.withUnsafeMutableBufferPointer { ids in
                    var start = 0
                    while start < word.count {
                        let scoreHere = best[start]
                        let length = UTF8Scalar.length(lead: word[start])
                        var isCovered = false
                        trie.forEachPrefix(of: word, from: start) { tokenLength, id in
                            let end = start + tokenLength
                            let score = scores[Int(id)] + scoreHere
                            if starts[end] < 0 || score > best[end] {
                                best[end] = score
                                starts[end] = Int32(start)
                                ids[end] = id
                            }
                            if tokenLength == length { isCovered = true }
                        }
                        if !isCovered {
                            let end = start + length
                            let score = unknownScore + scoreHere
                            if starts[end] < 0 || score > best[end] {
                                guard let unknownID else { return false }
                                best[end] = score
                                starts[end] = Int32(start)
                                ids[end] = unknownID
                            }
                        }
                        start += length
                    }
                    return true
                }
            }
        }
    }

    private static func clear<Element>(_ buffer: inout [Element], _ count: Int, _ value: Element) {
        buffer.removeAll(keepingCapacity: true)
        buffer.append(contentsOf: repeatElement(value, count: count))
    }

    /// Appends what stands for a run of unknown characters, in reverse.
    private func appendUnknown(
        _ word: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ unknownID: Int32, _ pieces: inout [SubwordPiece]
    ) {
        let run = UnsafeBufferPointer(rebasing: word[start..<end])
        // The run may spell a token that the search did not prefer; upstream looks pieces up by their text.
        var id = tokens.id(of: run)
        if id < 0, let byteIDs, run.allSatisfy({ byteIDs[Int($0)] >= 0 }) {
            for byte in run.reversed() {
                pieces.append(SubwordPiece(id: byteIDs[Int(byte)], start: Int32(start), end: Int32(end)))
            }
            return
        }
        if id < 0 { id = unknownID }
        pieces.append(SubwordPiece(id: id, start: Int32(start), end: Int32(end)))
    }
}
