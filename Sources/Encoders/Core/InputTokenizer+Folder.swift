package import ModelFiles

extension InputTokenizer {
    /// The tokenizer of a folder as its network reads texts, without loading weights.
    ///
    /// - Parameters:
    ///   - maximumTokens: the longest sequence, at least 4; nil takes the folder's limit.
    ///   - addsSpecialTokens: false for the tables of inference-free models.
    /// - Throws: also for more tokens than the network has positions.
    package init(_ folder: ModelFolder, maximumTokens: Int? = nil, addsSpecialTokens: Bool = true) throws(EncoderError)
    {
        let path = folder.path(
            of: folder.transformerFolder.isEmpty ? "config.json" : folder.transformerFolder + "/config.json")
        let family = try Architectures.family(of: folder.modelType, path: path)
        let configuration = try family.configuration(ConfigurationReader(path: path, document: folder.config))
        let limit = try EncoderOptions(maxSequenceLength: maximumTokens).limit(
            folder.maxSequenceLength, positions: configuration.maximumTokens)
        self.init(
            try EncoderCore.readTokenizer(folder, in: folder.tokenizerFolder), maximumTokens: limit,
            readsTypes: configuration.readsTypes, lowercases: folder.lowercasesInput,
            addsSpecialTokens: addsSpecialTokens)
    }
}
