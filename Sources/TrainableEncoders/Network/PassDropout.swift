import Encoders
import Tensors

/// The dropout of one pass: none, or rates and random numbers by place.
struct PassDropout: Sendable {
    let draw: DropoutDraw?
    let rates: DropoutRates

    /// Numbers of the places: one for each dropout of the network, for good, since masks depend on them.
    private enum Site {
        static let embeddings: UInt32 = 0
        static let classifierInput: UInt32 = 1
        static let classifier: UInt32 = 2
        static func layer(_ layer: Int, _ place: UInt32) -> UInt32 { 16 + 4 * UInt32(layer) + place }
    }

    var embeddings: Dropout? { at(Site.embeddings, rates.embeddings) }
    /// Before the hidden map of a classifier.
    var classifierInput: Dropout? { at(Site.classifierInput, rates.classifier) }
    /// Before the last map of a classifier.
    var classifier: Dropout? { at(Site.classifier, rates.classifier) }

    func probabilities(_ layer: Int) -> Dropout? { at(Site.layer(layer, 0), rates.probabilities) }
    func attentionOutput(_ layer: Int) -> Dropout? { at(Site.layer(layer, 1), rates.attentionOutput) }
    func feedForward(_ layer: Int) -> Dropout? { at(Site.layer(layer, 2), rates.feedForward) }

    /// The number of a token of this pass in the micro batch.
    func row(ofToken token: Int) -> Int { (draw?.firstToken ?? 0) + token }
    /// The number of a sequence of this pass in the micro batch.
    func row(ofSequence sequence: Int) -> Int { (draw?.firstSequence ?? 0) + sequence }

    private func at(_ site: UInt32, _ rate: Float) -> Dropout? {
        guard let draw, rate > 0 else { return nil }
        return Dropout(rate: rate, seed: draw.seed, step: draw.step, site: site)
    }
}
