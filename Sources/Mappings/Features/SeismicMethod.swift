import JSON
import SparseIndex

/// The `method` of a `sparse_vector` field.
struct SeismicMethod: Sendable, Hashable {
    /// How the approximate index is built.
    let options: SeismicOptions
    /// `approximate_threshold`.
    let approximateThreshold: Int
    /// `quantization_ceiling_search`: checked and kept; queries are not cut to 8 bits.
    let searchCeiling: Float

    /// Reads a method as it is written in a mapping.
    ///
    /// - Throws: ``MappingError`` in the words of OpenSearch's neural-search plug-in.
    init(_ json: JSONValue) throws(MappingError) {
        guard case .object(let members) = json else {
            throw MappingError(
                .mapperParsing, "Unable to parse mapping into SparseMethodContext. Object not of type \"Map\"")
        }
        var name = ""
        var parameters = JSONObject()
        for (key, value) in members {
            switch key {
            case "name":
                guard let text = value.string else { throw MappingError(.mapperParsing, "name has to be a string") }
                name = text
            case "parameters":
                guard !value.isNull else { continue }
                guard case .object(let given) = value else {
                    throw MappingError(.mapperParsing, "Unable to parse parameters for main method component")
                }
                parameters = given
            default: throw MappingError(.mapperParsing, "Invalid parameter: \(key)")
            }
        }
        guard !name.isEmpty else { throw MappingError(.mapperParsing, "name needs to be set") }
        guard name == "seismic" else {
            throw MappingError(.mapperParsing, "[method.name]: \(name) is not supported")
        }
        var reading = Reading(values: parameters)
        let pruneRatio = reading.float("summary_prune_ratio", "in (0, 1]") { $0 > 0 && $0 <= 1 }
        let postings = reading.integer("n_postings", "a positive integer") { $0 > 0 }
        let clusterRatio = reading.float("cluster_ratio", "in (0, 1)") { $0 > 0 && $0 < 1 }
        let threshold = reading.integer("approximate_threshold", "a non-negative integer") { $0 >= 0 }
        let ceiling = reading.float("quantization_ceiling_ingest", "a positive float number") { $0 > 0 && $0.isFinite }
        searchCeiling =
            reading.float("quantization_ceiling_search", "a positive float number") { $0 > 0 } ?? 16
        try reading.finish()
        options = SeismicOptions(
            postings: postings, clusterRatio: clusterRatio ?? 0.1, summaryPruneRatio: pruneRatio ?? 0.4,
            quantizationCeiling: ceiling ?? 3)
        approximateThreshold = threshold ?? SeismicOptions.defaultThreshold
    }
}

/// The parameters of the method: each is read once, and all that is wrong is told together.
private struct Reading {
    var values: JSONObject
    private var problems: [String] = []

    init(values: JSONObject) { self.values = values }

    mutating func float(_ name: String, _ range: String, _ isValid: (Float) -> Bool) -> Float? {
        read(name, range, type: "java.lang.Float", { JavaNumbers.parses($0) ? Float($0) : nil }, isValid)
    }

    mutating func integer(_ name: String, _ range: String, _ isValid: (Int) -> Bool) -> Int? {
        read(name, range, type: "java.lang.Integer", { Int32($0).map(Int.init) }, isValid)
    }

    private mutating func read<Number>(
        _ name: String, _ range: String, type: String, _ parse: (String) -> Number?, _ isValid: (Number) -> Bool
    ) -> Number? {
        guard let value = values[name] else { return nil }
        values[name] = nil
        guard let number = parse(ParameterSpecification.text(value)) else {
            problems.append("Parameter [\(name)] must be of \(type) type")
            return nil
        }
        if !isValid(number) { problems.append("Parameter [\(name)] must be \(range)") }
        return number
    }

    func finish() throws(MappingError) {
        let problems = problems + values.keys.map { "Unknown parameter '\($0)' found" }
        if !problems.isEmpty { throw MappingError(.mapperParsing, MappingError.validationText(problems)) }
    }
}
