public import JSON
public import Relevance

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How many questions of a batch are answered: what the workflow's state `CreateBedrockBatchJob` asks while it waits.
public struct BatchProgress: Sendable, Hashable {
    /// Questions.
    public let records: Int
    /// Those with an answer.
    public let answered: Int
    /// Those with an error.
    public let failed: Int
    /// Whether there is nothing to wait for: every question has its line, or the outputs are said to be complete.
    ///
    /// The summaries of jobs do not say so: they may lie there before the answers are copied.
    public let isComplete: Bool
    /// Why no more will come, if the script that runs the batch, or a user, says so in the file ``failedName``.
    public let failure: String?

    /// The file in the folder of outputs by which a user says that no more will come, though lines are missing.
    public static let completeName = "complete"
    /// The file in the folder of outputs that says why the batch failed.
    public static let failedName = "failed"

    /// Questions without a line.
    public var missing: Int { records - answered - failed }

    /// Looks at the outputs that lie in a folder.
    ///
    /// - Complexity: Reads all outputs.
    public init(
        _ prompt: QueryPrompt, _ documents: [RetrievalDataset.Document], outputs folder: String
    ) throws(PromptingError) {
        let answers = try BatchOutput.read(folder: folder)
        var answered = 0
        var failed = 0
        for document in documents {
            switch answers.answers[RecordID.of(document, prompt)] ?? answers.answers[document.id] {
            case .text: answered += 1
            case .failure: failed += 1
            case nil: break
            }
        }
        records = documents.count
        self.answered = answered
        self.failed = failed
        isComplete =
            answered + failed == documents.count
            || FileManager.default.fileExists(atPath: folder + "/" + Self.completeName)
        if !isComplete, let said = try? String(contentsOfFile: folder + "/" + Self.failedName, encoding: .utf8) {
            let words = ModelOutput.clean(said, ModelOutput.messageLimit).split(separator: " ").joined(separator: " ")
            failure = words.isEmpty ? "the batch failed" : words
        } else {
            failure = nil
        }
    }

    /// The counts in one sentence without its full stop.
    public var text: String {
        "\(answered) of \(records) answered"
            + (failed > 0 ? ", \(failed) failed" : "") + (missing > 0 ? ", \(missing) missing" : "")
    }

    /// The counts for programs.
    public var json: JSONValue {
        [
            "records": .number(JSONNumber(records)), "answered": .number(JSONNumber(answered)),
            "failed": .number(JSONNumber(failed)), "missing": .number(JSONNumber(missing)),
            "is_complete": .bool(isComplete), "failure": failure.map(JSONValue.string) ?? .null,
        ]
    }
}
