import JSON
import Mappings
import TextAnalysis

/// The mapping of the benchmark: two text fields with the standard analyser.
enum BenchmarkMapping {
    static let fieldNames = ["title", "text"]

    static func mapping() throws -> Mapping {
        try Mapping(
            parsing: JSONValue(parsing: #"{"properties":{"title":{"type":"text"},"text":{"type":"text"}}}"#),
            fieldNames: [], context: MappingContext())
    }

    static func analysis() throws -> AnalysisRegistry {
        try AnalysisRegistry(settings: JSONValue(parsing: "{}"))
    }
}
