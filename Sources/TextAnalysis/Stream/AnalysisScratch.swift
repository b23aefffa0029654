/// The working memory of one analysis; a ``TokenBuffer`` keeps it from text to text.
final class AnalysisScratch: @unchecked Sendable {
    // Reached through one `TokenBuffer` only, which checks that it is the sole owner.
    private var batch: TokenBatch? = TokenBatch()
    var filtered: [FilteredText] = []

    /// The batch, which is the caller's until it is put back.
    func takeBatch() -> TokenBatch { batch.take() ?? TokenBatch() }

    func putBack(_ returned: consuming TokenBatch) { batch = consume returned }
}
