internal import JSON

/// The names that expressions are matched against, at one moment.
struct IndexCatalog: Sendable {
    /// What is to be known of an index.
    struct Entry: Sendable {
        let name: String
        let isOpen: Bool
        let isHidden: Bool
    }

    /// All indices by name.
    let indices: [String: Entry]
    /// All aliases, with the indices that they stand for in order of their names, and whether they are hidden.
    let aliases: [String: (indices: [String], isHidden: Bool)]
    /// All data streams, with their indices, oldest first.
    var streams: [String: [String]] = [:]
    /// For date math: milliseconds since 1970.
    let now: Int64

    /// The indices that an expression means, by name, each once.
    ///
    /// - Parameter expressions: names, aliases, patterns, exclusions and date math; none at all means all indices.
    func resolve(_ expressions: [String], _ options: IndicesOptions) throws(OpenSearchError) -> [String] {
        let isAll = expressions.isEmpty || expressions == ["_all"] || expressions == ["*"]
        if isAll {
            // The indices of streams are hidden, the streams are not.
            let streamed = Set(streams.values.joined())
            let names = indices.values.filter {
                isReached($0, options, byName: ".", isStreamed: streamed.contains($0.name))
            }.map(\.name).sorted()
            guard !names.isEmpty || options.allowsNone else { throw .indexNotFound(expressions.first ?? "_all") }
            return names
        }
        var found: [String] = []
        var seen: Set<String> = []
        var hadWildcard = false
        for written in expressions {
            var expression = written
            let isExclusion = hadWildcard && expression.hasPrefix("-")
            if isExclusion { expression.removeFirst() }
            expression = try DateMathName.resolve(expression, now: now)
            if expression == "_all" { expression = "*" }
            if Wildcard.isPattern(expression) {
                hadWildcard = true
                let matched = match(expression, options)
                if isExclusion {
                    let gone = Set(matched)
                    found.removeAll { gone.contains($0) }
                    seen.subtract(gone)
                    continue
                }
                guard !matched.isEmpty || options.allowsNone else { throw .indexNotFound(expression) }
                for name in matched where seen.insert(name).inserted { found.append(name) }
                continue
            }
            if isExclusion {
                let gone = Set(
                    indices[expression] != nil
                        ? [expression] : aliases[expression]?.indices ?? streams[expression] ?? [])
                guard !gone.isEmpty || options.ignoresUnavailable else { throw .indexNotFound(expression) }
                found.removeAll { gone.contains($0) }
                seen.subtract(gone)
                continue
            }
            for name in try named(expression, options) where seen.insert(name).inserted { found.append(name) }
        }
        guard !found.isEmpty || options.allowsNone else {
            throw .indexNotFound(expressions.joined(separator: ","))
        }
        return found
    }

    private func named(_ name: String, _ options: IndicesOptions) throws(OpenSearchError) -> [String] {
        if let entry = indices[name] {
            if !entry.isOpen, options.forbidsClosed {
                if options.ignoresUnavailable { return [] }
                throw OpenSearchError(
                    400, "index_closed_exception", "closed", [("index", .string(name)), ("index_uuid", "_na_")])
            }
            return [name]
        }
        if let targets = aliases[name]?.indices ?? streams[name] {
            var found: [String] = []
            for index in targets { found += try named(index, options) }
            return found
        }
        if name.hasPrefix("_") { throw .invalidIndexName(name, "must not start with '_'.") }
        if options.ignoresUnavailable { return [] }
        throw .indexNotFound(name)
    }

    private func match(_ pattern: String, _ options: IndicesOptions) -> [String] {
        var names: Set<String> = []
        for entry in indices.values where Wildcard.matches(pattern, entry.name) {
            if isReached(entry, options, byName: pattern) { names.insert(entry.name) }
        }
        for (alias, target) in aliases
        where Wildcard.matches(pattern, alias) && (!target.isHidden || options.expandsToHidden) {
            for name in target.indices {
                if let entry = indices[name], isReached(entry, options, byName: pattern) { names.insert(name) }
            }
        }
        for (stream, members) in streams where Wildcard.matches(pattern, stream) {
            for name in members {
                if let entry = indices[name], isReached(entry, options, byName: pattern, isStreamed: true) {
                    names.insert(name)
                }
            }
        }
        return names.sorted()
    }

    /// Whether patterns reach an index: patterns that begin with a dot reach hidden ones that do.
    private func isReached(
        _ entry: Entry, _ options: IndicesOptions, byName pattern: String, isStreamed: Bool = false
    ) -> Bool {
        guard entry.isOpen ? options.expandsToOpen : options.expandsToClosed else { return false }
        return !entry.isHidden || options.expandsToHidden || isStreamed
            || (pattern.count > 1 && pattern.hasPrefix(".") && entry.name.hasPrefix("."))
    }
}
