public import JSON
import Relevance

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
    }

    /// A dropped query, to look at.
    public struct Example: Sendable, Hashable {
        /// The query.
        public let query: String
        /// The id of its document.
        public let document: String
        /// How it was made.
        public let kind: GeneratedQuery.Kind
    }

    /// How many examples are kept for each reason.
    public static let exampleLimit = 5

    /// Documents of the collection.
    public let documents: Int
    /// Documents of which no span or crop could be made.
    public internal(set) var tooShortDocuments = 0
    /// Queries that were made.
    public internal(set) var made: [GeneratedQuery.Kind: Int] = [:]
    /// Queries that are left.
    public internal(set) var kept: [GeneratedQuery.Kind: Int] = [:]
    /// Dropped queries by kind and reason.
    public internal(set) var dropped: [GeneratedQuery.Kind: [Reason: Int]] = [:]
    /// The first few for each reason.
    public internal(set) var examples: [Reason: [Example]] = [:]

    init(documents: Int) { self.documents = documents }

    mutating func drop(_ pair: GeneratedQuery, _ reason: Reason, _ documents: [RetrievalDataset.Document]) {
        dropped[pair.kind, default: [:]][reason, default: 0] += 1
        if examples[reason, default: []].count < Self.exampleLimit {
            examples[reason, default: []].append(
                Example(query: pair.query, document: documents[pair.document].id, kind: pair.kind))
        }
    }

    /// The report for people.
    public var text: String {
        var lines = ["\(documents) documents; of \(tooShortDocuments) draws the document was too short", ""]
        for kind in GeneratedQuery.Kind.allCases {
            guard let made = made[kind] else { continue }
            lines.append("\(kind.rawValue): \(made) made, \(kept[kind] ?? 0) kept")
            for reason in Reason.allCases {
                if let count = dropped[kind]?[reason] { lines.append("  \(reason.rawValue): \(count)") }
            }
        }
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
            JSONObject([
                ("documents", number(documents)), ("too_short_documents", number(tooShortDocuments)),
                ("kinds", .object(JSONObject(kinds))),
            ]))
    }
}
