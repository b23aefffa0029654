import ArgumentParser
import HybridTuning
import JSON

/// The search pipeline of hybrid searches: from a file, or OpenSearch's default.
struct PipelineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Search pipeline for hybrid searches (JSON, as 'tune hybrid' writes it); a normalization-processor with its defaults unless said.",
            valueName: "file"),
        completion: .file(extensions: ["json"]))
    var pipeline: String?

    func validate() throws {
        try refuseEmpty(["--pipeline": pipeline])
    }

    /// The pipeline that the file holds; nil if none was named.
    func given() throws -> JSONObject? {
        guard let pipeline else { return nil }
        guard let object = try JSONFile.read(pipeline).object else {
            throw CommandFailure(.badData, "\(pipeline): must be a search pipeline, an object.")
        }
        return object
    }

    /// The pipeline to search with.
    func resolved() throws -> JSONObject {
        try given() ?? HybridTuning.normalizationDefault.searchPipeline ?? JSONObject()
    }
}
