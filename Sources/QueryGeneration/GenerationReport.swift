public import JSON
package import Relevance

/// How many queries were made and kept, and why others were dropped.
public struct GenerationReport: Sendable, Hashable {
    /// Why a query was dropped.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// It has too few words.
        case shortQuery = "short_query"
        /// It has too many words.
        case longQuery = "long_query"
        /// Too little is left of its document.
        case shortDocument = "short_document"
        /// There is the same query already.
        case duplicate
        /// Too many documents share the first place.
        case general
        /// No source finds its document near the top.
        case notFound = "not_found"
        /// It speaks of the document as such ("the text above"), which users do not see.
        case mentionsDocument = "mentions_document"
        /// Nearly all of its runs of four words stand in the document.
        case copied
        /// A language model wrote more queries than it was asked for.
        case surplus
    }

    /// A dropped query, to look at.
    public struct Example: Sendable, Hashable {
        /// The query.
        public let query: String
        /// The id of its document.
        public let document: String
        /// How it was made.
        public let kind: GeneratedQuery.Kind
        /// Why it was dropped.
        public let reason: Reason
    }

    /// How many examples are kept for each reason.
    public static let exampleLimit = 5

    /// Documents of the collection.
    public let documents: Int
    /// Documents of which no span, crop or query of a few words could be made.
    public internal(set) var tooShortDocuments = 0
    /// Queries that were made.
    public internal(set) var made: [GeneratedQuery.Kind: Int] = [:]
    /// Queries that are left.
    public internal(set) var kept: [GeneratedQuery.Kind: Int] = [:]
    /// Dropped queries by kind and reason.
    public internal(set) var dropped: [GeneratedQuery.Kind: [Reason: Int]] = [:]
    /// All dropped queries, in the order in which they were dropped.
    public internal(set) var droppedQueries: [Example] = []
    /// What a language model answered; nil if none was asked.
    public package(set) var answers: AnswerCounts?

    /// The first few dropped queries for each reason.
    public var examples: [Reason: [Example]] {
        Dictionary(grouping: droppedQueries, by: \.reason).mapValues { Array($0.prefix(Self.exampleLimit)) }
    }

    package init(documents: Int) { self.documents = documents }

    /// Counts a query that was made, and drops it.
    package mutating func refuse(_ pair: GeneratedQuery, _ reason: Reason, _ documents: [RetrievalDataset.Document]) {
        made[pair.kind, default: 0] += 1
        drop(pair, reason, documents)
    }

    mutating func drop(_ pair: GeneratedQuery, _ reason: Reason, _ documents: [RetrievalDataset.Document]) {
        dropped[pair.kind, default: [:]][reason, default: 0] += 1
        droppedQueries.append(
            Example(query: pair.query, document: documents[pair.document].id, kind: pair.kind, reason: reason))
    }

    /// The report for people.
    public var text: String {
        var lines =
            answers.map { ["\(documents) documents; \($0.text)", ""] }
            ?? ["\(documents) documents; of \(tooShortDocuments) draws the document was too short", ""]
        for kind in GeneratedQuery.Kind.allCases {
            guard let made = made[kind] else { continue }
            lines.append("\(kind.rawValue): \(made) made, \(kept[kind] ?? 0) kept")
            for reason in Reason.allCases {
                if let count = dropped[kind]?[reason] { lines.append("  \(reason.rawValue): \(count)") }
            }
        }
        let examples = examples
        for reason in Reason.allCases {
            guard let examples = examples[reason] else { continue }
            lines += ["", "dropped as \(reason.rawValue):"]
            lines += examples.map { "  \($0.document) (\($0.kind.rawValue)): \($0.query.prefix(90))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The report for programs.
    public var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        let kinds = GeneratedQuery.Kind.allCases.filter { made[$0] != nil }.map { kind in
            let reasons = Reason.allCases.compactMap { reason in
                dropped[kind]?[reason].map { (key: reason.rawValue, value: number($0)) }
            }
            return (
                key: kind.rawValue,
                value: JSONValue.object(
                    JSONObject([
                        ("made", number(made[kind] ?? 0)), ("kept", number(kept[kind] ?? 0)),
                        ("dropped", .object(JSONObject(reasons))),
                    ]))
            )
        }
        return .object(
            JSONObject(
                [
                    ("documents", number(documents)), ("too_short_documents", number(tooShortDocuments)),
                    ("kinds", .object(JSONObject(kinds))),
                ] + (answers.map { [("answers", $0.json)] } ?? [])))
    }
}
