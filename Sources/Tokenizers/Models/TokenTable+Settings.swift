import JSON

extension TokenTable {
    /// Reads the `vocab` object (token to id) of a model.
    package init(vocabularyOf settings: ComponentSettings) throws(TokenizerError) {
        let members = try settings.members("vocab")
        var entries: [(token: String, id: Int32)] = []
        entries.reserveCapacity(members.count)
        for (token, value) in members {
            guard let int = value.int, let id = Int32(exactly: int), id >= 0 else {
                let given = if case .number(let number) = value { "\(number)" } else { value.typeName }
                throw settings.failure(
                    "vocab[\"\(token)\"]", "expected an id from 0 to \(Int32.max), found \(given)")
            }
            entries.append((token, id))
        }
        guard let table = TokenTable(entries) else {
            throw settings.failure("vocab", "the tokens have more than 2 GB in total")
        }
        self = table
    }
}
