import JSON

/// Byte-pair encoding: a word is cut into characters, then the neighbouring pair of the lowest rank is merged, the
/// leftmost first, until no pair is left that merges.
///
/// Serves GPT-2 and RoBERTa (over the visible characters that stand for bytes), Llama (characters, bytes for what the
/// vocabulary lacks) and older models with a prefix of continuations or a suffix of word ends. Dropout, a trick of
/// training, is not applied.
///
/// Source: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016; order of
/// merges, unknown characters and offsets as in Hugging Face `tokenizers`.
package struct BytePairModel: SubwordModel {
    private let tokens: TokenTable
    private let merges: MergeTable
    /// Marks subwords that do not begin a word.
    private let prefix: [UInt8]
    /// Marks the last subword of a word.
    private let suffix: [UInt8]
    private let unknown: UnknownToken
    private let fusesUnknown: Bool
    /// The ids of `<0x00>` to `<0xFF>`, -1 where the vocabulary has none; nil without byte fallback.
    private let byteIDs: [Int32]?
    /// Whether a word that is itself a token is taken whole, merges or not.
    private let ignoresMerges: Bool
    /// The ids of the scalars below U+0800, -1 where the vocabulary has none.
    private let shortScalarIDs: [Int32]

    private enum UnknownToken: Sendable {
        /// Unknown characters vanish.
        case none
        case id(Int32)
        /// The settings name a token that the vocabulary lacks.
        case missing(String)
    }

    /// Longer symbol lists are merged by a heap: n log n instead of n squared.
    private static let longestScan = 48

    /// Reads the `model` object of a `tokenizer.json`.
    package init(_ settings: ComponentSettings) throws(TokenizerError) {
        tokens = try TokenTable(vocabularyOf: settings)
        prefix = Array((try settings.optionalString("continuing_subword_prefix") ?? "").utf8)
        suffix = Array((try settings.optionalString("end_of_word_suffix") ?? "").utf8)
        if let token = try settings.optionalString("unk_token") {
            unknown = tokens.id(of: token).map(UnknownToken.id) ?? .missing(token)
        } else {
            unknown = .none
        }
        fusesUnknown = try settings.bool("fuse_unk", default: false)
        ignoresMerges = try settings.bool("ignore_merges", default: false)
        if let dropout = settings["dropout"] {
            guard let rate = dropout.double, (0...1).contains(rate) else {
                throw settings.failure("dropout", "expected a number from 0 to 1")
            }
        }
        byteIDs =
            try settings.bool("byte_fallback", default: false)
            ? (0...255).map { [tokens] in tokens.id(of: ByteToken.name(of: UInt8($0))) ?? -1 } : nil
        merges = try Self.readMerges(settings, tokens: tokens, prefixLength: prefix.count)
        shortScalarIDs = (0..<0x800).map { [tokens] in
            tokens.id(of: String(Unicode.Scalar($0).map(Character.init)!)) ?? -1
        }
    }

    /// The merges as pairs, or in the older form as strings with one space.
    private static func readMerges(_ settings: ComponentSettings, tokens: TokenTable, prefixLength: Int)
        throws(TokenizerError) -> MergeTable
    {
        let list = try settings.array("merges")
        var merges = MergeTable(capacity: list.count)
        for (index, value) in list.enumerated() {
            let field = "merges[\(index)]"
            let left: String
            let right: String
            if let pair = value.array, pair.count == 2, let first = pair[0].string, let second = pair[1].string {
                (left, right) = (first, second)
            } else if let line = value.string {
                if line.hasPrefix("#version") { continue }
                let parts = line.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
                guard parts.count == 2 else { throw settings.failure(field, "expected two tokens and one space") }
                (left, right) = (String(parts[0]), String(parts[1]))
            } else {
                throw settings.failure(field, "expected a pair of tokens")
            }
            guard right.utf8.count >= prefixLength else {
                throw settings.failure(field, "\"\(right)\" is shorter than the prefix of continuations")
            }
            let merged = left + String(decoding: right.utf8.dropFirst(prefixLength), as: UTF8.self)
            guard let leftID = tokens.id(of: left), let rightID = tokens.id(of: right),
                let mergedID = tokens.id(of: merged)
            else {
                let missing = [left, right, merged].first { tokens.id(of: $0) == nil } ?? merged
                throw settings.failure(field, "\"\(missing)\" is not in the vocabulary")
            }
            merges.append(leftID, rightID, merged: mergedID)
        }
        return merges
    }

    package func id(of token: String) -> Int32? { tokens.id(of: token) }

    package func token(of id: Int32) -> String? { tokens.token(of: id) }

    package var vocabularySize: Int { tokens.count }

    package var largestID: Int32 { tokens.largestID }

    /// Splits one pre-token.
    ///
    /// - Complexity: O(n log n) in the length of the word.
    package func tokenize(
        _ word: UnsafeBufferPointer<UInt8>, into pieces: inout [SubwordPiece], scratch: inout ModelScratch
    ) {
        if ignoresMerges {
            let id = tokens.id(of: word)
            if id >= 0 {
                pieces.append(SubwordPiece(id: id, start: 0, end: Int32(word.count)))
                return
            }
        }
        scratch.int32A.removeAll(keepingCapacity: true)
        scratch.int32B.removeAll(keepingCapacity: true)
        guard cut(word, &scratch) else { return }
        if scratch.int32A.count > Self.longestScan {
            mergeByHeap(&scratch)
        } else if scratch.int32A.count > 1 {
            mergeByScan(&scratch)
        }
        var start: Int32 = 0
        for (id, length) in zip(scratch.int32A, scratch.int32B) where length > 0 {
            // Bytes of a prefix or suffix that fell back to byte tokens lie outside the word.
            let end = min(start + length, Int32(word.count))
            pieces.append(SubwordPiece(id: id, start: start, end: end))
            start = end
        }
    }

    // MARK: Symbols

    /// Writes the ids (`int32A`) and byte lengths (`int32B`) of the characters of `word`; false if it failed.
    private func cut(_ word: UnsafeBufferPointer<UInt8>, _ scratch: inout ModelScratch) -> Bool {
        let marked = !prefix.isEmpty || !suffix.isEmpty
        // The unknown characters that have been seen but not written; HF writes byte tokens that follow before them.
        var unknownLength: Int32 = 0
        var index = 0
        while index < word.count {
            let (scalar, length) = UTF8Scalar.decode(word, at: index)
            let end = index + length
            let id: Int32
            if marked {
                id = markedID(word, index, end, &scratch)
            } else if scalar < 0x800 {
                id = shortScalarIDs[Int(scalar)]
            } else {
                id = tokens.id(of: UnsafeBufferPointer(rebasing: word[index..<end]))
            }
            if id < 0, let byteIDs {
                let written =
                    marked
                    ? appendBytes(scratch.bytes, byteIDs, &scratch)
                    : appendBytes(word[index..<end], byteIDs, &scratch)
                if written {
                    index = end
                    continue
                }
            }
            if id >= 0 {
                if unknownLength > 0, case .id(let unknownID) = unknown {
                    scratch.int32A.append(unknownID)
                    scratch.int32B.append(unknownLength)
                    unknownLength = 0
                }
                scratch.int32A.append(id)
                scratch.int32B.append(Int32(length))
            } else {
                switch unknown {
                case .none: break
                case .missing(let token):
                    scratch.failure = TokenizerError(
                        .missingUnknownToken,
                        "the text has a character that the vocabulary lacks, and so does it lack the unknown token "
                            + "\"\(token)\"; correct unk_token", location: "model.unk_token")
                    return false
                case .id(let unknownID):
                    if unknownLength > 0, !fusesUnknown {
                        scratch.int32A.append(unknownID)
                        scratch.int32B.append(unknownLength)
                        unknownLength = 0
                    }
                    unknownLength += Int32(length)
                }
            }
            index = end
        }
        if unknownLength > 0, case .id(let unknownID) = unknown {
            scratch.int32A.append(unknownID)
            scratch.int32B.append(unknownLength)
        }
        return true
    }

    /// The id of a character with the marks that its place in the word asks for; its bytes are left in `scratch.bytes`.
    private func markedID(
        _ word: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ scratch: inout ModelScratch
    ) -> Int32 {
        scratch.bytes.removeAll(keepingCapacity: true)
        if start > 0 { scratch.bytes.append(contentsOf: prefix) }
        scratch.bytes.append(contentsOf: word[start..<end])
        if end == word.count { scratch.bytes.append(contentsOf: suffix) }
        return scratch.bytes.withUnsafeBufferPointer { tokens.id(of: $0) }
    }

    /// Appends a byte token for each byte, if the vocabulary has all of them.
    private func appendBytes(_ bytes: some Collection<UInt8>, _ byteIDs: [Int32], _ scratch: inout ModelScratch) -> Bool
    {
        for byte in bytes where byteIDs[Int(byte)] < 0 { return false }
        for byte in bytes {
            scratch.int32A.append(byteIDs[Int(byte)])
            scratch.int32B.append(1)
        }
        return true
    }

    // MARK: Merging

    /// Merges a short symbol list: looks for the lowest rank again after every merge.
    private func mergeByScan(_ scratch: inout ModelScratch) {
        let count = scratch.int32A.count
        scratch.int32C.removeAll(keepingCapacity: true)
        scratch.int32C.reserveCapacity(count)
        scratch.int32A.withUnsafeMutableBufferPointer { ids in
            for index in 1..<count { scratch.int32C.append(merges.rank(ids[index - 1], ids[index])) }
            scratch.int32C.append(MergeTable.noRank)
            scratch.int32B.withUnsafeMutableBufferPointer { lengths in
                scratch.int32C.withUnsafeMutableBufferPointer { ranks in
                    var live = count
                    while true {
                        var best = MergeTable.noRank
                        var at = 0
                        for index in 0..<live where ranks[index] < best {
                            best = ranks[index]
                            at = index
                        }
                        guard best != MergeTable.noRank else { break }
                        ids[at] = merges.mergedIDs[Int(best)]
                        lengths[at] += lengths[at + 1]
                        live -= 1
                        var index = at + 1
                        while index < live {
                            ids[index] = ids[index + 1]
                            lengths[index] = lengths[index + 1]
                            ranks[index] = ranks[index + 1]
                            index += 1
                        }
                        ranks[at] = at + 1 < live ? merges.rank(ids[at], ids[at + 1]) : MergeTable.noRank
                        if at > 0 { ranks[at - 1] = merges.rank(ids[at - 1], ids[at]) }
                    }
                    for index in live..<count { lengths[index] = 0 }
                }
            }
        }
    }

    /// Merges a long symbol list: a linked list of symbols and a heap of candidate merges, some of them out of date.
    private func mergeByHeap(_ scratch: inout ModelScratch) {
        let count = scratch.int32A.count
        scratch.int32C.removeAll(keepingCapacity: true)
        scratch.int32D.removeAll(keepingCapacity: true)
        var heap = MergeHeap(taking: &scratch.int64A)
        for index in 0..<count {
            scratch.int32C.append(Int32(index) - 1)
            scratch.int32D.append(index + 1 < count ? Int32(index) + 1 : -1)
            if index + 1 < count {
                heap.appendUnordered(merges.rank(scratch.int32A[index], scratch.int32A[index + 1]), index)
            }
        }
        heap.order()
        while let (rank, position) = heap.pop() {
            let next = Int(scratch.int32D[position])
            guard scratch.int32B[position] > 0, next >= 0 else { continue }
            let current = merges.rank(scratch.int32A[position], scratch.int32A[next])
            guard current != MergeTable.noRank,
                merges.mergedIDs[Int(current)] == merges.mergedIDs[Int(rank)]
            else { continue }
            scratch.int32A[position] = merges.mergedIDs[Int(rank)]
            scratch.int32B[position] += scratch.int32B[next]
            scratch.int32B[next] = 0
            let after = Int(scratch.int32D[next])
            scratch.int32D[position] = Int32(after)
            let before = Int(scratch.int32C[position])
            if before >= 0 {
                heap.push(merges.rank(scratch.int32A[before], scratch.int32A[position]), before)
            }
            if after >= 0 {
                scratch.int32C[after] = Int32(position)
                heap.push(merges.rank(scratch.int32A[position], scratch.int32A[after]), position)
            }
        }
        heap.giveBack(to: &scratch.int64A)
    }
}
