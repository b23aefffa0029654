/// What becomes of the delimiters when a text is split.
enum SplitBehavior: String, Sendable, CaseIterable {
    /// They are dropped.
    case removed = "Removed"
    /// Each is a piece of its own.
    case isolated = "Isolated"
    /// Each ends the piece before it.
    case mergedWithPrevious = "MergedWithPrevious"
    /// Each begins the piece after it.
    case mergedWithNext = "MergedWithNext"
    /// Neighbouring delimiters form one piece.
    case contiguous = "Contiguous"

    /// Calls `body` with the ranges of the pieces, in order.
    ///
    /// `matches` cover the text.
    @inline(__always)
    func forEachRange(of matches: [PatternMatch], _ body: (_ start: Int, _ end: Int) -> Void) {
        switch self {
        case .isolated:
            for match in matches { body(match.start, match.end) }
        case .removed:
            for match in matches where !match.isMatch { body(match.start, match.end) }
        case .contiguous:
            Self.merge(matches, body) { $0.isMatch == $1.isMatch }
        case .mergedWithPrevious:
            Self.merge(matches, body) { !$0.isMatch && $1.isMatch }
        case .mergedWithNext:
            Self.merge(matches, body) { $0.isMatch && !$1.isMatch }
        }
    }

    /// Joins each match with the one before it where `joins` says so; both sides must be single matches, except that
    /// runs of equal kind may grow.
    @inline(__always)
    private static func merge(
        _ matches: [PatternMatch], _ body: (_ start: Int, _ end: Int) -> Void,
        joins: (_ previous: PatternMatch, _ next: PatternMatch) -> Bool
    ) {
        guard var current = matches.first else { return }
        var previous = current
        for match in matches.dropFirst() {
            if joins(previous, match) {
                current.end = match.end
            } else {
                body(current.start, current.end)
                current = match
            }
            previous = match
        }
        body(current.start, current.end)
    }
}
