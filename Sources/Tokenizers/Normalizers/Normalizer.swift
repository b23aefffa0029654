/// The step that rewrites text before it is cut into words, keeping track of where each byte came from.
package protocol Normalizer: Sendable {
    /// Rewrites `text` in place; a step that cannot sets the `failure` of the text.
    func normalize(_ text: inout NormalizedText)
}
