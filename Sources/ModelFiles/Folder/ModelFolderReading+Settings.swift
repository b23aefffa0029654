import JSON

/// The settings of the task: how long inputs may be, prompts, similarity, activation.
extension ModelFolderReading {
    // MARK: Length

    static let lengthFiles = [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
        "sentence_camembert_config.json", "sentence_albert_config.json", "sentence_xlm-roberta_config.json",
        "sentence_xlnet_config.json",
    ]

    mutating func readLength() throws(ModelFileError) {
        var stated: Int?
        for name in Self.lengthFiles {
            guard let file = try source.json(ModelSource.join(transformerFolder, name)) else { continue }
            stated = try file.int("max_seq_length")
            lowercasesInput = try file.bool("do_lower_case") ?? false
            break
        }
        let positions = try usablePositions()
        if let stated {
            guard stated > 0 else { return }
            maxSequenceLength = stated
            if let positions, stated > positions {
                notes.append("max_seq_length is \(stated), and the transformer has \(positions) positions")
                maxSequenceLength = positions
            }
            return
        }
        let folders = transformerFolder.isEmpty ? [""] : [transformerFolder, ""]
        var limit: Int?
        for folder in folders where limit == nil {
            limit = try source.json(ModelSource.join(folder, "tokenizer_config.json"))?.int("model_max_length")
        }
        if limit == nil, layout == .openSearch { limit = try tokenizerTruncation() }
        maxSequenceLength = [limit, positions].compactMap { $0 }.filter { $0 > 0 }.min()
    }

    /// How long inputs can be: architectures of the RoBERTa family keep the positions up to their padding token free.
    func usablePositions() throws(ModelFileError) -> Int? {
        guard let transformer, let positions = try transformer.int("max_position_embeddings"), positions > 0 else {
            return nil
        }
        switch modelType {
        case "roberta", "xlm-roberta", "camembert", "mpnet", "xlm-roberta-xl":
            let padding = try transformer.int("pad_token_id") ?? 1
            guard padding >= 0, padding < positions - 1 else {
                throw transformer.fault("pad_token_id", "\(padding) leaves none of the \(positions) positions")
            }
            return positions - padding - 1
        default:
            return positions
        }
    }

    /// OpenSearch takes the limit from the tokenizer file itself.
    func tokenizerTruncation() throws(ModelFileError) -> Int? {
        try source.json("tokenizer.json")?.section("truncation")?.int("max_length")
    }

    // MARK: Settings of the pipeline

    mutating func readPipelineSettings(_ pipeline: ConfigurationFile?) throws(ModelFileError) {
        guard let pipeline else { return }
        for (name, text) in try pipeline.section("prompts")?.object ?? [:] {
            if text.isNull { continue }
            guard let text = text.string else { throw pipeline.fault("prompts.\(name)", "a string was expected") }
            prompts[name] = text
        }
        defaultPromptName = try pipeline.string("default_prompt_name")
        if let name = defaultPromptName, prompts[name] == nil {
            throw pipeline.fault(
                "default_prompt_name", "there is no prompt named \(name)",
                advice: "Add it to prompts, or remove default_prompt_name")
        }
        similarity = try pipeline.string("similarity_fn_name")
    }

    /// The order of sentence-transformers 6.2: the pipeline's file, the new key of `config.json`, the old key, the number of labels.
    mutating func readActivation(_ pipeline: ConfigurationFile?) throws(ModelFileError) {
        let stated = [
            try pipeline?.string("activation_fn"),
            try transformer?.section("sentence_transformers")?.string("activation_fn"),
            try transformer?.string("sbert_ce_default_activation_function"),
        ].compactMap { $0 }
        for path in stated {
            if path.hasPrefix("torch.") {
                activation = ModelActivation(pythonPath: path)
                return
            }
            notes.append("The activation \(path) is code that would have to be run; it is ignored")
        }
        // Who hands out a bare graph takes its output as it is: OpenSearch, and Metarank.
        if layout == .openSearch || isReadFromGraph {
            activation = .identity
            return
        }
        activation = labels.count == 1 ? .sigmoid : .identity
    }
}
