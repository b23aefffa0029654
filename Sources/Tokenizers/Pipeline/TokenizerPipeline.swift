/// The immutable parts of a tokenizer and the way of a text through them, up to the row of tokens that truncation and
/// post-processing work on.
final class TokenizerPipeline: Sendable {
    let normalizer: (any Normalizer)?
    let preTokenizer: (any PreTokenizer)?
    let model: any SubwordModel
    let postProcessor: PostProcessor
    let decoder: (any TokenDecoder)?
    let added: AddedVocabulary
    let pool = ScratchPool()
    /// The fused scanner, if the components are those of BERT.
    let bertScanner: BertScanner?

    /// The longest text in bytes: offsets are 32-bit numbers, and rewriting may make a text longer.
    static let longestText = 1 << 30

    init(
        normalizer: (any Normalizer)?, preTokenizer: (any PreTokenizer)?, model: any SubwordModel,
        postProcessor: PostProcessor, decoder: (any TokenDecoder)?, addedTokens: [AddedToken]
    ) throws(TokenizerError) {
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
        self.model = model
        self.postProcessor = postProcessor
        self.decoder = decoder
        added = try AddedVocabulary(addedTokens, model: model, normalizer: normalizer)
        if let bert = normalizer as? BertNormalizer, preTokenizer is BertPreTokenizer,
            let wordPiece = model as? WordPieceModel, added.normalizedMatcher.isEmpty
        {
            bertScanner = BertScanner(normalizer: bert, model: wordPiece)
        } else {
            bertScanner = nil
        }
    }

    /// Appends the tokens of `text` (valid UTF-8) to `row`.
    ///
    /// With a `limit`, work stops after the word that brings the row to more than `limit` tokens.
    func tokenize(
        _ text: UnsafeBufferPointer<UInt8>, into row: inout [RowToken], scratch: PipelineScratch, limit: Int = .max
    ) throws(TokenizerError) {
        guard text.count <= Self.longestText else {
            throw TokenizerError(
                .textTooLong, "the text has \(text.count) bytes, the limit is \(Self.longestText); cut it into parts")
        }
        scratch.model.failure = nil
        if let bertScanner, scan(text, with: bertScanner, into: &row, &scratch.bert, &scratch.model, limit) {
            if let failure = scratch.model.failure { throw failure }
            return
        }
        scratch.model.failure = nil
        try cut(text, scratch: scratch)
        scratch.text.bytes.withUnsafeBufferPointer { bytes in
            var word: Int32 = 0
            for piece in scratch.text.pieces {
                if piece.token >= 0 {
                    let (start, end) = scratch.text.range(of: 0..<(piece.end - piece.start), in: piece)
                    row.append(RowToken(id: piece.token, start: start, end: end, word: word))
                } else {
                    scratch.pieces.removeAll(keepingCapacity: true)
                    let slice = UnsafeBufferPointer(rebasing: bytes[piece.start..<piece.end])
                    model.tokenize(slice, into: &scratch.pieces, scratch: &scratch.model)
                    for token in scratch.pieces {
                        let (start, end) = scratch.text.range(of: Int(token.start)..<Int(token.end), in: piece)
                        row.append(RowToken(id: token.id, start: start, end: end, word: word))
                    }
                }
                word += 1
                if row.count > limit { return }
            }
        }
        if let failure = scratch.model.failure { throw failure }
    }

    /// The fused way; false if the text needs the general one.
    private func scan(
        _ text: UnsafeBufferPointer<UInt8>, with scanner: BertScanner, into row: inout [RowToken],
        _ work: inout BertWorkspace, _ scratch: inout ModelScratch, _ limit: Int
    ) -> Bool {
        work.reset()
        var isDone = true
        if added.rawMatcher.isEmpty {
            isDone = scanner.scan(text, 0..<text.count, &work, &scratch, limit)
        } else {
            added.rawMatcher.forEachStretch(of: text) { start, end, id in
                if !isDone || work.tokens.count > limit { return }
                if id < 0 {
                    isDone = scanner.scan(text, start..<end, &work, &scratch, limit)
                } else {
                    let (first, last) = (Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: end))
                    work.tokens.append(RowToken(id: id, start: first, end: last, word: work.wordIndex))
                    work.wordIndex += 1
                }
            }
        }
        if isDone { row.append(contentsOf: work.tokens.elements) }
        return isDone
    }

    /// Finds added tokens, normalises what is between them, and cuts it into words.
    private func cut(_ text: UnsafeBufferPointer<UInt8>, scratch: PipelineScratch) throws(TokenizerError) {
        scratch.text.removeAll()
        var failure: TokenizerError?
        added.rawMatcher.forEachStretch(of: text) { start, end, id in
            scratch.normalized.load(UnsafeBufferPointer(rebasing: text[start..<end]), at: start)
            if failure != nil { return }
            if id < 0 { normalizer?.normalize(&scratch.normalized) }
            failure = scratch.normalized.failure
            let base = scratch.text.append(scratch.normalized)
            let count = scratch.normalized.bytes.count
            if id >= 0 || added.normalizedMatcher.isEmpty {
                scratch.text.appendPiece(start: base, end: base + count, origin: start, token: id)
                return
            }
            scratch.normalized.bytes.withUnsafeBufferPointer { normalized in
                added.normalizedMatcher.forEachStretch(of: normalized) { first, last, token in
                    guard first < last else { return }
                    let origin = Int(scratch.normalized.starts[first])
                    scratch.text.appendPiece(start: base + first, end: base + last, origin: origin, token: token)
                }
            }
        }
        if let failure { throw failure }
        preTokenizer?.preTokenize(&scratch.text)
        if let failure = scratch.text.failure { throw failure }
    }
}
