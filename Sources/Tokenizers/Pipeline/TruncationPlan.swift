/// Which stretches of a row of tokens make the result and its overflowing pieces.
struct TruncationPlan: Sendable {
    /// What stays.
    var main: Range<Int>
    /// What was cut off, in pieces that repeat `stride` tokens of their neighbour.
    var overflowing: [Range<Int>] = []

    /// Plans for one text or two.
    ///
    /// - Throws: `truncation` if the strategy cannot reach the length, or if the stride is not below it.
    static func plans(
        counts: (Int, Int?), addedTokens: Int, truncation: Truncation?, includesOverflow: Bool
    ) throws(TokenizerError) -> (TruncationPlan, TruncationPlan?) {
        var first = TruncationPlan(main: 0..<counts.0)
        var second = counts.1.map { TruncationPlan(main: 0..<$0) }
        guard let truncation else { return (first, second) }
        guard truncation.maxLength >= 0 && truncation.stride >= 0 && truncation.maxPairLength ?? 0 >= 0 else {
            throw TokenizerError(
                .truncation,
                "the maximal length \(truncation.maxLength), the stride \(truncation.stride) and the maximal length of "
                    + "the second text must not be negative")
        }
        if let limit = truncation.maxPairLength { second?.limit(to: limit, truncation.direction) }
        let counts = (counts.0, second?.main.count)
        let length = truncation.maxLength - addedTokens
        guard length >= 0 else {
            throw TokenizerError(
                .truncation,
                "the maximal length \(truncation.maxLength) is less than the \(addedTokens) special tokens; raise it")
        }
        let total = counts.0 + (counts.1 ?? 0)
        if total <= length && length > 0 { return (first, second) }
        if length == 0 {
            try first.cut(to: 0, truncation, includesOverflow)
            try second?.cut(to: 0, truncation, includesOverflow)
            return (first, second)
        }
        let excess = total - length
        switch truncation.strategy {
        case .longestFirst:
            guard let other = counts.1 else {
                try first.cut(to: length, truncation, includesOverflow)
                return (first, second)
            }
            var (short, long) = (min(counts.0, other), max(counts.0, other))
            long = short > length ? short : max(short, length - short)
            if short + long > length {
                short = length / 2
                long = short + length % 2
            }
            let isSwapped = counts.0 > other
            try first.cut(to: isSwapped ? long : short, truncation, includesOverflow)
            try second?.cut(to: isSwapped ? short : long, truncation, includesOverflow)
        case .onlyFirst:
            guard counts.0 > excess else { throw tooShort(counts.0, excess, "first", truncation) }
            try first.cut(to: counts.0 - excess, truncation, includesOverflow)
        case .onlySecond:
            guard let other = counts.1 else {
                throw TokenizerError(
                    .truncation, "the strategy only_second needs a pair; use longest_first for single texts")
            }
            guard other > excess else { throw tooShort(other, excess, "second", truncation) }
            try second?.cut(to: other - excess, truncation, includesOverflow)
        }
        return (first, second)
    }

    private static func tooShort(_ count: Int, _ excess: Int, _ name: String, _ truncation: Truncation)
        -> TokenizerError
    {
        TokenizerError(
            .truncation,
            "the \(name) text has \(count) tokens and \(excess) would have to go; use longest_first or a maximal "
                + "length above \(truncation.maxLength)")
    }

    /// Leaves `limit` tokens; what is cut off is one piece.
    private mutating func limit(to limit: Int, _ direction: Truncation.Direction) {
        let all = main
        guard limit < all.count else { return }
        switch direction {
        case .right:
            main = all.prefix(limit)
            overflowing = [all.dropFirst(limit)]
        case .left:
            main = all.suffix(limit)
            overflowing = [all.dropLast(limit)]
        }
    }

    private mutating func cut(
        to length: Int, _ truncation: Truncation, _ includesOverflow: Bool
    ) throws(TokenizerError) {
        let (all, count) = (main, main.count)
        if length >= count { return }
        if length == 0 {
            overflowing = [main]
            main = 0..<0
            return
        }
        guard truncation.stride < length else {
            throw TokenizerError(
                .truncation, "the stride \(truncation.stride) must be below the \(length) tokens that stay; lower it")
        }
        let step = length - truncation.stride
        switch truncation.direction {
        case .right:
            main = all.prefix(length)
            overflowing = []
            guard includesOverflow else {
                overflowing = [all.dropFirst(length)]
                return
            }
            var start = all.lowerBound
            while start + length < all.upperBound {
                start += step
                overflowing.append(start..<min(start + length, all.upperBound))
            }
        case .left:
            main = all.suffix(length)
            overflowing = []
            guard includesOverflow else {
                overflowing = [all.dropLast(length)]
                return
            }
            var end = all.upperBound
            while end - length > all.lowerBound {
                end -= step
                overflowing.append(max(all.lowerBound, end - length)..<end)
            }
        }
    }
}
