import DocumentStore
import Indices
import Inference
import JSON
import Relevance
import Synchronization
import TextEncoding

/// Documents on their way into an index, with what became of them.
struct DocumentLoading {
    private struct Pending {
        let document: LoadedDocument
        let line: Int
    }

    /// Faults that are told one by one.
    private static let toldFaults = 10

    private let service: IndexService
    private let batch: Int
    private let encoding: DocumentEncoding?
    private let skipsExisting: Bool
    private let progress: ProgressLine
    private let start = ContinuousClock.now
    private var pending: [Pending] = []
    /// Where in the file the pending documents begin.
    private var applied = 0
    private(set) var created = 0
    private(set) var updated = 0
    private(set) var refused = 0
    /// Documents whose ids were there.
    private(set) var skipped = 0
    /// By field of the encoding: documents without a text for it.
    private(set) var withoutText: [Int]
    private(set) var duration = Duration.zero

    /// - Parameters:
    ///   - batch: documents of one transaction.
    ///   - encoding: makes fields of the documents' texts before they are indexed.
    ///   - skipsExisting: leaves documents whose id the index has.
    init(
        into service: IndexService, batch: Int, encoding: DocumentEncoding? = nil, skipsExisting: Bool = false
    ) {
        self.service = service
        self.batch = batch
        self.encoding = encoding
        self.skipsExisting = skipsExisting
        withoutText = Array(repeating: 0, count: encoding?.fields.count ?? 0)
        // Encoding takes minutes and hours, and is watched in logs, too.
        progress = ProgressLine("loading", plainAfter: encoding == nil ? nil : .seconds(10))
    }

    /// Loads all documents of a file.
    ///
    /// - Throws: also when a text cannot be encoded; the batches before it stay.
    mutating func load(_ path: String) throws {
        var reader = try LineReader(path: path)
        applied = 0
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            let document: LoadedDocument
            do throws(CommandFailure) {
                document = try LoadedDocument(line)
            } catch {
                refuse("\(reader.path), line \(reader.lineNumber): \(error.message)")
                continue
            }
            if skipsExisting, let id = document.id, try service.document(id: id) != nil {
                skipped += 1
                continue
            }
            pending.append(Pending(document: document, line: reader.lineNumber))
            guard pending.count >= batch else { continue }
            try apply(from: reader.path, upTo: reader.bytesRead, of: reader.byteCount)
        }
        try apply(from: reader.path, upTo: reader.bytesRead, of: reader.byteCount)
    }

    /// Makes everything searchable and lasting.
    mutating func finish() throws {
        progress.finish()
        try service.refresh()
        if encoding == nil { try service.flush() } else { try service.buildGraphs() }
        duration = ContinuousClock.now - start
    }

    private var rate: String { Self.rate(created + updated, since: start) }

    private static func rate(_ count: Int, since start: ContinuousClock.Instant) -> String {
        let seconds = max((ContinuousClock.now - start).seconds, 1e-9)
        return Numbers.grouped(Int(Double(count) / seconds)) + " documents/s"
    }

    private mutating func apply(from path: String, upTo end: Int, of size: Int?) throws {
        defer { applied = end }
        if pending.isEmpty { return }
        let operations = try encoded(path, upTo: end, of: size)
        for (item, result) in zip(pending, service.apply(operations)) {
            switch result {
            case .success(let outcome): if outcome.result == .created { created += 1 } else { updated += 1 }
            case .failure(let failure): refuse("\(path), line \(item.line): \(failure)")
            }
        }
        pending.removeAll(keepingCapacity: true)
        if let size { progress.show(end, of: size, unit: .bytes, note: ", " + rate) }
    }

    /// The pending documents as operations, with the fields that models make.
    private mutating func encoded(_ path: String, upTo end: Int, of size: Int?) throws -> [DocumentOperation] {
        guard let encoding else { return pending.map(\.document.operation) }
        let documents = pending.map(\.document.source)
        let texts = documents.count * encoding.fields.count
        let (progress, start, before, loaded) = (progress, start, applied, created + updated)
        let done = Mutex(0)
        let outcome: DocumentEncoding.Outcome
        do {
            outcome = try waitForTask {
                try await encoding.encoded(documents) { count in
                    let share = done.withLock { done in
                        done += count
                        return Double(done) / Double(texts)
                    }
                    guard let size else { return }
                    let now = loaded + Int(share * Double(documents.count))
                    progress.show(
                        before + Int(share * Double(end - before)), of: size, unit: .bytes,
                        note: ", " + Self.rate(now, since: start))
                }
            }
        } catch let error as InferenceError {
            progress.finish()
            let line = error.textIndex.map { ", line \(pending[$0].line)" } ?? ""
            throw CommandFailure(
                .badData,
                "\(path)\(line): \(error.message) What came before is in '\(service.name)'; with --skip-existing the load goes on there."
            )
        }
        for (field, count) in outcome.withoutText.enumerated() { withoutText[field] += count }
        return zip(pending, outcome.documents).map { $0.document.operation(with: $1) }
    }

    private mutating func refuse(_ message: String) {
        refused += 1
        if refused == Self.toldFaults + 1 {
            return StandardError.write("needletail: further faults are only counted\n")
        }
        if refused <= Self.toldFaults { StandardError.write("needletail: \(message)\n") }
    }

    /// Prints what became of the documents.
    func report(_ format: OutputFormat) throws {
        let seconds = duration.seconds
        switch format {
        case .table:
            try StandardOutput.print(
                "\(service.name): \(Numbers.grouped(created)) created, \(Numbers.grouped(updated)) updated, "
                    + (skipsExisting ? "\(Numbers.grouped(skipped)) skipped, " : "")
                    + "\(Numbers.grouped(refused)) refused in \(Numbers.fixed(seconds, 1)) s (\(rate))\n")
            for (field, count) in zip(encoding?.fields ?? [], withoutText) where count > 0 {
                try StandardOutput.print(
                    "\(Numbers.counted(count, "document")) without \(field.field): no text in "
                        + "\(field.sources.joined(separator: ", "))\n")
            }
        case .jsonl:
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("index")
            writer.value(service.name)
            for (key, count) in [("created", created), ("updated", updated), ("refused", refused)] {
                writer.key(key)
                writer.value(count)
            }
            if skipsExisting {
                writer.key("skipped")
                writer.value(skipped)
            }
            if let encoding {
                writer.key("without_text")
                writer.beginObject()
                for (field, count) in zip(encoding.fields, withoutText) {
                    writer.key(field.field)
                    writer.value(count)
                }
                writer.endObject()
            }
            writer.key("seconds")
            writer.value(seconds)
            writer.endObject()
            writer.endLine()
            try StandardOutput.print(writer.text)
        }
    }
}
