internal import JSON

/// Makes the tokenizer of a folder without `tokenizer.json` from the older files, as the converters of Hugging Face
/// `transformers` do.
struct LegacyTokenizer {
    private let config: JSONValue
    private let specialTokens: JSONValue
    private let addedTokens: JSONValue

    /// Reads `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`, as far as they are there.
    init(_ files: TokenizerFolder) throws(TokenizerError) {
        config = try files.json("tokenizer_config.json") ?? .null
        specialTokens = try files.json("special_tokens_map.json") ?? .null
        addedTokens = try files.json("added_tokens.json") ?? .null
    }

    // MARK: The two families

    /// The tokenizer of a `vocab.txt`: one token per line, its id the number of the line.
    func wordPiece(vocabulary lines: [String]) throws(TokenizerError) -> Tokenizer {
        guard let tokens = TokenTable(lines.enumerated().map { ($0.element, Int32(truncatingIfNeeded: $0.offset)) })
        else { throw TokenizerError(.malformedFile, "the tokens have more than 2 GB in total") }
        let lowercases = bool("do_lower_case", default: true)
        let unknown = token("unk_token", default: "[UNK]")
        let isMPNet = tokenizerClass.hasPrefix("MPNet")
        let cls = isMPNet ? token("cls_token", default: "<s>") : token("cls_token", default: "[CLS]")
        let sep = isMPNet ? token("sep_token", default: "</s>") : token("sep_token", default: "[SEP]")
        let pad = token("pad_token", default: isMPNet ? "<pad>" : "[PAD]")
        let mask = token("mask_token", default: isMPNet ? "<mask>" : "[MASK]")
        let model = try WordPieceModel(
            tokens: tokens, unknownToken: unknown.content, continuationPrefix: "##", longestWord: 100)
        let added = special([pad, unknown, cls, sep, mask])
        return try make(
            normalizer: BertNormalizer(
                cleansText: true, separatesIdeographs: bool("tokenize_chinese_chars", default: true),
                stripsAccents: bool("strip_accents", default: lowercases), lowercases: lowercases),
            preTokenizer: BertPreTokenizer(), model: model,
            decoder: WordPieceDecoder(prefix: "##", cleansUp: true), added: added,
            template: { cls, sep in
                let single: [PostProcessor.Part] = [
                    .special(ids: [cls], typeID: 0), .sequence(0, typeID: 0), .special(ids: [sep], typeID: 0),
                ]
                let second: [PostProcessor.Part] =
                    isMPNet
                    ? [.special(ids: [sep], typeID: 0), .sequence(1, typeID: 0), .special(ids: [sep], typeID: 0)]
                    : [.sequence(1, typeID: 1), .special(ids: [sep], typeID: 1)]
                return PostProcessor.Template(single: single, pair: single + second)
            }, cls: cls, sep: sep, configure: { _ in })
    }

    /// The tokenizer of a `vocab.json` and a `merges.txt`.
    func bytePairs(vocabulary: JSONValue, merges lines: [String]) throws(TokenizerError) -> Tokenizer {
        let merges = lines.filter { !$0.hasPrefix("#version") && !$0.isEmpty }
        let isGPT2 = tokenizerClass.hasPrefix("GPT2")
        let addsPrefixSpace = bool("add_prefix_space", default: false)
        let settings = try ComponentSettings(
            .object([
                "type": "BPE", "vocab": vocabulary, "merges": .array(merges.map { .string($0) }), "dropout": .null,
                "unk_token": .null, "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": false,
            ]), at: "")
        let model = try BytePairModel(settings)
        let unknown = token("unk_token", default: isGPT2 ? "<|endoftext|>" : "<unk>")
        let cls = token("cls_token", default: "<s>")
        let sep = token("sep_token", default: "</s>")
        let names: [(String, String, Bool)] =
            isGPT2
            ? [("bos_token", "<|endoftext|>", false), ("eos_token", "<|endoftext|>", false)]
            : [
                ("bos_token", "<s>", false), ("pad_token", "<pad>", false), ("eos_token", "</s>", false),
                ("mask_token", "<mask>", true),
            ]
        let others = names.map { token($0.0, default: $0.1, stripsLeft: $0.2) }
        let added = special(isGPT2 ? [unknown] + others : [unknown, cls, sep] + others)
        return try make(
            normalizer: nil, preTokenizer: ByteLevelPreTokenizer(addsPrefixSpace: addsPrefixSpace, usesRegex: true),
            model: model, decoder: ByteLevelDecoder(), added: added,
            template: isGPT2
                ? nil
                : { cls, sep in
                    let single: [PostProcessor.Part] = [
                        .special(ids: [cls], typeID: 0), .sequence(0, typeID: 0), .special(ids: [sep], typeID: 0),
                    ]
                    let second: [PostProcessor.Part] = [
                        .special(ids: [sep], typeID: 0), .sequence(1, typeID: 0), .special(ids: [sep], typeID: 0),
                    ]
                    return PostProcessor.Template(single: single, pair: single + second)
                },
            cls: cls, sep: sep,
            configure: { processor in
                // GPT-2's post-processor keeps the spaces in the offsets.
                processor.trimsOffsets = !isGPT2
                processor.addsPrefixSpace = addsPrefixSpace
                processor.zeroesOverflowingTypeIDs = !isGPT2
            })
    }

    private func make(
        normalizer: (any Normalizer)?, preTokenizer: any PreTokenizer, model: any SubwordModel,
        decoder: any TokenDecoder, added: [AddedToken],
        template: ((_ cls: Int32, _ sep: Int32) -> PostProcessor.Template)?, cls: AddedToken, sep: AddedToken,
        configure: (inout PostProcessor) -> Void
    ) throws(TokenizerError) -> Tokenizer {
        let all = added + otherAddedTokens(besides: added)
        let vocabulary = try AddedVocabulary(all, model: model, normalizer: normalizer)
        var processor = PostProcessor()
        configure(&processor)
        if let template {
            guard let clsID = vocabulary.id(of: cls.content) ?? model.id(of: cls.content),
                let sepID = vocabulary.id(of: sep.content) ?? model.id(of: sep.content)
            else {
                throw TokenizerError(
                    .malformedFile,
                    "the vocabulary lacks the special tokens \"\(cls.content)\" and \"\(sep.content)\"; correct "
                        + "cls_token and sep_token in tokenizer_config.json")
            }
            processor.template = template(clsID, sepID)
        }
        let pipeline = try TokenizerPipeline(
            normalizer: normalizer, preTokenizer: preTokenizer, model: model, postProcessor: processor,
            decoder: decoder, addedTokens: all)
        return Tokenizer(pipeline: pipeline, truncation: truncation)
    }

    // MARK: Settings

    private var tokenizerClass: String { config["tokenizer_class"]?.string ?? "" }

    /// The length limit of the configuration; the huge number that stands for "none" is none.
    private var truncation: Truncation? {
        guard let length = config["model_max_length"]?.int, length > 0, length < 1 << 30 else { return nil }
        return Truncation(maxLength: length)
    }

    private func bool(_ key: String, default absent: Bool) -> Bool { config[key]?.bool ?? absent }

    /// A special token: in the map, else in the configuration, else the one of the class.
    ///
    /// Each may be a string or an object.
    private func token(_ key: String, default content: String, stripsLeft: Bool = false) -> AddedToken {
        for source in [specialTokens[key], config[key]] {
            guard let source, !source.isNull else { continue }
            if let content = source.string {
                return AddedToken(content: content, stripsLeft: stripsLeft, isNormalized: false, isSpecial: true)
            }
            if let content = source["content"]?.string { return token(source, content: content, isSpecial: true) }
        }
        return AddedToken(content: content, stripsLeft: stripsLeft, isNormalized: false, isSpecial: true)
    }

    private func token(_ value: JSONValue, content: String, isSpecial: Bool) -> AddedToken {
        AddedToken(
            content: content, isSingleWord: value["single_word"]?.bool ?? false,
            stripsLeft: value["lstrip"]?.bool ?? false, stripsRight: value["rstrip"]?.bool ?? false,
            isNormalized: value["normalized"]?.bool ?? !isSpecial, isSpecial: value["special"]?.bool ?? isSpecial)
    }

    /// The tokens without repetitions, and the additional special tokens.
    private func special(_ tokens: [AddedToken]) -> [AddedToken] {
        var result: [AddedToken] = []
        let additional =
            (specialTokens["additional_special_tokens"] ?? config["additional_special_tokens"])?.array ?? []
        let more = additional.compactMap { value -> AddedToken? in
            guard let content = value.string ?? value["content"]?.string else { return nil }
            return token(value, content: content, isSpecial: true)
        }
        for token in tokens + more where !result.contains(where: { $0.content == token.content }) {
            var token = token
            if more.contains(token) { token.isNormalized = false }
            result.append(token)
        }
        return result
    }

    /// The tokens of `added_tokens_decoder` (in the configuration) or of `added_tokens.json`, in the order of their ids.
    private func otherAddedTokens(besides known: [AddedToken]) -> [AddedToken] {
        var found: [(id: Int, token: AddedToken)] = []
        for (key, value) in config["added_tokens_decoder"]?.object ?? JSONObject() {
            guard let id = Int(key), let content = value["content"]?.string else { continue }
            found.append((id, token(value, content: content, isSpecial: false)))
        }
        if found.isEmpty {
            for (content, value) in addedTokens.object ?? JSONObject() {
                guard let id = value.int else { continue }
                found.append((id, AddedToken(content: content)))
            }
        }
        return found.sorted { $0.id < $1.id }.map(\.token).filter { token in
            !known.contains { $0.content == token.content }
        }
    }
}
