/// Which documents answer which query, and how well: the "qrels" of an evaluation.
///
/// A grade above zero is relevant; the grade is the gain of nDCG. Zero and below mean "looked at and not relevant"; a document
/// without grade counts as not relevant, which punishes systems that the judges never saw. Ids that are canonically equivalent
/// Unicode (`é` composed or not) are one id.
public struct Judgements: Sendable, Hashable {
    /// Grades by query id, then document id.
    public private(set) var grades: [String: [String: Int]]

    /// Judgements from grades by query id, then document id.
    public init(_ grades: [String: [String: Int]] = [:]) {
        self.grades = grades
    }

    /// The judged queries, sorted by the bytes of their ids.
    public var queries: [String] {
        grades.keys.sorted(by: precedesByBytes)
    }

    /// The grade of a document for a query, `nil` where nobody judged it.
    public func grade(query: String, document: String) -> Int? {
        grades[query]?[document]
    }

    /// Sets one grade and returns the one that was there.
    @discardableResult
    public mutating func setGrade(_ grade: Int, query: String, document: String) -> Int? {
        grades[query, default: [:]].updateValue(grade, forKey: document)
    }
}

/// The order of `strcmp`: by UTF-8 bytes, not by Swift's canonical equivalence, so that files sort as other tools sort them.
package func precedesByBytes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
}
