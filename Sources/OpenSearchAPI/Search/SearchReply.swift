internal import JSON
internal import Querying

/// The parts of a search's answer that come from the indices.
struct SearchReply: Sendable {
    /// The object `hits`, written.
    var hits: [UInt8]
    /// The object `aggregations`, written; nil without any.
    var aggregations: [UInt8]?
    /// The object `suggest`; nil unless asked for.
    var suggest: JSONValue?
    /// The object `profile`; nil unless asked for.
    var profile: JSONValue?
    /// The array `processor_results`; nil unless asked for.
    var processorResults: JSONValue?
    /// The object `ext`: what processors tell beside the hits; nil without any.
    var extensions: JSONValue?
    /// Whether the time limit was met.
    var isTimedOut = false
    /// Whether counting ended early, where that was asked for.
    var terminatedEarly: Bool?
    /// Indices that could not answer, and why.
    var failures: [SearchError] = []
    /// Hits of this page.
    var hitCount = 0
    /// Where the next page begins; nil if this was the last.
    var lastSortValues: [JSONValue]?
}

/// What a scroll remembers.
struct ScrollPayload: Sendable {
    /// The search, with the order that makes every hit's place unique.
    let search: SearchRequest
    /// The filters of aliases, one for each snapshot.
    let filters: [Query?]
    /// Where the next page begins.
    let after: [JSONValue]?
    /// Whether all hits were given out.
    let isAtEnd: Bool
}
