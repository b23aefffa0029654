import ModelFiles
public import Relevance

/// The name of a question about a document, by which its answer finds the way back.
///
/// Eleven characters of `0-9A-Z`, as early versions of Amazon Bedrock's batch inference asked for, made of the document's id and of the words of the
/// prompt. So an answer is only joined with the document and the prompt that it belongs to: after a change of either, the question is another one.
public enum RecordID {
    /// How many characters an id has.
    public static let length = 11

    /// The id of the question about a document.
    public static func of(_ document: RetrievalDataset.Document, _ prompt: QueryPrompt) -> String {
        make(document, prompt, prompt.messages(for: document))
    }

    static func make(_ document: RetrievalDataset.Document, _ prompt: QueryPrompt, _ messages: [ChatMessage]) -> String
    {
        var digest = SHA256()
        digest.add(document.id)
        digest.add(prompt.model ?? "")
        for message in messages { digest.add(message.text) }
        var number = UInt64(digest.hexadecimal().prefix(16), radix: 16) ?? 0
        var characters: [Character] = []
        for _ in 0..<length {
            characters.append(alphabet[Int(number % 36)])
            number /= 36
        }
        return String(characters)
    }

    /// The documents' places by their record ids.
    ///
    /// - Throws: ``PromptingError/Code/badData`` for two documents with the same id.
    static func places(
        of documents: [RetrievalDataset.Document], _ numbers: [Int], _ prompt: QueryPrompt
    ) throws(PromptingError) -> [String: Int] {
        var places: [String: Int] = [:]
        places.reserveCapacity(numbers.count)
        for number in numbers {
            let id = of(documents[number], prompt)
            if let other = places.updateValue(number, forKey: id) {
                throw PromptingError(
                    .badData,
                    "documents \(other + 1) and \(number + 1) have the id '\(documents[number].id.prefix(100))' and the same text",
                    advice: "Give every document its own id")
            }
        }
        return places
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
