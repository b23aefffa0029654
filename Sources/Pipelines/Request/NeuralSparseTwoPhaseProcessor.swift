import JSON
import SparseIndex

/// `neural_sparse_two_phase_processor`: learned sparse queries find documents by their heavy tokens and rank the best by all.
struct NeuralSparseTwoPhaseProcessor: RequestProcessor {
    static let type = "neural_sparse_two_phase_processor"
    /// Nil where there is nothing to do.
    private let parameters: TwoPhaseParameters?

    init(_ settings: inout ProcessorSettings) throws {
        let isEnabled = try settings.bool("enabled", default: true)
        let given = try settings.object("two_phase_parameter") ?? [:]
        func number(_ name: String) throws -> Double? {
            guard let value = given[name], !value.isNull else { return nil }
            guard case .number(let number) = value else {
                throw settings.fault(
                    "two_phase_parameter", "property [\(name)] isn't a number, but of type [\(value.javaType)]")
            }
            return number.double
        }
        let ratio = Float(try number("prune_ratio") ?? 0.4)
        let expansion = Float(try number("expansion_rate") ?? 5)
        let window = Int(exactly: (try number("max_window_size") ?? 10_000).rounded(.towardZero)) ?? Int(Int32.max)
        let type = given["prune_type"].map { $0.string ?? $0.serialized() } ?? "max_ratio"
        // Without pruning, all is done in the first phase.
        let pruning = type == "none" || type.isEmpty ? nil : try Self.pruning(type, ratio)
        do throws(TwoPhaseParameters.Fault) {
            let all = try TwoPhaseParameters(
                pruning: pruning ?? .maxRatio(0), expansionRate: expansion, maxWindowSize: window)
            parameters = isEnabled && ratio != 0 && pruning != nil ? all : nil
        } catch {
            switch error {
            case .expansionRate(let rate):
                throw PipelineError.illegalArgument(
                    "The two_phase_parameter.expansion_rate must >= 1.0. Received: \(Self.text(rate))")
            case .maxWindowSize(let size), .window(let size, _):
                throw PipelineError.illegalArgument(
                    "The two_phase_parameter.max_window_size must >= 50. Received: \n\(size)")
            }
        }
    }

    func process(_ body: inout JSONObject, _ context: inout PipelineContext) {
        if let parameters { context.twoPhase = parameters }
    }

    private static func pruning(_ type: String, _ ratio: Float) throws(PipelineError) -> TokenPruning {
        do throws(TokenPruning.Fault) { return try TokenPruning(type: type, ratio: ratio) } catch {
            switch error {
            case .type(let type): throw .illegalArgument("Unknown prune type: \(type)")
            case .ratio(let type, let expected):
                let range = expected.hasPrefix("[") ? "in the range \(expected)" : expected
                throw .illegalArgument(
                    "Illegal prune_ratio \(text(ratio)) for prune_type: \(type). prune_ratio should be \(range).")
            }
        }
    }

    /// A number with six decimals, as Java's `%f`.
    private static func text(_ value: Float) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return value.isNaN ? "NaN" : "\(value)" }
        let millionths = Int((Double(value.magnitude) * 1e6).rounded(.toNearestOrAwayFromZero))
        let fraction = String(millionths % 1_000_000)
        return (value < 0 ? "-" : "") + "\(millionths / 1_000_000)."
            + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}
