public import JSON
import Querying
import Synchronization

/// How often search pipelines and their processors ran, how long, and how often they failed: `search_pipeline` of `_nodes/stats`.
///
/// A pipeline counts under its name; processors with the same type and tag count together. Pipelines that come with a search count in
/// the totals only. Source: OpenSearch's `PipelineWithMetrics` and `SearchPipelineStats`.
public final class PipelineStatistics: Sendable {
    /// The two halves of a pipeline that are counted.
    enum Half: Hashable {
        case request, response
    }

    /// Runs of one thing.
    private struct Counts {
        var count = 0
        var nanoseconds: Int64 = 0
        var current = 0
        var failed = 0

        mutating func add(_ elapsed: Duration, failed hasFailed: Bool) {
            count += 1
            nanoseconds += elapsed.nanoseconds
            if hasFailed { failed += 1 }
        }

        var json: JSONValue {
            [
                "count": .number(JSONNumber(count)),
                "time_in_millis": .number(JSONNumber(Int(nanoseconds / 1_000_000))),
                "current": .number(JSONNumber(current)), "failed": .number(JSONNumber(failed)),
            ]
        }
    }

    /// What is counted.
    private enum Subject: Hashable {
        case total(Half)
        case pipeline(String, Half)
        case processor(String, Half, String)

        var pipeline: String? {
            switch self {
            case .total: nil
            case .pipeline(let name, _), .processor(let name, _, _): name
            }
        }
    }

    private let counts = Mutex<[Subject: Counts]>([:])

    /// Nothing has run.
    public init() {}

    /// Notes that a half of a pipeline begins.
    func begin(_ half: Half, of pipeline: String) {
        change([.total(half), .pipeline(pipeline, half)]) { $0.current += 1 }
    }

    /// Notes that it ended.
    func end(_ half: Half, of pipeline: String, after elapsed: Duration, failed: Bool) {
        change([.total(half), .pipeline(pipeline, half)]) { counts in
            counts.current -= 1
            counts.add(elapsed, failed: failed)
        }
    }

    /// Notes that a processor ran.
    func ran(_ processor: String, _ half: Half, of pipeline: String, for elapsed: Duration, failed: Bool) {
        change([.processor(pipeline, half, processor)]) { $0.add(elapsed, failed: failed) }
    }

    private func change(_ subjects: [Subject], _ body: (inout Counts) -> Void) {
        counts.withLock { counts in
            for subject in subjects where subject.pipeline != SearchPipeline.temporaryName {
                body(&counts[subject, default: Counts()])
            }
        }
    }

    /// Forgets pipelines, which are deleted.
    public func forget(_ pipelines: [String]) {
        counts.withLock { counts in
            for subject in counts.keys where subject.pipeline.map(pipelines.contains) ?? false { counts[subject] = nil }
        }
    }

    /// The numbers of all pipelines that there are.
    public func json(of pipelines: [SearchPipeline]) -> JSONValue {
        counts.withLock { counts in
            func numbers(_ subject: Subject) -> JSONValue { (counts[subject] ?? Counts()).json }
            func processors(_ pipeline: SearchPipeline, _ half: Half) -> JSONValue {
                .array(
                    pipeline.processors(half).map { key, type in
                        let stats = numbers(.processor(pipeline.name, half, key))
                        let member: JSONValue = ["type": .string(type), "stats": stats]
                        return .object(JSONObject([(key: key, value: member)]))
                    })
            }
            var each = JSONObject()
            for pipeline in pipelines {
                each[pipeline.name] = [
                    "request": numbers(.pipeline(pipeline.name, .request)),
                    "response": numbers(.pipeline(pipeline.name, .response)),
                    "request_processors": processors(pipeline, .request),
                    "response_processors": processors(pipeline, .response),
                ]
            }
            return [
                "total_request": numbers(.total(.request)), "total_response": numbers(.total(.response)),
                "pipelines": .object(each),
            ]
        }
    }
}
