import JSON
import ModelFiles

/// The files of a tokenizer, carried over; `tokenizer_config.json` changes where the length does, and is made where there is none.
struct TokenizerFiles {
    struct File {
        var name: String
        var bytes: [UInt8]
    }

    private(set) var files: [File] = []
    private let plan: FolderPlan

    /// What tokenizers of transformers consist of.
    private static let names = [
        "tokenizer.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt",
        "sentencepiece.bpe.model", "spiece.model", "spm.model",
    ]
    private static let vocabularies = Set(names).subtracting([
        "special_tokens_map.json", "added_tokens.json", "merges.txt",
    ])

    init(_ plan: FolderPlan) throws(ExportError) {
        self.plan = plan
        for name in Self.names {
            guard let bytes = try file(name) else { continue }
            files.append(File(name: name, bytes: bytes))
        }
        guard files.contains(where: { Self.vocabularies.contains($0.name) }) else {
            throw ExportError(
                .badSource, path: plan.source.path(of: plan.source.tokenizerFolder),
                reason: "there is no vocabulary of a tokenizer",
                advice: "Put the tokenizer.json of the original model there")
        }
        files.append(File(name: "tokenizer_config.json", bytes: try configuration()))
    }

    private func file(_ name: String) throws(ExportError) -> [UInt8]? {
        let path = ModelFolderWriter.join(plan.source.tokenizerFolder, name)
        do throws(ModelFileError) {
            return try plan.source.file(path)?.withUnsafeBytes { [UInt8]($0) }
        } catch {
            throw ExportError(reading: error)
        }
    }

    private func json(_ name: String) throws(ExportError) -> JSONValue? {
        let path = ModelFolderWriter.join(plan.source.tokenizerFolder, name)
        do throws(ModelFileError) { return try plan.source.json(path) } catch { throw ExportError(reading: error) }
    }

    /// Cross-encoders have no other place for the length than this one.
    private func configuration() throws(ExportError) -> [UInt8] {
        let length = plan.maxSequenceLength.map { JSONValue.number(JSONNumber($0)) }
        let isChanged = plan.settings.maxSequenceLength != nil || plan.task == .crossEncoder
        if let old = try file("tokenizer_config.json") {
            guard let found = try json("tokenizer_config.json")?.object else { return old }
            var object = found
            if isChanged, let length { object["model_max_length"] = length }
            // The name of version 5 of transformers for the class that older versions know as well.
            if object["tokenizer_class"]?.string == "TokenizersBackend" {
                object["tokenizer_class"] = "PreTrainedTokenizerFast"
            }
            // Generic tokenizers hand over whatever this lists, and these two networks take no segments.
            if let inputs = object["model_input_names"]?.array, [.distilBert, .mpnet].contains(plan.shape.family) {
                object["model_input_names"] = .array(inputs.filter { $0 != "token_type_ids" })
            }
            guard JSONValue.object(object) != .object(found) else { return old }
            return IndentedJSON.bytes(.object(object), indent: 2) + [UInt8(ascii: "\n")]
        }
        var object: JSONObject = [:]
        if let length { object["model_max_length"] = length }
        // Generic classes take tokenizer.json as it is; those of an architecture would change its normaliser.
        if let added = try json("tokenizer.json")?["added_tokens"]?.array {
            object["tokenizer_class"] = "PreTrainedTokenizerFast"
            object["model_input_names"] = .array(plan.shape.family.inputNames.map { .string($0) })
            let contents = Set(added.compactMap { $0["content"]?.string })
            for (key, candidates) in Self.specialTokens {
                if let token = candidates.first(where: contents.contains) { object[key] = .string(token) }
            }
        }
        return IndentedJSON.bytes(.object(object), indent: 2) + [UInt8(ascii: "\n")]
    }

    private static let specialTokens: [(key: String, candidates: [String])] = [
        ("unk_token", ["[UNK]", "<unk>"]), ("sep_token", ["[SEP]", "</s>"]), ("pad_token", ["[PAD]", "<pad>"]),
        ("cls_token", ["[CLS]", "<s>"]), ("mask_token", ["[MASK]", "<mask>"]), ("bos_token", ["<s>"]),
        ("eos_token", ["</s>"]),
    ]

    // MARK: Vocabulary

    /// The token of each id below V; nil where there is none.
    func tokens() throws(ExportError) -> [String?] {
        var tokens = [String?](repeating: nil, count: plan.shape.vocabularySize)
        func set(_ token: String, _ id: Int?) {
            if let id, tokens.indices.contains(id) { tokens[id] = token }
        }
        guard let tokenizer = try json("tokenizer.json") else {
            let text = String(decoding: files.first { $0.name == "vocab.txt" }?.bytes ?? [], as: UTF8.self)
            for (id, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where !line.isEmpty {
                set(line.hasSuffix("\r") ? String(line.dropLast()) : String(line), id)
            }
            return tokens
        }
        if let vocabulary = tokenizer["model"]?["vocab"]?.object {
            for (token, id) in vocabulary { set(token, id.int) }
        } else if let vocabulary = tokenizer["model"]?["vocab"]?.array {
            for (id, entry) in vocabulary.enumerated() { if let token = entry[0]?.string { set(token, id) } }
        }
        for token in tokenizer["added_tokens"]?.array ?? [] {
            if let content = token["content"]?.string { set(content, token["id"]?.int) }
        }
        return tokens
    }
}
