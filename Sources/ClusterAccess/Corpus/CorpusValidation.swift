import JSON
import ModelFiles
import Relevance

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Checks a file of documents, and writes it as a corpus file: one `{"id", "text"}` or `{"id", "title", "text"}` a line.
///
/// Lines are objects with `id` (or `_id`), a text or a whole number, with `text` and, if there is one, `title`; other fields are left out, and empty lines are
/// passed over. A gzip file is recognised by its first bytes. Faulty lines are told with their numbers. Memory is bounded by the longest line, the sample, and some
/// thirty bytes for each document, by which ids are told apart (64 bits of their SHA-256).
public struct CorpusValidation: Sendable {
    /// The file.
    public var path: String
    /// How many documents at most; a sample is drawn as for ``CorpusExtraction``.
    public var maximum: Int
    /// Chooses the sample.
    public var seed: UInt64
    /// Bytes of a text at most; longer ones are cut and counted.
    public var textLimit = 100_000
    /// Bytes of a line at most.
    public var lineLimit = 16 << 20
    /// How many documents a corpus needs.
    public var minimum = 2
    /// Whether faulty lines are left out and counted; otherwise they are errors.
    ///
    /// Lines without text always are left out.
    public var skipsFaults = false
    /// How many faults an error lists; all are counted.
    public var listedFaults = 10

    /// A validation.
    public init(path: String, maximum: Int = 20_000, seed: UInt64 = 42) {
        self.path = path
        self.maximum = maximum
        self.seed = seed
    }

    /// Reads the file and writes the corpus, all of it or nothing.
    ///
    /// A repeated call with the same settings and an unchanged file finds its own work by the report beside it.
    ///
    /// - Parameters:
    ///   - target: The file to be, `raw-corpus/documents.jsonl` of a run; its folder has to be there.
    ///   - progress: Is told how far it is, in bytes of the file.
    /// - Throws: `RelevanceError` that lists the first faults and counts all, or says that the corpus is too small; `ModelFileError` if nothing can be
    ///   written; `CancellationError`. A file that was there before stays as it was.
    public func run(to target: String, progress: (ClusterProgress) -> Void = { _ in }) throws -> CorpusReport {
        guard maximum > 0, maximum >= minimum, textLimit > 0 else {
            throw RelevanceError(
                .mismatch, path: path,
                reason: "[max_documents] is \(maximum); a corpus needs at least \(max(minimum, 1))",
                advice: "Ask for more.")
        }
        let record = CorpusRecord(corpus: target, settings: settings())
        if let report = record.found() { return report }
        let report = try validate(to: target, progress)
        try record.write(report)
        return report
    }

    /// All that decides what the corpus holds.
    private func settings() -> JSONValue {
        var status = stat()
        let isThere = stat(path, &status) == 0
        let changed = isThere ? Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec) : 0
        return [
            "file": .string(path), "bytes": .number(JSONNumber(Int(status.st_size))),
            "changed": .number(JSONNumber(changed)), "max_documents": .number(JSONNumber(maximum)),
            "seed": .number(JSONNumber(seed)), "text_limit": .number(JSONNumber(textLimit)),
            "skips_faults": .bool(skipsFaults),
        ]
    }

    // MARK: Lines

    /// What is wrong with a line: its class, by which it is counted, and what was found.
    private struct Fault: Error {
        let kind: String
        let reason: String
    }

    private func validate(to target: String, _ progress: (ClusterProgress) -> Void) throws -> CorpusReport {
        var lines = try LineReader(path: path, lineLimit: lineLimit)
        let sample = try CorpusSample(target: target, maximum: maximum, seed: seed)
        let text = DocumentText(textFields: ["text"], titleField: "title", limit: textLimit)
        // The line on which an id came first.
        var known: [UInt64: Int] = [:]
        var read = 0
        var skipped: [String: Int] = [:]
        var faults = (count: 0, listed: [String]())
        while let line = try lines.next() {
            if lines.lineNumber.isMultiple(of: 1000) {
                try Task.checkCancellation()
                progress(state(lines.bytesRead, lines.byteCount))
            }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            read += 1
            let found: (id: String, content: DocumentText.Content)?
            do throws(Fault) {
                let (id, document) = try Self.document(line)
                let key = CorpusSample.hash(id, 0)
                if let first = known[key] {
                    throw Fault(
                        kind: "duplicate_id", reason: "the id \(Self.shown(id)) is that of line \(first) already")
                }
                known[key] = lines.lineNumber
                found = text.content(of: document).map { (id, $0) }
                if found == nil { skipped["no_text", default: 0] += 1 }
            } catch {
                found = nil
                skipped[error.kind, default: 0] += 1
                faults.count += 1
                if faults.listed.count < listedFaults {
                    faults.listed.append("line \(lines.lineNumber): \(error.reason)")
                }
            }
            if let (id, content) = found { try sample.add(id: id, content) }
        }
        progress(state(lines.bytesRead, lines.byteCount))
        guard faults.count == 0 || skipsFaults else { throw failure(faults.count, faults.listed) }
        var report = try sample.write(minimum: minimum)
        report.read = read
        report.skipped.merge(skipped) { $0 + $1 }
        guard report.documents >= minimum else { throw tooFew(report) }
        return report
    }

    private func state(_ done: Int, _ total: Int?) -> ClusterProgress {
        ClusterProgress("checking \(path)", done: done, total: total, unit: "bytes")
    }

    /// Id and fields of a line.
    private static func document(_ line: ArraySlice<UInt8>) throws(Fault) -> (id: String, document: JSONValue) {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue(parsing: line)
        } catch {
            if error.code == .invalidUTF8 {
                throw Fault(kind: "not_utf8", reason: "byte \(error.offset + 1) is not UTF-8")
            }
            throw Fault(kind: "not_json", reason: "no JSON: \(error.reason) (byte \(error.offset + 1))")
        }
        guard let fields = document.object else {
            throw Fault(kind: "not_json", reason: "\(document.typeName) where an object was expected")
        }
        guard let value = fields["id"] ?? fields["_id"] else {
            throw Fault(kind: "no_id", reason: "there is neither [id] nor [_id]")
        }
        let id: String
        switch value {
        case .string(let text) where !text.isEmpty: id = text
        case .number(let number) where number.isInteger: id = number.description
        default:
            throw Fault(
                kind: "no_id",
                reason: "[id] is \(value == "" ? "empty" : value.typeName); a text or a whole number was expected")
        }
        guard CorpusSample.isUsable(id: id) else {
            throw Fault(
                kind: "unusable_id",
                reason: "the id \(shown(id)) has a control character, which files of judgements cannot hold")
        }
        for name in ["text", "title"] {
            guard let value = fields[name], value.string == nil, !value.isNull else { continue }
            throw Fault(kind: "wrong_type", reason: "[\(name)] is \(value.typeName); a text was expected")
        }
        guard fields["text"] != nil || fields["title"] != nil else {
            throw Fault(
                kind: "no_text_field",
                reason: "there is no [text]; there is \(fields.keys.prefix(8).joined(separator: ", "))")
        }
        return (id, document)
    }

    private static func shown(_ id: String) -> String { String(id.prefix(100)).debugDescription }

    // MARK: Errors

    private func failure(_ count: Int, _ listed: [String]) -> RelevanceError {
        let more = count > listed.count ? "; and \(count - listed.count) more" : ""
        return RelevanceError(
            .malformedLine, path: path,
            reason: "\(count) \(count == 1 ? "line is" : "lines are") faulty: \(listed.joined(separator: "; "))\(more)",
            advice:
                #"Every line is {"id": "...", "text": "..."}; "title" may be there. Repair the file, or allow faulty lines to be left out."#
        )
    }

    private func tooFew(_ report: CorpusReport) -> RelevanceError {
        let without = report.skipped.values.reduce(0, +)
        return RelevanceError(
            .mismatch, path: path,
            reason:
                "the file has \(report.documents) \(report.documents == 1 ? "document" : "documents") with text\(without > 0 ? " (\(without) lines left out)" : ""); a corpus needs at least \(minimum)",
            advice: "Give a file with more documents.")
    }
}
