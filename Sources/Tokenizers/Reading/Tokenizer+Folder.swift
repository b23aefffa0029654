internal import JSON

extension Tokenizer {
    /// Reads the tokenizer of a model folder.
    ///
    /// Taken is `tokenizer.json`, else `vocab.txt` with `tokenizer_config.json` (the BERT family), else `vocab.json`
    /// with `merges.txt` (the GPT-2 and RoBERTa families). Only the two fallbacks read `tokenizer_config.json`,
    /// `special_tokens_map.json` and `added_tokens.json`: a `tokenizer.json` is complete.
    public init(folder: String) throws(TokenizerError) {
        let files = TokenizerFolder(path: folder)
        if let document = try files.json("tokenizer.json") {
            do {
                self = try Tokenizer(tokenizerJSON: document)
            } catch {
                throw files.located(error, in: "tokenizer.json")
            }
            return
        }
        let legacy = try LegacyTokenizer(files)
        if let lines = try files.lines(of: "vocab.txt") {
            do {
                self = try legacy.wordPiece(vocabulary: lines)
            } catch {
                throw files.located(error, in: "vocab.txt")
            }
            return
        }
        if let vocabulary = try files.json("vocab.json"), let merges = try files.lines(of: "merges.txt") {
            do {
                self = try legacy.bytePairs(vocabulary: vocabulary, merges: merges)
            } catch {
                throw files.located(error, in: "vocab.json")
            }
            return
        }
        throw TokenizerError(
            .unreadableFile,
            "has no tokenizer: looked for tokenizer.json, then vocab.txt, then vocab.json with merges.txt; save the "
                + "tokenizer of the model beside it", file: folder)
    }
}
