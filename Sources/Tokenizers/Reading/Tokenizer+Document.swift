public import JSON

extension Tokenizer {
    /// Makes the tokenizer that the document of a `tokenizer.json` describes.
    ///
    /// The `padding` section is accepted and left aside: it asks for a rectangular batch, which these encoders never
    /// build. A `truncation` section becomes ``truncation``.
    ///
    /// - Throws: `TokenizerError` with code `unknownComponent` for a component of unknown type (it names the type and
    ///   lists what is known), `invalidSetting` for a setting that is missing, of the wrong kind or out of range.
    public init(tokenizerJSON: JSONValue) throws(TokenizerError) {
        let root = try ComponentSettings(tokenizerJSON, at: "")
        let model: any SubwordModel
        let settings = try root.component("model")
        if let other = try settings.subwordModel() {
            model = other
        } else {
            switch try settings.optionalString("type") ?? "WordPiece" {
            case "WordPiece": model = try WordPieceModel(settings)
            case let type:
                throw settings.unknownType(type, role: "model", known: ["WordPiece", "BPE", "Unigram", "WordLevel"])
            }
        }
        var tokens: [AddedToken] = []
        if root["added_tokens"] != nil {
            for token in try root.components("added_tokens") { tokens.append(try AddedToken(token)) }
        }
        let pipeline = try TokenizerPipeline(
            normalizer: root["normalizer"] == nil ? nil : try root.component("normalizer").normalizer(),
            preTokenizer: root["pre_tokenizer"] == nil ? nil : try root.component("pre_tokenizer").preTokenizer(),
            model: model,
            postProcessor: root["post_processor"] == nil
                ? PostProcessor() : try root.component("post_processor").postProcessor(),
            decoder: root["decoder"] == nil ? nil : try root.component("decoder").tokenDecoder(),
            addedTokens: tokens)
        self.init(
            pipeline: pipeline,
            truncation: root["truncation"] == nil ? nil : try Truncation(root.component("truncation")))
    }
}

extension AddedToken {
    /// Reads an entry of `added_tokens`.
    ///
    /// Its id is not taken: upstream numbers the tokens itself.
    init(_ settings: ComponentSettings) throws(TokenizerError) {
        let isSpecial = try settings.bool("special", default: false)
        self.init(
            content: try settings.string("content"),
            isSingleWord: try settings.bool("single_word", default: false),
            stripsLeft: try settings.bool("lstrip", default: false),
            stripsRight: try settings.bool("rstrip", default: false),
            isNormalized: try settings.bool("normalized", default: !isSpecial),
            isSpecial: isSpecial)
    }
}

extension Truncation {
    /// Reads a `truncation` section.
    init(_ settings: ComponentSettings) throws(TokenizerError) {
        let strategies = ["LongestFirst": Strategy.longestFirst, "OnlyFirst": .onlyFirst, "OnlySecond": .onlySecond]
        let directions = ["Right": Direction.right, "Left": .left]
        let strategy = try settings.optionalString("strategy") ?? "LongestFirst"
        guard let knownStrategy = strategies[strategy] else {
            throw settings.failure(
                "strategy", "expected LongestFirst, OnlyFirst or OnlySecond, found \"\(strategy)\"")
        }
        let direction = try settings.optionalString("direction") ?? "Right"
        guard let knownDirection = directions[direction] else {
            throw settings.failure("direction", "expected Left or Right, found \"\(direction)\"")
        }
        self.init(
            maxLength: try settings.int("max_length", in: 0...Int(Int32.max)), strategy: knownStrategy,
            stride: try settings.int("stride", in: 0...Int(Int32.max), default: 0), direction: knownDirection)
    }
}
