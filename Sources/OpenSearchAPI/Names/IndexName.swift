/// Rules for the names of indices and aliases.
enum IndexName {
    private static let forbidden: [Character] = ["\\", "/", "*", "?", "\"", "<", ">", "|", " ", ","]

    /// The forbidden characters as OpenSearch lists them.
    private static let forbiddenList = "[ , \", *, \\, <, |, ,, >, /, ?]"

    /// Refuses what cannot be the name of an index.
    static func validate(_ name: String) throws(OpenSearchError) {
        try validateCommon(name)
        if name != name.lowercased() { throw .invalidIndexName(name, "must be lowercase") }
    }

    /// Refuses what cannot be the name of an alias.
    static func validateAlias(_ name: String) throws(OpenSearchError) {
        if name.isEmpty { throw .illegalArgument("alias name is required") }
        do {
            try validateCommon(name)
        } catch {
            let reason = error.reason.split(separator: "], ", maxSplits: 1).last.map(String.init) ?? error.reason
            throw OpenSearchError(400, "invalid_alias_name_exception", "Invalid alias name [\(name)]: \(reason)")
        }
    }

    private static func validateCommon(_ name: String) throws(OpenSearchError) {
        if name.isEmpty { throw .invalidIndexName(name, "must not be empty") }
        if name.contains(where: forbidden.contains) {
            throw .invalidIndexName(name, "must not contain the following characters \(forbiddenList)")
        }
        if name.contains("#") { throw .invalidIndexName(name, "must not contain '#'") }
        if name.contains(":") { throw .invalidIndexName(name, "must not contain ':'") }
        if let first = name.first, "_-+".contains(first) {
            throw .invalidIndexName(name, "must not start with '_', '-', or '+'")
        }
        if name == "." || name == ".." { throw .invalidIndexName(name, "must not be '.' or '..'") }
        if name.utf8.count > 255 {
            throw .invalidIndexName(name, "index name is too long, (\(name.utf8.count) > 255)")
        }
    }
}
