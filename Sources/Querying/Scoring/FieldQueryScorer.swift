import Mappings
import SearchIndex

/// The documents that a field's query finds in a segment, without scores.
enum FieldQueryScorer {
    static func make(_ query: FieldQuery, _ segment: Segment) throws -> Scorer? {
        switch query {
        case .none: return nil
        case .all: return AllScorer(documentCount: segment.documentCount)
        case .existsMark(let field): return segment.existence(of: field).map { PostingsScorer($0) }
        case .existsInteger(let field):
            guard let column = segment.integers(field) else { return nil }
            return PredicateScorer(segment.documentCount) { column.count(of: $0) > 0 }
        case .existsOrdinal(let field):
            guard let column = segment.ordinals(field)?.ordinals else { return nil }
            return PredicateScorer(segment.documentCount) { column.count(of: $0) > 0 }
        case .term(let field, let term): return segment.postings(field, term).map { PostingsScorer($0) }
        case .terms(let field, let terms):
            guard let dictionary = segment.terms(field) else { return nil }
            return union(terms.compactMap { dictionary.seek($0).map { dictionary.postings($0) } }, segment)
        case .integers(let field, let range):
            guard let column = segment.integers(field), let bounds = column.bounds, bounds.overlaps(range) else {
                return nil
            }
            var set = DocumentSet(capacity: segment.documentCount)
            column.collect(range, into: &set)
            return SetScorer(set)
        case .integerSet(let field, let values):
            guard let column = segment.integers(field) else { return nil }
            let wanted = Set(values)
            return PredicateScorer(segment.documentCount) { document in
                for i in 0..<column.count(of: document) where wanted.contains(column.value(i, of: document)) {
                    return true
                }
                return false
            }
        case .termRange(let field, let lower, let upper):
            guard let dictionary = segment.terms(field) else { return nil }
            var cursors: [PostingsCursor] = []
            var cursor = dictionary.cursor()
            guard lower.map({ cursor.seek(atLeast: $0.bytes) }) ?? cursor.next() else { return nil }
            repeat {
                let term = cursor.term
                if let lower, !lower.isIncluded, term == lower.bytes { continue }
                if let upper {
                    if upper.bytes.lexicographicallyPrecedes(term) { break }
                    if !upper.isIncluded, term == upper.bytes { break }
                }
                cursors.append(dictionary.postings(cursor.entry))
            } while cursor.next()
            return union(cursors, segment)
        case .valueRange(let field, let lower, let upper):
            guard let column = segment.ordinals(field) else { return nil }
            var first = 0
            if let lower {
                let place = column.seek(lower.bytes)
                first = place.found && !lower.isIncluded ? place.ordinal + 1 : place.ordinal
            }
            var end = column.count
            if let upper {
                let place = column.seek(upper.bytes)
                end = place.found && upper.isIncluded ? place.ordinal + 1 : place.ordinal
            }
            guard first < end else { return nil }
            var set = DocumentSet(capacity: segment.documentCount)
            column.ordinals.collect(Int64(first)...Int64(end - 1), into: &set)
            return SetScorer(set)
        }
    }

    /// The documents of several terms: their set.
    static func union(_ cursors: [PostingsCursor], _ segment: Segment) -> Scorer? {
        if cursors.isEmpty { return nil }
        if cursors.count == 1 { return PostingsScorer(cursors[0]) }
        var set = DocumentSet(capacity: segment.documentCount)
        for cursor in cursors {
            while cursor.next() != noMoreDocuments { set.insert(cursor.document) }
        }
        return SetScorer(set)
    }

    /// Documents by sequence number; deleted ones are left to the search.
    static func make(seqNos: [Int64], _ segment: Segment) -> Scorer? {
        let documents = seqNos.compactMap { segment.document(withSeqNo: $0) }
        if documents.isEmpty { return nil }
        var set = DocumentSet(capacity: segment.documentCount)
        for document in documents { set.insert(document) }
        return SetScorer(set, count: documents.count)
    }
}

/// The documents of a pattern's terms.
enum PatternScorer {
    static func make(_ pattern: TermPattern, _ terms: TermDictionary, _ segment: Segment) throws -> Scorer? {
        var set = DocumentSet(capacity: segment.documentCount)
        var single: PostingsCursor?
        var count = 0
        try pattern.forEach(in: terms) { _, _, entry in
            let cursor = terms.postings(entry)
            count += 1
            if count == 1 {
                single = cursor
                return true
            }
            if let first = single {
                while first.next() != noMoreDocuments { set.insert(first.document) }
                single = nil
            }
            while cursor.next() != noMoreDocuments { set.insert(cursor.document) }
            return true
        }
        if count == 0 { return nil }
        if let single { return PostingsScorer(single) }
        return SetScorer(set)
    }
}

/// The documents of one term, without scores.
final class PostingsScorer: Scorer {
    private let cursor: PostingsCursor
    init(_ cursor: PostingsCursor) { self.cursor = cursor }

    override var cost: Int { cursor.count }

    override func next() -> Int {
        document = cursor.next()
        return document
    }

    override func advance(to target: Int) -> Int {
        document = cursor.advance(to: target)
        return document
    }

    override func maxScore(upTo document: Int) -> Float { 0 }
}

/// The documents for which a test is true; every document is tested when it is reached.
final class PredicateScorer: Scorer {
    private let count: Int
    private let test: (Int) -> Bool

    init(_ count: Int, _ test: @escaping (Int) -> Bool) {
        self.count = count
        self.test = test
    }

    override var cost: Int { count }
    override var needsConfirmation: Bool { true }
    override func matches() -> Bool { test(document) }

    override func advance(to target: Int) -> Int {
        document = target < count ? target : noMoreDocuments
        return document
    }

    override func maxScore(upTo document: Int) -> Float { 0 }
}
