/// A token before truncation and post-processing.
struct RowToken: Sendable, Hashable {
    /// The vocabulary id.
    var id: Int32
    /// The first byte in the original text.
    var start: Int32
    /// The byte after the last one.
    var end: Int32
    /// The index of its word.
    var word: Int32
}

/// The buffers that the encoding of one text at a time works in; one thread uses them at a time.
final class PipelineScratch {
    /// The tokens of the first and of the second text.
    var rows: ([RowToken], [RowToken]) = ([], [])
    var pieces: [SubwordPiece] = []
    var model = ModelScratch()
    var text = PreTokenizedText()
    var normalized = NormalizedText()
    var bert = BertWorkspace()
}
