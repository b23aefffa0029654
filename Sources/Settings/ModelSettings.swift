public import Encoders
public import ModelFiles

/// A model that is to be served: an entry of `inference:` in a file, or a `--model` of the command line.
public struct ModelSettings: Sendable, Hashable {
    /// What requests call it.
    public var name: String
    /// A folder, an archive or a weight file, a name that `needletail models list` shows, or a reference to a model hub.
    public var reference: String
    /// The kind; nil leaves it to the model's files.
    public var task: ModelTask?
    /// Other names that requests may use.
    public var aliases: [String] = []
    /// The commit, branch or tag of a hub reference; nil means the hub's default.
    public var revision: String?
    /// The arithmetic.
    public var precision = Precision.auto
    /// Tokens of a text at most; nil means as the model's files say.
    public var maxLength: Int?
    /// Bytes of the score cache; 0 means none.
    public var cacheBytes = 64 << 20
    /// What happens to long texts; nil means as `limits.long_texts` says.
    public var longTexts: ProgramSettings.LongTexts?
    /// The weight file within the folder; nil leaves it to the folder.
    public var modelFile: String?
    /// The length of a dense model's vectors, which is then checked.
    public var dimensions: Int?
    /// The folder from which a relative path counts; nil means the current one.
    public var folder: String?
    /// Where it was named, for messages: `needletail.yaml, line 4`.
    public var place: String

    /// A model with the defaults.
    public init(name: String, reference: String, place: String) {
        self.name = name
        self.reference = reference
        self.place = place
    }
}

/// One key of a model in the configuration file.
public struct ModelKey: Sendable {
    /// The key.
    public let name: String
    /// The form of its values.
    public let type: SettingType
    /// What holds without it, for people.
    public let defaultText: String
    /// One sentence.
    public let meaning: String
    let set: @Sendable (inout ModelSettings, SettingValue) -> String?

    /// `set` puts a value of the key's type into a model, and says what is wrong if the value cannot be used.
    private init(
        _ name: String, _ type: SettingType, default defaultText: String, _ meaning: String,
        set: @escaping @Sendable (inout ModelSettings, SettingValue) -> String?
    ) {
        self.name = name
        self.type = type
        self.defaultText = defaultText
        self.meaning = meaning
        self.set = set
    }
}

extension ModelKey {
    /// The words for the kinds of models; `bi-encoder` is Metarank's.
    static let kinds: KeyValuePairs<String, ModelTask> = [
        "cross-encoder": .crossEncoder, "dense": .dense, "bi-encoder": .dense, "sparse": .sparse,
    ]

    /// The kind of a word.
    static func kind(_ word: String) -> ModelTask? { kinds.first { $0.key == word }?.value }

    /// All keys, in the order in which documents show them.
    public static let all: [ModelKey] = [
        ModelKey("type", .choice(kinds.map(\.key)), default: "as the model's files say", "The kind of model.") {
            if case .text(let word) = $1 { $0.task = kind(word) }
            return nil
        },
        ModelKey(
            "model", .text, default: "required",
            "A folder (`./…`, `/…`, `file://…`), a name that `needletail models list` shows, or a reference to a model hub."
        ) {
            if case .text(let text) = $1 { $0.reference = text }
            return nil
        },
        ModelKey("revision", .text, default: "the hub's default", "The commit, branch or tag of a hub reference.") {
            if case .text(let text) = $1 { $0.revision = text }
            return nil
        },
        ModelKey("aliases", .list, default: "none", "Other names that requests may use.") {
            if case .list(let names) = $1 { $0.aliases = names }
            return nil
        },
        ModelKey(
            "max_length", .integer(4...1_000_000), default: "as the model's files say",
            "Tokens of a text (or pair) at most, special tokens included."
        ) {
            if case .integer(let value) = $1 { $0.maxLength = value }
            return nil
        },
        ModelKey(
            "precision", .choice(Precision.allCases.map(\.rawValue)), default: "auto",
            "The arithmetic of the matrix products; `auto` is int8 if the folder's record says that its quality passes, else bf16."
        ) {
            guard case .text(let word) = $1, let precision = Precision(rawValue: word) else { return nil }
            $0.precision = precision
            return nil
        },
        ModelKey(
            "cache", .text, default: "64MiB",
            "The size of the score cache of a cross-encoder, such as `64MiB`, or `off`."
        ) {
            guard case .text(let text) = $1 else { return nil }
            if let bytes = text == "off" ? 0 : Quantity.bytes(text), bytes <= 1 << 40 {
                $0.cacheBytes = bytes
                return nil
            }
            return
                "must be a size such as 64MiB, or off, not '\(text)'. Metarank's cache files are not read: the cache "
                + "fills itself"
        },
        ModelKey(
            "long_texts", .choice(ProgramSettings.LongTexts.allCases.map(\.rawValue)), default: "`limits.long_texts`",
            "What happens to a text that is longer than the model reads."
        ) {
            if case .text(let word) = $1 { $0.longTexts = ProgramSettings.LongTexts(rawValue: word) }
            return nil
        },
        ModelKey(
            "modelFile", .text, default: "as the folder says",
            "The weight file within the model, as Metarank names it: `pytorch_model.onnx`, …."
        ) {
            if case .text(let text) = $1 { $0.modelFile = text }
            return nil
        },
        ModelKey("tokenizerFile", .text, default: "`tokenizer.json`", "Metarank's; only `tokenizer.json` can be named.")
        {
            tokenizerProblem($1, &$0)
        },
        ModelKey("vocabFile", .text, default: "`tokenizer.json`", "Metarank's older name of `tokenizerFile`.") {
            tokenizerProblem($1, &$0)
        },
        ModelKey(
            "dim", .integer(1...1_000_000), default: "not checked",
            "Metarank's: the length of the vectors, which is compared with the model's."
        ) {
            if case .integer(let value) = $1 { $0.dimensions = value }
            return nil
        },
    ]

    private static func tokenizerProblem(_ value: SettingValue, _ model: inout ModelSettings) -> String? {
        guard case .text(let text) = value, text != "tokenizer.json" else { return nil }
        return "must be tokenizer.json, not '\(text)': the tokenizer is read from the model's folder; leave the key out"
    }
}
