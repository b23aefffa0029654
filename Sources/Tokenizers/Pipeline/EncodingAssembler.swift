/// Makes an ``Encoding`` of rows of tokens: truncation, special tokens, offsets in bytes and in scalars.
struct EncodingAssembler {
    let processor: PostProcessor
    let margins: TokenMargins?
    let added: AddedVocabulary
    /// The texts that the rows are about; valid UTF-8.
    let texts: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>?)
    let rows: ([RowToken], [RowToken])
    let addsSpecialTokens: Bool

    func assemble(truncation: Truncation?, includesOverflow: Bool) throws(TokenizerError) -> Encoding {
        let isPair = texts.1 != nil
        let (first, second) = try TruncationPlan.plans(
            counts: (rows.0.count, isPair ? rows.1.count : nil),
            addedTokens: addsSpecialTokens ? processor.addedTokenCount(isPair: isPair) : 0,
            truncation: truncation, includesOverflow: includesOverflow)
        let parts = processor.parts(isPair: isPair)
        let plans = [first, second].compactMap { $0 }
        var result = encoding(parts, choice: Array(repeating: 0, count: parts.count), plans)
        result.isTruncated = plans.contains { !$0.overflowing.isEmpty }
        if includesOverflow && result.isTruncated {
            try checkOverflow(plans)
            let choice = Choice.merged(parts, plans)
            result.overflowing = choice.overflowing.map { overflowing(parts, $0, plans) }
        }
        return result
    }

    /// The most tokens that all overflowing pieces may have together (about 1 GB of arrays).
    static let mostOverflow = 1 << 24

    /// Refuses overflow that would not fit in memory: a pair has pieces times pieces of it, twice because of the nesting.
    private func checkOverflow(_ plans: [TruncationPlan]) throws(TokenizerError) {
        // An empty piece has its price, too.
        var (pieces, tokens) = (2.0, 16.0)
        for plan in plans {
            pieces *= Double(plan.overflowing.count + 1)
            tokens += Double(max(plan.main.count, plan.overflowing.first?.count ?? 0))
        }
        if plans.count == 1 { pieces /= 2 }
        guard pieces * tokens <= Double(Self.mostOverflow) else {
            throw TokenizerError(
                .truncation,
                "the overflowing pieces would have more than \(Self.mostOverflow) tokens; encode without overflow, or "
                    + "cut the texts into parts")
        }
    }

    private func overflowing(_ parts: [PostProcessor.Part], _ choice: Choice, _ plans: [TruncationPlan]) -> Encoding {
        var result = encoding(parts, choice: choice.pieces, plans)
        result.overflowing = choice.overflowing.map { overflowing(parts, $0, plans) }
        return result
    }

    /// Which stretch each part of a template takes: 0 = the main one, n = the nth overflowing one.
    ///
    /// Upstream joins parts one by one and combines each overflowing piece with each of the other side; the pieces of a
    /// pair carry overflowing pieces of their own. The same order and the same nesting come out here.
    private struct Choice {
        var pieces: [Int] = []
        var overflowing: [Choice] = []

        static func merged(_ parts: [PostProcessor.Part], _ plans: [TruncationPlan]) -> Choice {
            var result = Choice()
            for part in parts {
                var count = 0
                if case .sequence(let sequence, _) = part { count = plans[sequence].overflowing.count }
                let others = (0..<count).map { Choice(pieces: [$0 + 1]) }
                result.merge(Choice(pieces: [0], overflowing: others))
            }
            return result
        }

        private mutating func merge(_ other: Choice) {
            var combined: [Choice] = []
            for own in overflowing {
                for piece in [other] + other.overflowing {
                    var choice = own
                    choice.merge(piece)
                    combined.append(choice)
                }
            }
            for piece in other.overflowing {
                var choice = self
                choice.merge(piece)
                combined.append(choice)
            }
            pieces += other.pieces
            overflowing = combined
        }
    }

    private func encoding(_ parts: [PostProcessor.Part], choice: [Int], _ plans: [TruncationPlan]) -> Encoding {
        var result = Encoding()
        var count = 0
        for (part, piece) in zip(parts, choice) {
            switch part {
            case .special(let ids, _): count += addsSpecialTokens ? ids.count : 0
            case .sequence(let sequence, _): count += Self.range(plans[sequence], piece).count
            }
        }
        result.reserveCapacity(count)
        for (part, piece) in zip(parts, choice) {
            switch part {
            case .special(let ids, let typeID):
                guard addsSpecialTokens else { continue }
                for id in ids { result.appendSpecial(id, typeID: typeID) }
            case .sequence(let sequence, var typeID):
                if piece > 0 { typeID = processor.zeroesOverflowingTypeIDs && addsSpecialTokens ? 0 : Int32(sequence) }
                append(Self.range(plans[sequence], piece), of: sequence, typeID: typeID, to: &result)
            }
        }
        return result
    }

    private static func range(_ plan: TruncationPlan, _ piece: Int) -> Range<Int> {
        piece == 0 ? plan.main : plan.overflowing[piece - 1]
    }

    private func append(_ range: Range<Int>, of sequence: Int, typeID: Int32, to result: inout Encoding) {
        guard let text = sequence == 0 ? texts.0 : texts.1 else { return }
        let row = sequence == 0 ? rows.0 : rows.1
        var counter = ScalarCounter(text)
        for (position, token) in row[range].enumerated() {
            result.ids.append(token.id)
            result.typeIDs.append(typeID)
            result.specialTokensMask.append(false)
            result.sequenceIDs.append(Int8(sequence))
            result.wordIDs.append(token.word)
            var bytes = (start: Int(token.start), end: max(Int(token.start), Int(token.end)))
            var characters = counter.characters(from: bytes.start, to: bytes.end)
            if let margins {
                trim(token, text, position, margins, &bytes)
                trim(token, text, position, margins, &characters)
            }
            result.byteOffsets.append(bytes.start..<max(bytes.start, bytes.end))
            result.characterOffsets.append(characters.start..<max(characters.start, characters.end))
        }
    }

    /// Takes white space at the ends of a token out of its offsets.
    private func trim(
        _ token: RowToken, _ text: UnsafeBufferPointer<UInt8>, _ position: Int, _ margins: TokenMargins,
        _ offsets: inout (start: Int, end: Int)
    ) {
        var margin = margins[token.id]
        if added.tokens[token.id] != nil {
            // The token counts with the white space that it took with it.
            let slice = text[Int(token.start)..<Int(max(token.start, token.end))]
            let measured = TokenMargins.measure(String(decoding: slice, as: UTF8.self).unicodeScalars)
            margin = (Int(measured.leading), Int(measured.trailing))
        }
        if margin.leading > 0 {
            // A single space at the start was not in the text if the pre-tokeniser puts one there.
            let isOwn = (position == 0 || offsets.start == 0) && processor.addsPrefixSpace && margin.leading == 1
            if !isOwn { offsets.start = min(offsets.start + margin.leading, offsets.end) }
        }
        if margin.trailing > 0 && offsets.end >= margin.trailing {
            offsets.end = max(offsets.end - margin.trailing, offsets.start)
        }
    }
}

/// Turns byte positions into counts of scalars, fast for positions that mostly grow.
struct ScalarCounter {
    private let text: UnsafeBufferPointer<UInt8>
    private let isASCII: Bool
    private var byte = 0
    private var scalars = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        isASCII = text.isASCII
    }

    /// The scalar range of a byte range, by upstream's rules for positions at and beyond the end.
    mutating func characters(from start: Int, to end: Int) -> (start: Int, end: Int) {
        // A range that begins at the end of the text keeps its byte positions.
        if isASCII || start >= text.count { return (start, end) }
        return (index(of: start), end >= text.count ? index(of: text.count) : index(of: end))
    }

    /// The index of the scalar that byte `position` belongs to.
    private mutating func index(of position: Int) -> Int {
        while byte < position {
            if text[byte] & 0xC0 != 0x80 { scalars += 1 }
            byte += 1
        }
        while byte > position {
            byte -= 1
            if text[byte] & 0xC0 != 0x80 { scalars -= 1 }
        }
        let isInside = position < text.count && text[position] & 0xC0 == 0x80
        return isInside ? scalars - 1 : scalars
    }
}
