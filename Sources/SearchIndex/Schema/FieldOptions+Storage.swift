import SparseIndex
import VectorIndex

/// How options stand in manifests and in the directories of segments.
///
/// Indexing, norms, values (8 bits each); then the companion: 0; or 1, element, space (8 bits each), dimension, m and ef_construction of the
/// graph (0, 0: none); or 2, approximate_threshold, 0 or 1 and the parameters of the approximate index.
extension FieldOptions {
    func append(to output: OutputBuffer) {
        output.append(indexing.rawValue)
        output.append(hasNorms ? 1 : 0)
        output.append(values.rawValue)
        switch companion {
        case .none: output.append(0)
        case .vectors(let options):
            output.append(1)
            output.append(UInt8(VectorElement.allCases.firstIndex(of: options.field.element)!))
            output.append(UInt8(VectorSpace.allCases.firstIndex(of: options.field.space)!))
            output.append(variable: UInt64(options.field.dimension))
            output.append(variable: UInt64(options.graph?.m ?? 0))
            output.append(variable: UInt64(options.graph?.efConstruction ?? 0))
        case .features(let options):
            output.append(2)
            output.append(variable: UInt64(max(0, options.approximateThreshold)))
            guard let seismic = options.seismic else { return output.append(0) }
            output.append(1)
            output.append(variable: UInt64(max(0, seismic.postings ?? 0)))
            output.append(integer: seismic.clusterRatio.bitPattern)
            output.append(integer: seismic.summaryPruneRatio.bitPattern)
            output.append(integer: seismic.quantizationCeiling.bitPattern)
            output.append(integer: seismic.seed)
        }
    }

    /// `nil` when the bytes are not what ``append(to:)`` writes.
    init?(_ reader: inout ByteReader) {
        guard let indexing = Indexing(rawValue: reader.integer(UInt8.self)) else { return nil }
        let hasNorms = reader.integer(UInt8.self) == 1
        guard let values = Values(rawValue: reader.integer(UInt8.self)), let companion = Companion(&reader),
            !reader.hasFailed
        else { return nil }
        self.init(indexing: indexing, hasNorms: hasNorms, values: values, companion: companion)
    }
}

extension Companion {
    fileprivate init?(_ reader: inout ByteReader) {
        switch reader.integer(UInt8.self) {
        case 0: self = .none
        case 1:
            let element = Int(reader.integer(UInt8.self)), space = Int(reader.integer(UInt8.self))
            let dimension = Int(reader.variable32()), m = Int(reader.variable32())
            let efConstruction = Int(reader.variable32())
            guard element < VectorElement.allCases.count, space < VectorSpace.allCases.count,
                let field = try? VectorField(
                    dimension: dimension, element: VectorElement.allCases[element],
                    space: VectorSpace.allCases[space])
            else { return nil }
            let graph = m == 0 ? nil : GraphOptions(m: m, efConstruction: efConstruction)
            self = .vectors(VectorOptions(field: field, graph: graph))
        case 2:
            var options = FeatureOptions(approximateThreshold: Int(reader.variable() & UInt64(Int.max)))
            if reader.integer(UInt8.self) == 1 {
                let postings = Int(reader.variable() & UInt64(Int.max))
                options.seismic = SeismicOptions(
                    postings: postings == 0 ? nil : postings,
                    clusterRatio: Float(bitPattern: reader.integer(UInt32.self)),
                    summaryPruneRatio: Float(bitPattern: reader.integer(UInt32.self)),
                    quantizationCeiling: Float(bitPattern: reader.integer(UInt32.self)),
                    seed: reader.integer(UInt64.self))
            }
            self = .features(options)
        default: return nil
        }
    }
}
