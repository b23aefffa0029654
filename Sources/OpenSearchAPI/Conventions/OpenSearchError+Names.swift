internal import Querying

extension OpenSearchError {
    /// Names in a request that nothing has, each with a guess.
    ///
    /// - Parameters:
    ///   - kind: what they should name: `parameter`, `metric`, `stat`.
    ///   - known: what there is.
    static func unrecognized(
        _ kind: String, _ names: [String], among known: some Collection<String>, in path: String
    ) -> OpenSearchError {
        let guesses = names.sorted().map { name in
            let question = Suggestion.text(for: name, among: known)
            return "[\(name)]" + (question.isEmpty ? "" : " ->\(question)")
        }
        return .illegalArgument(
            "request [\(path)] contains unrecognized \(kind)\(names.count > 1 ? "s" : ""): "
                + guesses.joined(separator: ", "))
    }
}
