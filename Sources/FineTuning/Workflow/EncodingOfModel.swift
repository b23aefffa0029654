import ClusterAccess
import Encoders

extension PhaseContext {
    /// What the trained model makes of a text.
    func encoding() throws(FineTuningError) -> IndexReencoding.Encoding {
        guard parameters.modelType == .dense else { return .sparse }
        do {
            let encoder = try DenseEncoder(path: folder.artifacts + "/model", options: EncoderOptions(threads: 1))
            return .dense(
                dimension: encoder.dimensions, space: encoder.similarity == .dot ? "innerproduct" : "cosinesimil")
        } catch {
            throw FineTuningError(error, .model)
        }
    }
}
