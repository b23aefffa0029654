/// Why a candidate did not become a negative; in the order in which they are asked.
public enum DropReason: String, Sendable, Hashable, CaseIterable {
    /// It is known to be relevant.
    case relevant
    /// It is the query itself: the same id, or the same text.
    case query
    /// It has the same text as a relevant document, or as a candidate of a lower number.
    case sameText = "same_text"
    /// It shares most of its shingles with a relevant document.
    case nearDuplicate = "near_duplicate"
    /// It scores too near to the positive, by the absolute margin.
    case absoluteMargin = "absolute_margin"
    /// It scores too near to the positive, by the relative margin.
    case relativeMargin = "relative_margin"
    /// It scores too much.
    case maximumScore = "max_score"
    /// It scores too little.
    case minimumScore = "min_score"
    /// It is among the best that are skipped.
    case rangeMin = "range_min"
    /// It ranks behind the last that are considered.
    case rangeMax = "range_max"
    /// It is admissible, and there were enough others.
    case notChosen = "not_chosen"

    /// What a report says.
    public var explanation: String {
        switch self {
        case .relevant: "known to be relevant"
        case .query: "the query itself"
        case .sameText: "the same text as a relevant document or another candidate"
        case .nearDuplicate: "nearly the same text as a relevant document"
        case .absoluteMargin: "nearer to the positive than the absolute margin"
        case .relativeMargin: "nearer to the positive than the relative margin"
        case .maximumScore: "above the highest score"
        case .minimumScore: "below the lowest score"
        case .rangeMin: "among the best that are skipped"
        case .rangeMax: "behind the last rank"
        case .notChosen: "admissible, but others were chosen"
        }
    }
}
