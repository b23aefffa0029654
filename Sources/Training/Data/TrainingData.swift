import ModelFiles

/// The examples of a training run, read and checked.
public struct TrainingData: Sendable {
    /// The file or folder.
    public let path: String
    /// What the examples look like.
    public let kind: ExampleKind
    /// Every text once, in the order of first use.
    public let texts: [String]
    /// The examples, in the order of the data.
    public let examples: [TrainingExample]
    /// What the user should know of the data.
    var warnings: [String] = []
    /// Files that lines of examples belong to, for messages.
    let linesPath: String

    /// Takes examples.
    ///
    /// - Throws: ``TrainingError/Code/badData`` if there are none.
    init(path: String, linesPath: String, kind: ExampleKind, texts: [String], examples: [TrainingExample])
        throws(TrainingError)
    {
        guard !examples.isEmpty else {
            throw TrainingError(
                .badData, "there are no examples", advice: "Give data with at least one", path: path)
        }
        self.path = path
        self.linesPath = linesPath
        self.kind = kind
        self.texts = texts
        self.examples = examples
    }

    /// The SHA-256 digest of the content: kinds, texts, numbers and order, whatever file they came from; hexadecimal.
    ///
    /// Complexity: O(bytes of the texts of all examples).
    public func hash() -> String {
        var digest = SHA256()
        digest.add(kind.rawValue)
        for example in examples {
            digest.add(texts[Int(example.query)])
            digest.add("\(example.positives) of \(example.documents.count)")
            for document in example.documents { digest.add(texts[Int(document)]) }
            for label in example.labels { digest.add(String(label.bitPattern, radix: 16)) }
            // Numbers of equal ids: they decide what meets in a batch.
            if !example.origins.isEmpty { digest.add("of \(example.origins)") }
            digest.add("")
        }
        return digest.hexadecimal()
    }

    /// An error about the line of an example.
    func fault(_ reason: String, _ example: TrainingExample, advice: String) -> TrainingError {
        TrainingError(.badData, reason, advice: advice, path: linesPath, line: example.line)
    }
}

/// Texts by number, each once.
struct TextTable {
    private(set) var texts: [String] = []
    private var numbers: [[UInt8]: Int32] = [:]

    /// The number of a text, byte by byte.
    mutating func number(of text: String) -> Int32 {
        let bytes = Array(text.utf8)
        if let number = numbers[bytes] { return number }
        let number = Int32(texts.count)
        numbers[bytes] = number
        texts.append(text)
        return number
    }
}
