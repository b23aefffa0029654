import JSON

/// `oversample`: asks for more hits, which a later processor works on and cuts back.
struct OversampleProcessor: RequestProcessor {
    static let type = "oversample"
    private let factor: Double
    private let prefix: String?

    init(_ settings: inout ProcessorSettings) throws {
        guard let factor = try settings.double("sample_factor") else {
            throw settings.fault("sample_factor", "required property is missing")
        }
        guard factor >= 1, factor.isFinite else {
            throw settings.fault("sample_factor", "Value must be >= 1.0")
        }
        self.factor = factor
        prefix = try settings.optionalString("context_prefix")
    }

    func process(_ body: inout JSONObject, _ context: inout PipelineContext) {
        let size = body["size"]?.int ?? 10
        guard size > 0 else { return }
        context.attributes[contextName("original_size", prefix: prefix)] = .number(JSONNumber(size))
        body["size"] = .number(JSONNumber(Int(min(Double(size) * factor, 1e9).rounded(.up))))
    }
}

/// The name of an attribute under a processor's `context_prefix`.
func contextName(_ name: String, prefix: String?) -> String { prefix.map { "\($0).\(name)" } ?? name }
