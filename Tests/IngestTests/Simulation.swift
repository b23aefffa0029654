import Ingest
import JSON
import Pipelines
import Querying

/// Pipelines over documents that are written as JSON.
enum Simulation {
    /// The time at which documents come: 2026-11-21T22:30:00.123Z.
    static let now: Int64 = 1_795_300_200_123

    /// What becomes of documents.
    static func run(
        _ pipeline: String, _ sources: [String], others: [String: String] = [:],
        encoder: (any DocumentTextEncoding)? = nil, isTraced: Bool = false
    ) async throws -> [IngestSlot] {
        let definition = try JSONValue(parsing: pipeline).object ?? [:]
        var known: [String: IngestPipeline] = [:]
        for (id, text) in others {
            known[id] = try IngestPipeline(JSONValue(parsing: text).object ?? [:], id: id)
        }
        let read = try IngestPipeline(definition, id: "p")
        known["p"] = read
        let pipelines = known
        var slots: [IngestSlot] = []
        for source in sources {
            let members = try JSONValue(parsing: source).object ?? [:]
            slots.append(
                IngestSlot(
                    IngestDocument(index: "books", id: "1", routing: nil, source: members, now: now), isTraced: isTraced
                ))
        }
        await IngestRun(IngestEnvironment(pipeline: { pipelines[$0] }, encoder: encoder)).run(read, &slots)
        return slots
    }

    /// The source behind one processor, or the type and reason of the failure.
    static func one(_ processor: String, _ source: String) async throws -> JSONValue {
        let slots = try await run(#"{"processors":[\#(processor)]}"#, [source])
        if let failure = slots[0].failure { return .string(failure.description) }
        return slots[0].isDropped ? "dropped" : .object(slots[0].document.source)
    }

    /// What is wrong with a processor's definition.
    static func fault(_ processor: String) -> PipelineError? {
        do {
            let definition = try JSONValue(parsing: #"{"processors":[\#(processor)]}"#).object ?? [:]
            _ = try IngestPipeline(definition, id: "p")
            return nil
        } catch let error as PipelineError { return error } catch { return PipelineError("json", "\(error)") }
    }
}
