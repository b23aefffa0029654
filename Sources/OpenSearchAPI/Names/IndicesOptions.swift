/// What an expression of indices may do: the parameters `ignore_unavailable`, `allow_no_indices` and `expand_wildcards`.
struct IndicesOptions: Sendable, Hashable {
    /// Names that are not there are left out.
    var ignoresUnavailable = false
    /// Patterns may lead to nothing.
    var allowsNone = true
    /// Patterns reach open indices.
    var expandsToOpen = true
    /// Patterns reach closed indices.
    var expandsToClosed = false
    /// Patterns reach hidden indices.
    var expandsToHidden = false
    /// Naming a closed index is a fault.
    var forbidsClosed = false

    /// For reading and searching.
    static let search = IndicesOptions(forbidsClosed: true)
    /// For settings, mappings, opening and closing.
    static let administration = IndicesOptions(expandsToClosed: true)
    /// For opening: patterns reach closed indices only.
    static let opening = IndicesOptions(expandsToOpen: false, expandsToClosed: true)
    /// For changing an index that must be open.
    static let openOnly = IndicesOptions(forbidsClosed: true)

    /// The parameters of the query over these defaults.
    func overridden(by request: RestRequest) throws(OpenSearchError) -> IndicesOptions {
        var options = self
        if let flag = try request.optionalFlag("ignore_unavailable") { options.ignoresUnavailable = flag }
        if let flag = try request.optionalFlag("allow_no_indices") { options.allowsNone = flag }
        if let words = request.list("expand_wildcards") {
            (options.expandsToOpen, options.expandsToClosed, options.expandsToHidden) = (false, false, false)
            for word in words {
                switch word {
                case "open": options.expandsToOpen = true
                case "closed": options.expandsToClosed = true
                case "hidden": options.expandsToHidden = true
                case "all":
                    (options.expandsToOpen, options.expandsToClosed, options.expandsToHidden) = (true, true, true)
                case "none": break
                default: throw .illegalArgument("No valid expand wildcard value [\(word)]")
                }
            }
        }
        return options
    }

    /// The names of the parameters.
    static let parameters = ["ignore_unavailable", "allow_no_indices", "expand_wildcards"]
}
