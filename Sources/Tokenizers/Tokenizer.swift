/// Turns text into the ids that a model was trained with, and back, exactly as Hugging Face `tokenizers` does.
///
/// A tokenizer is immutable apart from its ``truncation`` and may be used by many threads at once. Texts of up to 2^30
/// bytes are taken. Padding is never applied: the encoders of this package do not pad.
public struct Tokenizer: Sendable {
    let pipeline: TokenizerPipeline
    private let margins: TokenMargins?

    /// How results are cut to a maximal number of tokens; nil = not at all.
    public var truncation: Truncation?

    init(pipeline: TokenizerPipeline, truncation: Truncation?) {
        self.pipeline = pipeline
        self.truncation = truncation
        margins = pipeline.postProcessor.trimsOffsets ? TokenMargins(pipeline.model) : nil
    }

    /// Encodes a text or a pair of texts.
    ///
    /// - Parameters:
    ///   - text: The text, or the first of a pair.
    ///   - pair: The second text of a pair.
    ///   - addSpecialTokens: Whether the post-processor adds its tokens.
    ///   - includeOverflow: Whether what truncation cuts off is kept in ``Encoding/overflowing``. As upstream, a pair of
    ///     which both texts are cut has a piece for every combination, which grows with the product of their lengths.
    /// - Throws: `TokenizerError` with code `truncation` if the strategy cannot reach the maximal length, if a setting is
    ///   negative, or if the overflowing pieces together have more than 2^24 tokens; with code `missingUnknownToken` if
    ///   the vocabulary has no unknown token and needs one; with code `matchLimit` if a pattern takes too many steps.
    /// - Complexity: O(bytes) for WordPiece; see the model for others.
    public func encode(
        _ text: String, pair: String? = nil, addSpecialTokens: Bool = true, includeOverflow: Bool = true
    ) throws(TokenizerError) -> Encoding {
        try withBytes(of: text) { (first) throws(TokenizerError) -> Encoding in
            guard let pair else { return try encode(valid: first, nil, addSpecialTokens, includeOverflow) }
            return try withBytes(of: pair) { (second) throws(TokenizerError) -> Encoding in
                try encode(valid: first, second, addSpecialTokens, includeOverflow)
            }
        }
    }

    /// Encodes UTF-8 bytes; ill-formed sequences read as U+FFFD, one for each maximal subpart.
    ///
    /// Byte offsets count in the repaired text.
    public func encode(
        utf8: UnsafeBufferPointer<UInt8>, pair: UnsafeBufferPointer<UInt8>? = nil, addSpecialTokens: Bool = true,
        includeOverflow: Bool = true
    ) throws(TokenizerError) -> Encoding {
        if utf8.isValidUTF8 && pair?.isValidUTF8 ?? true {
            return try encode(valid: utf8, pair, addSpecialTokens, includeOverflow)
        }
        return try encode(
            String(decoding: utf8, as: UTF8.self), pair: pair.map { String(decoding: $0, as: UTF8.self) },
            addSpecialTokens: addSpecialTokens, includeOverflow: includeOverflow)
    }

    /// Appends the ids and type ids of a text or a pair to the caller's arrays, and nothing else: the way for encoders.
    ///
    /// There is no allocation once the arrays and the buffers of the thread have grown. Ids are those of
    /// ``encode(_:pair:addSpecialTokens:includeOverflow:)``. With `longestFirst` truncation on the right, no words are
    /// cut into tokens once the result is certain; a tokenizer other than those of BERT still normalises the whole text.
    ///
    /// - Returns: Whether truncation cut anything off.
    @discardableResult
    public func appendIDs(
        of text: String, pair: String? = nil, addSpecialTokens: Bool = true, to ids: inout [Int32],
        typeIDs: inout [Int32]
    ) throws(TokenizerError) -> Bool {
        try withBytes(of: text) { (first) throws(TokenizerError) -> Bool in
            guard let pair else { return try appendIDs(valid: first, nil, addSpecialTokens, &ids, &typeIDs) }
            return try withBytes(of: pair) { (second) throws(TokenizerError) -> Bool in
                try appendIDs(valid: first, second, addSpecialTokens, &ids, &typeIDs)
            }
        }
    }

    /// Appends the ids and type ids of UTF-8 bytes to the caller's arrays; ill-formed sequences read as U+FFFD.
    ///
    /// - Returns: Whether truncation cut anything off.
    @discardableResult
    public func appendIDs(
        ofUTF8 text: UnsafeBufferPointer<UInt8>, pair: UnsafeBufferPointer<UInt8>? = nil,
        addSpecialTokens: Bool = true, to ids: inout [Int32], typeIDs: inout [Int32]
    ) throws(TokenizerError) -> Bool {
        if text.isValidUTF8 && pair?.isValidUTF8 ?? true {
            return try appendIDs(valid: text, pair, addSpecialTokens, &ids, &typeIDs)
        }
        return try appendIDs(
            of: String(decoding: text, as: UTF8.self), pair: pair.map { String(decoding: $0, as: UTF8.self) },
            addSpecialTokens: addSpecialTokens, to: &ids, typeIDs: &typeIDs)
    }

    /// Turns ids back into text.
    ///
    /// Ids that are not in the vocabulary are left out, as upstream does. A token at which a pattern of the decoder
    /// takes too many steps stays as it is.
    public func decode(_ ids: [Int32], skipSpecialTokens: Bool = true) -> String {
        var tokens: [String] = []
        for id in ids {
            guard let token = token(of: id) else { continue }
            if skipSpecialTokens && isSpecial(id) { continue }
            tokens.append(token)
        }
        return pipeline.decoder?.decodeChain(tokens).joined() ?? tokens.joined(separator: " ")
    }

    /// The token with an id, as the vocabulary writes it.
    public func token(of id: Int32) -> String? {
        pipeline.added.tokens[id]?.content ?? pipeline.model.token(of: id)
    }

    /// The id of a token, written as in the vocabulary.
    public func id(of token: String) -> Int32? { pipeline.added.id(of: token) ?? pipeline.model.id(of: token) }

    /// The number of different tokens, added tokens included.
    public var vocabularySize: Int {
        pipeline.model.vocabularySize + pipeline.added.countBeyond(pipeline.model)
    }

    /// The largest id plus one, added tokens included: how long a table by id has to be.
    ///
    /// More than ``vocabularySize`` if ids are left out.
    public var idBound: Int { 1 + Int(max(pipeline.model.largestID, pipeline.added.tokens.keys.max() ?? -1)) }

    /// Whether the token with an id is special: left out when decoding without special tokens.
    public func isSpecial(_ id: Int32) -> Bool { pipeline.added.isSpecial(id) }

    // MARK: Inside

    private func encode(
        valid first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>?, _ addSpecialTokens: Bool,
        _ includeOverflow: Bool
    ) throws(TokenizerError) -> Encoding {
        try pipeline.pool.withScratch { (scratch) throws(TokenizerError) -> Encoding in
            let rows = try tokenize(first, second, scratch, addSpecialTokens, limited: !includeOverflow)
            let assembler = EncodingAssembler(
                processor: pipeline.postProcessor, margins: margins, added: pipeline.added, texts: (first, second),
                rows: rows, addsSpecialTokens: addSpecialTokens)
            defer { scratch.rows = rows }
            return try assembler.assemble(truncation: truncation, includesOverflow: includeOverflow)
        }
    }

    /// The rows of one text or two, taken out of the scratch.
    private func tokenize(
        _ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>?, _ scratch: PipelineScratch,
        _ addSpecialTokens: Bool, limited: Bool
    ) throws(TokenizerError) -> ([RowToken], [RowToken]) {
        var rows: ([RowToken], [RowToken]) = ([], [])
        swap(&rows, &scratch.rows)
        rows.0.removeAll(keepingCapacity: true)
        rows.1.removeAll(keepingCapacity: true)
        // Truncation needs to know of a text only that it is longer than all that can stay. The two other strategies
        // have to know by how much.
        var limit = Int.max
        if limited, let truncation, truncation.direction == .right, truncation.strategy == .longestFirst {
            limit = max(truncation.maxLength, 0)
        }
        try pipeline.tokenize(first, into: &rows.0, scratch: scratch, limit: limit)
        guard let second else { return rows }
        // Of the second text no more is read than may stay.
        let secondLimit = truncation?.direction == .right && limited ? truncation?.maxPairLength : nil
        try pipeline.tokenize(
            second, into: &rows.1, scratch: scratch, limit: min(limit, secondLimit.map { max($0, 0) } ?? .max))
        let added = addSpecialTokens ? pipeline.postProcessor.addedTokenCount(isPair: true) : 0
        if rows.0.count > limit && rows.1.count > limit && !(limit - added).isMultiple(of: 2) {
            // Both texts are cut to one half, and the odd token goes to the longer one: that takes the real lengths.
            rows.0.removeAll(keepingCapacity: true)
            rows.1.removeAll(keepingCapacity: true)
            try pipeline.tokenize(first, into: &rows.0, scratch: scratch)
            try pipeline.tokenize(second, into: &rows.1, scratch: scratch)
        }
        return rows
    }

    private func appendIDs(
        valid first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>?, _ addSpecialTokens: Bool,
        _ ids: inout [Int32], _ typeIDs: inout [Int32]
    ) throws(TokenizerError) -> Bool {
        try pipeline.pool.withScratch { (scratch) throws(TokenizerError) -> Bool in
            let rows = try tokenize(first, second, scratch, addSpecialTokens, limited: true)
            defer { scratch.rows = rows }
            let processor = pipeline.postProcessor
            let plans = try TruncationPlan.plans(
                counts: (rows.0.count, second == nil ? nil : rows.1.count),
                addedTokens: addSpecialTokens ? processor.addedTokenCount(isPair: second != nil) : 0,
                truncation: truncation, includesOverflow: false)
            for part in processor.parts(isPair: second != nil) {
                switch part {
                case .special(let special, let typeID):
                    guard addSpecialTokens else { continue }
                    for id in special {
                        ids.append(id)
                        typeIDs.append(typeID)
                    }
                case .sequence(let sequence, let typeID):
                    let range = sequence == 0 ? plans.0.main : plans.1?.main ?? 0..<0
                    let row = sequence == 0 ? rows.0 : rows.1
                    for token in row[range] {
                        ids.append(token.id)
                        typeIDs.append(typeID)
                    }
                }
            }
            return !plans.0.overflowing.isEmpty || !(plans.1?.overflowing.isEmpty ?? true)
        }
    }

    private func withBytes<Result>(
        of text: String, _ body: (UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Result
    ) throws(TokenizerError) -> Result {
        var text = text
        text.makeContiguousUTF8()
        let span = text.utf8Span.span
        return try span.withUnsafeBufferPointer(body)
    }
}
