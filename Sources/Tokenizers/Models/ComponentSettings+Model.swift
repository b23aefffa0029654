import JSON

extension ComponentSettings {
    /// The BPE, Unigram or WordLevel model that these settings describe; nil for another type.
    ///
    /// Files from before models had a type are recognised by their settings, as upstream does.
    package func subwordModel() throws(TokenizerError) -> (any SubwordModel)? {
        let type: String
        if let given = try optionalString("type") {
            type = given
        } else if self["merges"] != nil {
            type = "BPE"
        } else if self["vocab"]?.array != nil {
            type = "Unigram"
        } else if self["continuing_subword_prefix"] != nil {
            type = "WordPiece"
        } else {
            type = "WordLevel"
        }
        switch type {
        case "BPE": return try BytePairModel(self)
        case "Unigram": return try UnigramModel(self)
        case "WordLevel": return try WordLevelModel(self)
        default: return nil
        }
    }
}
