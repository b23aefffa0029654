extension Analyzer {
    /// What a text looks like behind each stage, and the tokens in full.
    public func detail(_ text: String) throws(AnalysisError) -> AnalysisDetail {
        var text = text
        text.makeContiguousUTF8()
        let bytes = Array(text.utf8)
        var texts: [(name: String, text: String)] = []
        let scratch = AnalysisScratch()
        var current = bytes
        for filter in characterFilters {
            var output = FilteredText()
            try Self.withBytes(current) { bytes throws(AnalysisError) in
                try filter.stage.apply(bytes, into: &output)
            }
            current = output.bytes
            texts.append((filter.name, String(decoding: current, as: UTF8.self)))
        }
        var batch = TokenBatch()
        var failure: AnalysisError?
        bytes.withUnsafeBufferPointer { text in
            do throws(AnalysisError) {
                try Self.run(
                    text, characterFilters: characterFilters, tokenizer: tokenizer.stage, filters: [], into: &batch,
                    scratch: scratch)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        let cut = AnalysisDetail.Stage(name: tokenizer.name, tokens: batch.analyzedTokens())
        var stages: [AnalysisDetail.Stage] = []
        for filter in filters {
            try filter.stage.apply(to: &batch)
            stages.append(AnalysisDetail.Stage(name: filter.name, tokens: batch.analyzedTokens()))
        }
        return AnalysisDetail(
            characterFilters: texts, tokenizer: isCustom ? cut : nil, filters: isCustom ? stages : [],
            analyzer: AnalysisDetail.Stage(name: name, tokens: (stages.last ?? cut).tokens))
    }
}

extension TokenBatch {
    func analyzedTokens() -> [AnalyzedToken] {
        var position = -1
        return (0..<tokens.count).map { index in
            let token = tokens[index]
            position += Int(token.positionIncrement)
            return AnalyzedToken(
                text: String(decoding: bytes(token), as: UTF8.self), startOffset: Int(token.startOffset),
                endOffset: Int(token.endOffset), type: token.type.name, position: position,
                positionLength: Int(token.positionLength), isKeyword: token.isKeyword)
        }
    }
}
