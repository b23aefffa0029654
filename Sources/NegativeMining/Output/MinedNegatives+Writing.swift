import JSON
import ModelFiles

extension MinedNegatives {
    /// What was written.
    public struct Written: Sendable, Hashable {
        /// Lines, without a header.
        public var lines = 0
        /// Queries without a line: they have no negatives, or fewer than the form needs.
        public var skippedQueries = 0
    }

    /// Writes a file, which appears when all of it is written.
    ///
    /// - Parameters:
    ///   - withScores: whether the guide's scores are written; nil means as the form is mostly wanted: in FlagEmbedding's lines and in
    ///     tables, where they stand beside the labels, and not in the others, where trainers take them for the teacher's.
    ///   - withIDs: whether ids are written beside texts, where there are some: `query_id`, `pos_ids` and `neg_ids`, `doc_ids`,
    ///     `doc_id`. sentence-transformers takes further columns for inputs: leave ids out for it.
    /// - Throws: ``MiningError/Code/cannotWrite``; ``MiningError/Code/badData`` for a table of a collection without ids;
    ///   ``MiningError/Code/badSetting`` for another form than tuples where positives are among the negatives.
    @discardableResult
    public func write(
        _ format: MinedFileFormat, to path: String, withScores: Bool? = nil, withIDs: Bool = true
    ) throws(MiningError) -> Written {
        if format == .table, queries.contains(where: { task.queries[$0.query].id == nil }) {
            throw MiningError(.badData, "a table needs ids, and the collection has none", advice: "Write JSON lines")
        }
        if report.options.includesPositives, format != .nTuple {
            throw MiningError(
                .badSetting,
                "positives are among the negatives, which the form \(format.rawValue) would call irrelevant",
                advice: "Write n-tuple")
        }
        let withScores = withScores ?? (format == .flagEmbedding || format == .table)
        var written = Written()
        do throws(ModelFileError) {
            try ReplacedFile.write(to: path) { (file) throws(ModelFileError) in
                var lines = MinedLines(self, format, withScores: withScores, withIDs: withIDs)
                lines.writeHeader()
                for query in queries {
                    let count = lines.write(query)
                    written.lines += count
                    if count == 0 { written.skippedQueries += 1 }
                    if lines.bytes.count > 1 << 20 { try Self.append(&lines, to: file) }
                }
                try Self.append(&lines, to: file)
            }
        } catch {
            throw MiningError(
                .cannotWrite, "\(path): \(error.reason)", advice: "Check the folder and the space on the disk")
        }
        return written
    }

    private static func append(_ lines: inout MinedLines, to file: borrowing ReplacedFile) throws(ModelFileError) {
        try lines.bytes.withUnsafeBufferPointer { (bytes) throws(ModelFileError) in
            try file.append(UnsafeRawBufferPointer(bytes))
        }
        lines.removeAll()
    }
}

/// The lines of one form.
private struct MinedLines {
    private let mined: MinedNegatives
    private let format: MinedFileFormat
    private let withScores: Bool
    private let withIDs: Bool
    private var writer = JSONWriter()
    private var table: [UInt8] = []

    init(_ mined: MinedNegatives, _ format: MinedFileFormat, withScores: Bool, withIDs: Bool) {
        self.mined = mined
        self.format = format
        self.withScores = withScores
        self.withIDs = withIDs
    }

    /// What is not handed on yet.
    var bytes: [UInt8] { format == .table ? table : writer.bytes }

    mutating func removeAll() {
        writer.removeAll()
        table.removeAll(keepingCapacity: true)
    }

    mutating func writeHeader() {
        guard format == .table else { return }
        table += "query-id\tcorpus-id\tlabel".utf8
        if withScores { for name in ["score"] + mined.report.sources.map(\.name) { table += "\t\(name)".utf8 } }
        table.append(UInt8(ascii: "\n"))
    }

    /// Writes the lines of a query.
    ///
    /// - Returns: how many.
    mutating func write(_ query: MinedQuery) -> Int {
        if query.negatives.isEmpty, format != .labeledPair, format != .table { return 0 }
        switch format {
        case .flagEmbedding: writeFlagEmbedding(query)
        case .triplet:
            for positive in query.positives {
                for negative in query.negatives { writeTriplet(query, positive, negative) }
            }
            return query.positives.count * query.negatives.count
        case .nTuple:
            guard query.negatives.count == mined.report.options.negatives else { return 0 }
            for positive in query.positives { writeTuple(query, positive) }
            return query.positives.count
        case .labeledPair, .table:
            for (candidate, label) in query.positives.map({ ($0, 1) }) + query.negatives.map({ ($0, 0) }) {
                if format == .table { writeRow(query, candidate, label) } else { writePair(query, candidate, label) }
            }
            return query.positives.count + query.negatives.count
        case .labeledList:
            for positive in query.positives { writeList(query, positive) }
            return query.positives.count
        }
        return 1
    }

    // MARK: Forms

    private mutating func writeFlagEmbedding(_ query: MinedQuery) {
        begin(query)
        for (name, candidates) in [("pos", query.positives), ("neg", query.negatives)] {
            writeIDs("\(name)_ids", candidates)
            writer.key(name)
            writer.beginArray()
            for candidate in candidates { writer.value(text(candidate)) }
            writer.endArray()
        }
        if withScores {
            for (name, candidates) in [("pos", query.positives), ("neg", query.negatives)] {
                writer.key("\(name)_scores")
                writer.array(candidates.map(\.score))
            }
            for (name, candidates) in [("pos", query.positives), ("neg", query.negatives)] {
                writer.key("\(name)_source_scores")
                writer.beginObject()
                for (source, report) in mined.report.sources.enumerated() {
                    writer.key(report.name)
                    writer.array(candidates.map { $0.sourceScores[source] })
                }
                writer.endObject()
            }
        }
        end()
    }

    private mutating func writeTriplet(
        _ query: MinedQuery, _ positive: MinedQuery.Candidate, _ negative: MinedQuery.Candidate
    ) {
        begin(query)
        writeIDs("doc_ids", [positive, negative])
        writeText("positive", positive)
        writeText("negative", negative)
        writeScores([positive, negative])
        end()
    }

    private mutating func writeTuple(_ query: MinedQuery, _ positive: MinedQuery.Candidate) {
        begin(query)
        writeIDs("doc_ids", [positive] + query.negatives)
        writeText("positive", positive)
        for (number, negative) in query.negatives.enumerated() { writeText("negative_\(number + 1)", negative) }
        writeScores([positive] + query.negatives)
        end()
    }

    private mutating func writePair(_ query: MinedQuery, _ candidate: MinedQuery.Candidate, _ label: Int) {
        begin(query)
        if withIDs, let id = mined.task.documents[candidate.document].id {
            writer.key("doc_id")
            writer.value(id)
        }
        writeText("document", candidate)
        writer.key(withScores ? "score" : "label")
        if withScores { writer.value(candidate.score) } else { writer.value(label) }
        end()
    }

    private mutating func writeList(_ query: MinedQuery, _ positive: MinedQuery.Candidate) {
        let candidates = [positive] + query.negatives
        begin(query)
        writeIDs("doc_ids", candidates)
        writer.key("docs")
        writer.beginArray()
        for candidate in candidates { writer.value(text(candidate)) }
        writer.endArray()
        if withScores {
            writeScores(candidates)
        } else {
            writer.key("labels")
            writer.array(candidates.indices.map { $0 == 0 ? 1 : 0 })
        }
        end()
    }

    private mutating func writeRow(_ query: MinedQuery, _ candidate: MinedQuery.Candidate, _ label: Int) {
        let ids = [mined.task.queries[query.query].id, mined.task.documents[candidate.document].id]
        table += "\(ids.map { $0 ?? "" }.joined(separator: "\t"))\t\(label)".utf8
        if withScores { for score in [candidate.score] + candidate.sourceScores { table += "\t\(score)".utf8 } }
        table.append(UInt8(ascii: "\n"))
    }

    // MARK: Members

    private mutating func begin(_ query: MinedQuery) {
        let asked = mined.task.queries[query.query]
        writer.beginObject()
        if withIDs, let id = asked.id {
            writer.key("query_id")
            writer.value(id)
        }
        writer.key("query")
        writer.value(asked.text)
    }

    private mutating func end() {
        writer.endObject()
        writer.endLine()
    }

    private func text(_ candidate: MinedQuery.Candidate) -> String { mined.task.documents[candidate.document].text }

    private mutating func writeText(_ key: String, _ candidate: MinedQuery.Candidate) {
        writer.key(key)
        writer.value(text(candidate))
    }

    private mutating func writeScores(_ candidates: [MinedQuery.Candidate]) {
        guard withScores else { return }
        writer.key("scores")
        writer.array(candidates.map(\.score))
    }

    private mutating func writeIDs(_ key: String, _ candidates: [MinedQuery.Candidate]) {
        let ids = candidates.compactMap { mined.task.documents[$0.document].id }
        guard withIDs, ids.count == candidates.count, !ids.isEmpty else { return }
        writer.key(key)
        writer.beginArray()
        for id in ids { writer.value(id) }
        writer.endArray()
    }
}
