import DocumentStore
import Indices
import JSON
import Relevance

/// Documents on their way into an index, with what became of them.
struct DocumentLoading {
    private struct Pending {
        let operation: DocumentOperation
        let line: Int
    }

    /// Faults that are told one by one.
    private static let toldFaults = 10

    private let service: IndexService
    private let batch: Int
    private let progress = ProgressLine("loading")
    private let start = ContinuousClock.now
    private var pending: [Pending] = []
    private(set) var created = 0
    private(set) var updated = 0
    private(set) var refused = 0
    private(set) var duration = Duration.zero

    init(into service: IndexService, batch: Int) {
        self.service = service
        self.batch = batch
    }

    /// Loads all documents of a file.
    mutating func load(_ path: String) throws {
        var reader = try LineReader(path: path)
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            do throws(CommandFailure) {
                pending.append(Pending(operation: try Self.operation(line), line: reader.lineNumber))
            } catch {
                refuse("\(reader.path), line \(reader.lineNumber): \(error.message)")
            }
            guard pending.count >= batch else { continue }
            apply(from: reader.path)
            if let size = reader.byteCount {
                progress.show(reader.bytesRead, of: size, unit: .bytes, note: ", " + rate)
            }
        }
        apply(from: reader.path)
    }

    /// Makes everything searchable and lasting.
    mutating func finish() throws {
        progress.finish()
        try service.refresh()
        try service.flush()
        duration = ContinuousClock.now - start
    }

    private var rate: String {
        let seconds = max((ContinuousClock.now - start).seconds, 1e-9)
        return Numbers.grouped(Int(Double(created + updated) / seconds)) + " documents/s"
    }

    private mutating func apply(from path: String) {
        for (item, result) in zip(pending, service.apply(pending.map(\.operation))) {
            switch result {
            case .success(let outcome): if outcome.result == .created { created += 1 } else { updated += 1 }
            case .failure(let failure): refuse("\(path), line \(item.line): \(failure)")
            }
        }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func refuse(_ message: String) {
        refused += 1
        if refused == Self.toldFaults + 1 {
            return StandardError.write("needletail: further faults are only counted\n")
        }
        if refused <= Self.toldFaults { StandardError.write("needletail: \(message)\n") }
    }

    /// The operation that a line means.
    private static func operation(_ line: ArraySlice<UInt8>) throws(CommandFailure) -> DocumentOperation {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line)
        } catch {
            throw CommandFailure(.badData, "column \(error.column): not JSON: \(error.reason)")
        }
        guard let members = value.object else {
            throw CommandFailure(.badData, "must be an object, not \(value.typeName)")
        }
        let id = try identifier(members["_id"], "_id")
        let routing = try identifier(members["_routing"], "_routing")
        // Without metadata, the line is the source as it stands.
        var source = line
        if id != nil || routing != nil {
            let rest = JSONObject(
                members.lazy.filter { $0.key != "_id" && $0.key != "_routing" }.map { ($0.key, $0.value) })
            var writer = JSONWriter(reservingBytes: line.count)
            writer.value(.object(rest))
            source = writer.bytes[...]
        }
        guard let id else { return DocumentOperation(generatingIDFor: source, routing: routing) }
        guard (1...512).contains(id.utf8.count) else {
            throw CommandFailure(.badData, "'_id' must have 1 to 512 bytes, not \(id.utf8.count)")
        }
        return DocumentOperation(id: id, routing: routing, action: .index(source: source))
    }

    private static func identifier(_ value: JSONValue?, _ field: String) throws(CommandFailure) -> String? {
        guard let value, !value.isNull else { return nil }
        if let text = value.string { return text }
        if let number = value.int { return "\(number)" }
        throw CommandFailure(.badData, "field '\(field)' must be a string or a whole number, not \(value.typeName)")
    }

    /// Prints what became of the documents.
    func report(_ format: OutputFormat) throws {
        let seconds = duration.seconds
        switch format {
        case .table:
            try StandardOutput.print(
                "\(service.name): \(Numbers.grouped(created)) created, \(Numbers.grouped(updated)) updated, "
                    + "\(Numbers.grouped(refused)) refused in \(Numbers.fixed(seconds, 1)) s (\(rate))\n")
        case .jsonl:
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("index")
            writer.value(service.name)
            for (key, count) in [("created", created), ("updated", updated), ("refused", refused)] {
                writer.key(key)
                writer.value(count)
            }
            writer.key("seconds")
            writer.value(seconds)
            writer.endObject()
            writer.endLine()
            try StandardOutput.print(writer.text)
        }
    }
}
