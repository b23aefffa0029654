import JSON
import ModelFiles

/// Answers of a live endpoint in a file, a line each, written as they come: what was answered once is not asked again.
///
/// The lines are those of OpenAI's batch outputs, so that ``BatchOutput`` reads them like those of a batch that ran elsewhere.
final class AnswerCache {
    private let path: String
    private let file: AppendedLines
    private var unflushed = 0

    /// Opens the file, or makes it.
    init(_ path: String) throws(PromptingError) {
        self.path = path
        do {
            file = try AppendedLines(path)
        } catch {
            throw Self.failure(path, error)
        }
    }

    /// Keeps an answer.
    func add(_ answer: ChatAnswer, _ id: String, model: String) throws(PromptingError) {
        try append(
            id, 200,
            [
                "model": .string(model),
                "choices": [
                    [
                        "index": 0, "message": ["role": "assistant", "content": .string(answer.text)],
                        "finish_reason": answer.isCut ? "length" : "stop",
                    ]
                ],
            ])
    }

    /// Keeps that a question has no answer.
    func add(_ failure: ChatFailure, _ id: String) throws(PromptingError) {
        try append(
            id, 422, ["error": ["code": .string(failure.code), "message": .string(failure.message)]])
    }

    /// Waits for the disk.
    func flush() throws(PromptingError) {
        do { try file.flush() } catch { throw Self.failure(path, error) }
        unflushed = 0
    }

    private func append(_ id: String, _ status: Int, _ body: JSONValue) throws(PromptingError) {
        let line: JSONValue = [
            "custom_id": .string(id), "response": ["status_code": .number(JSONNumber(status)), "body": body],
            "error": nil,
        ]
        do { try file.append(line.serializedBytes()) } catch { throw Self.failure(path, error) }
        unflushed += 1
        if unflushed >= 50 { try flush() }
    }

    private static func failure(_ path: String, _ error: ModelFileError) -> PromptingError {
        PromptingError(
            .cannotWrite, "\(path): \(error.reason)",
            advice: "Check the folder and the space on the disk, and that no other run writes there")
    }
}
