import Tokenizers

extension InputTokenizer {
    /// The windows of one text.
    package struct Windows: Sendable, Hashable {
        /// One sequence for each window, from the beginning of the text to its end.
        package var sequences: [TokenSequence]
        /// Whether a part of the input is in no window.
        package var isCut: Bool
    }

    /// A text, or a pair, in as many sequences as it takes to read all of it.
    ///
    /// The second text of a pair (else the only one) is laid out in stretches; the first text stands in every sequence. A
    /// first text that leaves less than half of a sequence to the second is cut to that half.
    ///
    /// - Parameters:
    ///   - overlap: tokens that a window repeats from the one before it; at most half of what a window holds.
    ///   - maximumWindows: what is behind so many windows is cut.
    package func windows(
        _ text: String, pair: String?, cut: Cut, overlap: Int, maximumWindows: Int
    ) throws(EncoderError) -> Windows {
        let whole = try sequence(text, pair: pair, cut: cut)
        guard whole.isTruncated else { return Windows(sequences: [whole], isCut: false) }
        let encoding = try encoding(text, pair: pair, cut: cut)
        let laidOut: Int8 = pair == nil ? 0 : 1
        let specialTokens = encoding.sequenceIDs.count { $0 < 0 }
        let (textTokens, firstTokens) = (
            encoding.sequenceIDs.count { $0 == laidOut }, encoding.sequenceIDs.count { $0 == 0 && laidOut == 1 }
        )
        let space = maximumTokens - specialTokens
        guard space >= 2 else { return Windows(sequences: [whole], isCut: true) }
        let keptFirst = min(firstTokens, max(space / 2, space - textTokens))
        let room = space - keptFirst
        let step = max(1, room - min(max(overlap, 0), room / 2))
        var sequences: [TokenSequence] = []
        var start = 0
        repeat {
            sequences.append(
                window(
                    of: encoding, laidOut, start..<min(start + room, textTokens),
                    first: cut.side == .left ? (firstTokens - keptFirst)..<firstTokens : 0..<keptFirst))
            start += step
        } while start - step + room < textTokens && sequences.count < max(1, maximumWindows)
        let isComplete = start - step + room >= textTokens && keptFirst == firstTokens && !encoding.isTruncated
        return Windows(sequences: sequences, isCut: !isComplete)
    }

    /// One stretch of the text that is laid out, with the first text and the special tokens where they stand.
    ///
    /// Complexity: O(tokens of the window), whatever the length of the text.
    private func window(of encoding: Encoding, _ laidOut: Int8, _ range: Range<Int>, first: Range<Int>) -> TokenSequence
    {
        let start = encoding.sequenceIDs.firstIndex(of: laidOut) ?? encoding.count
        let end = encoding.sequenceIDs.lastIndex(of: laidOut).map { $0 + 1 } ?? encoding.count
        let stretch = (start + range.lowerBound)..<(start + range.upperBound)
        var (ids, typeIDs): ([Int32], [Int32]) = ([], [])
        var firstToken = 0
        for indices in [0..<start, stretch, end..<encoding.count] {
            for index in indices {
                if laidOut == 1 && encoding.sequenceIDs[index] == 0 {
                    defer { firstToken += 1 }
                    guard first.contains(firstToken) else { continue }
                }
                ids.append(encoding.ids[index])
                typeIDs.append(encoding.typeIDs[index])
            }
        }
        return TokenSequence(ids: ids, typeIDs: readsTypes ? typeIDs : nil)
    }
}
