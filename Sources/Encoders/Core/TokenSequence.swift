/// One text or pair as the model reads it: token ids with special tokens, cut to the model's limit.
public struct TokenSequence: Sendable, Hashable {
    /// Token ids, special tokens included.
    public let ids: [Int32]
    /// The segment of each token (0 for the first text, 1 for the second); as long as `ids`.
    public let typeIDs: [Int32]
    /// Whether tokens were cut off to fit the model.
    public let isTruncated: Bool
    /// Leading tokens that belong to a prompt, special ones included; pooling leaves them out if the model says so.
    public var promptTokenCount = 0

    /// A sequence from ready-made ids.
    ///
    /// - Parameters:
    ///   - ids: token ids, special tokens included.
    ///   - typeIDs: one for each id; nil means all zero.
    ///   - isTruncated: whether the text was longer.
    public init(ids: [Int32], typeIDs: [Int32]? = nil, isTruncated: Bool = false) {
        precondition(typeIDs == nil || typeIDs?.count == ids.count, "one type id for each token id")
        self.ids = ids
        self.typeIDs = typeIDs ?? [Int32](repeating: 0, count: ids.count)
        self.isTruncated = isTruncated
    }

    /// The number of tokens.
    public var count: Int { ids.count }
}
