import JSON
import Scripting

/// `script`: a program in a part of Painless changes numbers and flags of a search under `ctx._source`.
///
/// What is not given has the value that OpenSearch's builder of searches has: -1 for `from` and `size`, null for most others. Source:
/// OpenSearch's `ScriptRequestProcessor` and `SearchRequestMap`; texts of faults are theirs.
struct ScriptProcessor: RequestProcessor {
    static let type = "script"
    private let script: PipelineScript

    /// A member of a search that scripts see.
    private enum Kind {
        case integer, flag, number
    }

    private static let members: [(name: String, kind: Kind, value: JSONValue)] = [
        ("from", .integer, -1), ("size", .integer, -1), ("explain", .flag, .null), ("version", .flag, .null),
        ("seq_no_primary_term", .flag, .null), ("track_scores", .flag, false), ("track_total_hits", .integer, .null),
        ("min_score", .number, .null), ("terminate_after", .integer, 0), ("profile", .flag, false),
    ]

    init(_ settings: inout ProcessorSettings) throws {
        script = try PipelineScript(&settings, stored: settings.environment.storedScript)
    }

    func process(_ body: inout JSONObject, _ context: inout PipelineContext) throws {
        let before = Self.visible(body)
        var value: JSONValue = ["_source": .object(before)]
        do {
            _ = try script.program.run(&value, parameters: script.parameters)
        } catch {
            let reason = "runtime error: \(error.reason) in [\(script.text)]"
            throw PipelineError("script_exception", reason)
        }
        guard let after = value["_source"]?.object else {
            throw Self.fault("Unsupported key: _source")
        }
        for name in after.keys where before[name] != after[name] {
            guard let kind = Self.members.first(where: { $0.name == name })?.kind else {
                throw Self.fault("Unsupported key: \(name)")
            }
            let value = after[name] ?? .null
            guard Self.fits(value, kind) else {
                throw Self.fault("Error while setting value for SearchRequest source property: \(name)")
            }
            body[name] = value
        }
    }

    /// What the script sees of a search.
    private static func visible(_ body: JSONObject) -> JSONObject {
        JSONObject(
            members.map { member in
                var value = body[member.name] ?? member.value
                // Whether all are counted, as a number.
                if member.name == "track_total_hits", let all = value.bool {
                    value = .number(JSONNumber(all ? Int(Int32.max) : -1))
                }
                return (key: member.name, value: value)
            })
    }

    private static func fits(_ value: JSONValue, _ kind: Kind) -> Bool {
        switch kind {
        case .integer: value.int != nil
        case .flag: value.bool != nil
        case .number: value.double != nil
        }
    }

    private static func fault(_ reason: String) -> PipelineError {
        PipelineError("search_request_map_processing_exception", reason, status: 500)
    }
}
