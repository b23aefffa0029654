import JSON
import ModelFiles
public import Relevance

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes the input files of a batch: the state `PrepareBedrockInput` of the workflow.
public struct BatchInput: Sendable, Hashable {
    /// Whose files.
    public var format: BatchFormat
    /// What fits into a file.
    public var limits: BatchLimits
    /// How the model draws its answers.
    public var sampling: SamplingOptions

    /// The beginning of the files' names.
    static let prefix = "batch_input"

    /// A writer.
    public init(_ format: BatchFormat, limits: BatchLimits? = nil, sampling: SamplingOptions = SamplingOptions()) {
        self.format = format
        self.limits = limits ?? .usual(for: format)
        self.sampling = sampling
    }

    /// Writes a line for each document into `batch_input.jsonl`, or, where that would break a limit, into as few files of like length as do not:
    /// `batch_input-0001.jsonl`, ...
    ///
    /// The files are the same for the same documents, prompt and settings, and each appears whole or not at all. Files of an earlier, other split
    /// are taken away.
    ///
    /// - Complexity: Linear in the excerpts; the memory of one file.
    /// - Throws: ``PromptingError/Code/badSetting``; ``PromptingError/Code/badData`` without documents, for two with one id, and for a line that
    ///   no file can take; ``PromptingError/Code/cannotWrite``.
    public func write(
        _ prompt: QueryPrompt, _ documents: [RetrievalDataset.Document], to folder: String
    ) throws(PromptingError) -> BatchPlan {
        try prompt.check()
        try limits.check()
        try sampling.check()
        guard !documents.isEmpty else {
            throw PromptingError(.badData, "there are no documents to ask about", advice: "Give a corpus")
        }
        _ = try RecordID.places(of: documents, Array(documents.indices), prompt)
        let sizes = documents.map { line($0, prompt).count }
        if let number = sizes.firstIndex(where: { $0 > limits.mostBytes }) {
            throw PromptingError(
                .badData,
                "the question about document '\(documents[number].id.prefix(100))' has \(sizes[number]) bytes, and a file takes \(limits.mostBytes)",
                advice: "Show less of the documents, or raise the limit")
        }
        let ranges = ranges(sizes)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw PromptingError(
                .cannotWrite, "\(folder): \(error)", advice: "Check the folder and the space on the disk")
        }
        var files: [BatchPlan.File] = []
        for (number, range) in ranges.enumerated() {
            let digits = String(number + 1)
            let name =
                ranges.count == 1
                ? "\(Self.prefix).jsonl"
                : "\(Self.prefix)-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).jsonl"
            var bytes: [UInt8] = []
            bytes.reserveCapacity(sizes[range].reduce(0, +))
            for document in documents[range] { bytes += line(document, prompt) }
            do {
                try ReplacedFile.write(bytes, to: folder + "/" + name)
            } catch {
                throw PromptingError(
                    .cannotWrite, "\(folder)/\(name): \(error.reason)",
                    advice: "Check the folder and the space on the disk")
            }
            files.append(.init(name: name, records: range.count, bytes: bytes.count))
        }
        let names = Set(files.map(\.name))
        for name in Self.names(in: folder) where !names.contains(name) {
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        return BatchPlan(files: files, warnings: warnings(files))
    }

    /// The input files of a folder, in order.
    static func names(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".jsonl") }.sorted()
    }

    private func line(_ document: RetrievalDataset.Document, _ prompt: QueryPrompt) -> [UInt8] {
        let messages = prompt.messages(for: document)
        return format.line(RecordID.make(document, prompt, messages), messages, sampling).serializedBytes() + [0x0A]
    }

    /// Stretches of documents of like length, as few as the limits allow.
    private func ranges(_ sizes: [Int]) -> [Range<Int>] {
        let least = max(
            (sizes.count + limits.mostRecords - 1) / limits.mostRecords,
            (sizes.reduce(0, +) + limits.mostBytes - 1) / limits.mostBytes)
        for count in max(1, least)..<sizes.count {
            let ranges = (0..<count).map { (sizes.count * $0 / count)..<(sizes.count * ($0 + 1) / count) }
            if ranges.allSatisfy({ sizes[$0].reduce(0, +) <= limits.mostBytes }) { return ranges }
        }
        return sizes.indices.map { $0..<($0 + 1) }
    }

    private func warnings(_ files: [BatchPlan.File]) -> [String] {
        let small = files.filter { $0.records < limits.leastRecords }
        guard let file = small.first else { return [] }
        return [
            "\(file.name) has \(file.records) \(file.records == 1 ? "record" : "records"), and a job usually needs "
                + "\(limits.leastRecords) (the quota 'Minimum number of records per batch inference job'): "
                + "take more documents, have the quota checked, or ask a live endpoint."
        ]
    }
}
