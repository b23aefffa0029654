import JSON
import Relevance

/// Checks a file of documents, and writes it as a corpus file: one `{"id", "text"}` or `{"id", "title", "text"}` a line.
///
/// Lines are objects with `id` (or `_id`), `text` and, if there is one, `title`; other fields are left out. A gzip file is recognised by its first bytes.
/// Faulty lines are told with their numbers. Memory is bounded by the longest line, the sample, and sixteen bytes or so for each document.
public struct CorpusValidation: Sendable {
    /// What is wrong with a line.
    public struct Fault: Sendable, Hashable {
        /// The line, from 1.
        public let line: Int
        /// What was found and what was expected.
        public let reason: String
    }

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
    /// - Parameters:
    ///   - target: The file to be, `raw-corpus/documents.jsonl` of a run; its folder has to be there.
    ///   - progress: Is told how far it is, in bytes of the file.
    /// - Throws: `RelevanceError` that lists the first faults and counts all, or says that the corpus is too small; `CancellationError`. A file that was
    ///   there before stays as it was.
    public func run(to target: String, progress: (ClusterProgress) -> Void = { _ in }) throws -> CorpusReport {
        throw RelevanceError(.unreadable, path: path, reason: "validation is not there yet", advice: "")
    }
}
