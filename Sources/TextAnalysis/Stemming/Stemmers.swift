/// Stemmers by the names of OpenSearch's `stemmer` and `snowball` filters.
enum Stemmers {
    /// The filter of `stemmer` with this language.
    static func filter(_ language: String, _ name: String) throws(AnalysisError) -> any TokenFilter {
        switch language.lowercased() {
        case "english", "porter": return PorterStemmer()
        case "porter2": return try snowball("english", name)
        case "possessive_english", "possessiveenglish": return EnglishPossessiveFilter()
        case "minimal_english", "minimalenglish": return LightStemFilter(.minimalEnglish)
        case "light_german", "lightgerman": return LightStemFilter(.german)
        case "light_french", "lightfrench": return LightStemFilter(.french)
        case "light_spanish", "lightspanish": return LightStemFilter(.spanish)
        case "light_italian", "lightitalian": return LightStemFilter(.italian)
        case "light_portuguese", "lightportuguese": return LightStemFilter(.portuguese)
        case let other:
            // Lucene has stemmers of its own for these.
            let own = ["arabic", "greek", "hindi"]
            if !own.contains(other), let filter = SnowballFilter(algorithm: other) { return filter }
            throw AnalysisError(
                "the stemmer [\(language)] of filter [\(name)] is not supported; supported are [\(supported)]")
        }
    }

    /// The filter of `snowball` with this language.
    static func snowball(_ language: String, _ name: String) throws(AnalysisError) -> any TokenFilter {
        let algorithm = language.lowercased()
        if let filter = SnowballFilter(algorithm: algorithm) { return filter }
        throw AnalysisError(
            "Invalid stemmer class specified: \(language) (filter [\(name)]; supported are [\(supported)])")
    }

    private static let supported =
        "armenian, basque, catalan, danish, dutch, english, finnish, french, german, hungarian, indonesian, irish, italian, light_french, light_german, light_italian, light_portuguese, light_spanish, lithuanian, minimal_english, norwegian, porter, porter2, portuguese, possessive_english, romanian, russian, serbian, spanish, swedish, turkish"
}
