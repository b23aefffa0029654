/// Lucene's lists of stop words by the names that OpenSearch gives them.
enum StopWords {
    /// The words of a language's analyser, such as `english`.
    static func of(_ language: String) -> [String] {
        StopWordLists.words[language]?.split(separator: "~").map(String.init) ?? []
    }

    /// The words of `_english_` and the like; `nil` if there is no such list.
    static func named(_ name: String) -> [String]? {
        let language = name.dropFirst().dropLast().lowercased()
        guard StopWordLists.words[language] != nil else { return nil }
        return of(language)
    }

    /// Lucene's 33 English words.
    static let english = WordSet(of("english"))
}
