/// The step that turns tokens back into text: undoes byte-level mapping, word markers, continuation prefixes.
package protocol TokenDecoder: Sendable {
    /// Takes the tokens of a sequence, written as in the vocabulary, and returns the pieces of text whose
    /// concatenation is the decoded text. Decoders are chained: the output of one may be the input of the next.
    func decodeChain(_ tokens: [String]) -> [String]
}
