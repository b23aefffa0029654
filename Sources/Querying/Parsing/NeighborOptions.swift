import JSON

/// The options of a search for near vectors as they are read, before they are checked together.
struct NeighborOptions {
    var k: Int?
    var minScore: Float?
    var maxDistance: Float?
    var hasRescore = false
    /// `method_parameters`, in their order.
    var methodParameters: [(name: String, value: Int)] = []
    var search = NeighborSearch()

    static let names = [
        "boost", "_name", "vector", "k", "ignore_unmapped", "max_distance", "min_score", "method_parameters", "filter",
        "rescore", "expand_nested_docs",
    ]

    /// Reads an option; `false` if the key is another one.
    mutating func read(_ member: RequestNode.Member, _ parser: QueryParser) throws -> Bool {
        let body = parser.body, value = member.value
        switch member.key {
        case "k": k = try body.int(value)
        case "min_score": minScore = try body.float(value)
        case "max_distance": maxDistance = try body.float(value)
        case "expand_nested_docs": search.expandsNested = try body.bool(value)
        case "filter": search.filter = try parser.query(value)
        case "method_parameters": try readMethod(value, body)
        case "rescore": try readRescore(value, body)
        default: return false
        }
        return true
    }

    private mutating func readMethod(_ node: RequestNode, _ body: RequestBody) throws {
        guard let members = node.members, !members.isEmpty else {
            throw body.parsing(node, "method_parameters cannot be empty")
        }
        for member in members {
            guard member.key == "ef_search" || member.key == "nprobes" else {
                throw body.parsing(node, "[knn] unknown method parameter found [\(member.key)]")
            }
            guard let value = member.value.text.flatMap({ Int32($0) }) else {
                throw body.parsing(node, "\(member.key) value must be an integer")
            }
            methodParameters.append((member.key, Int(value)))
        }
    }

    private mutating func readRescore(_ node: RequestNode, _ body: RequestBody) throws {
        if case .bool(let isWanted) = node.content {
            hasRescore = isWanted
            return
        }
        hasRescore = true
        search.oversampling = 1
        for member in node.members ?? [] {
            guard member.key == "oversample_factor" else {
                throw SearchError.illegalArgument("Unknown [rescore] parameter [\(member.key)]")
            }
            search.oversampling = try body.float(member.value)
        }
    }

    /// Checks what was read, in the words of the k-NN plugin.
    ///
    /// - Parameter byDefault: how many of the nearest, where nothing is said.
    func checked(byDefault: Int? = nil) throws -> NeighborSearch {
        var search = search
        switch (k, minScore, maxDistance) {
        case (let k?, nil, nil): search.extent = .nearest(k)
        case (nil, let score?, nil): search.extent = .minScore(score)
        case (nil, nil, let distance?): search.extent = .maxDistance(distance)
        case (nil, nil, nil) where byDefault != nil: search.extent = .nearest(byDefault ?? 10)
        default:
            throw SearchError.illegalArgument(
                byDefault == nil
                    ? "[knn] requires exactly one of k, distance or score to be set"
                    : "Only one of k, max_distance, or min_score can be provided")
        }
        if case .nearest(let k) = search.extent, k <= 0 || k > NeighborSearch.maximumNearest {
            throw SearchError.illegalArgument(
                "[knn] requires k to be in the range (0, \(NeighborSearch.maximumNearest)]")
        }
        if let minScore, !(minScore > 0) {
            throw SearchError.illegalArgument("[knn] requires minScore to be greater than 0")
        }
        let problems = methodParameters.filter { $0.value <= 0 }.map {
            "Validation Failed: 1: \($0.name) should be greater than 0;"
        }
        if !problems.isEmpty {
            let list = problems.enumerated().map { "\($0.offset + 1): \($0.element);" }.joined()
            throw SearchError.illegalArgument("[knn] errors in method parameter [Validation Failed: \(list)]")
        }
        if hasRescore, k == nil, byDefault == nil {
            throw SearchError.illegalArgument(
                "The following fields are not allowed together: [rescore, \(minScore == nil ? "max_distance" : "min_score")] "
            )
        }
        if let factor = search.oversampling {
            let bound: (String, Float)? = !(factor >= 1) ? ("less", 1) : factor > 100 ? ("more", 100) : nil
            if let (word, bound) = bound {
                throw SearchError.illegalArgument(
                    "[knn] errors in rescore parameter [Validation Failed: 1: Oversample factor [\(factor)] cannot be \(word) than [\(bound)];]"
                )
            }
        }
        search.efSearch = methodParameters.last { $0.name == "ef_search" }?.value
        search.clusterCount = methodParameters.last { $0.name == "nprobes" }?.value
        return search
    }
}
