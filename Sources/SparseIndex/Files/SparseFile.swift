/// The file of one field of one segment.
///
/// Sections: `meta` (``Meta``); the dictionary: `keyOffsets` (32 bits, one more than there are terms) into `keys`, ascending;
/// `terms` (``TermRecord``); `postings`. With an approximate index: `seismic` (``SeismicRecord``), `clusterStarts` (32 bits, one more than
/// terms), `clusters` (``ClusterRecord``), `summaries`, `members`, `vectors`.
///
/// Postings of a term with at least one document in 256 stand in blocks of 16 documents, 64 blocks a word: for each word a bit a block
/// (64 bits), then for each word how many blocks and postings are before it (2 x 32), weights (16 bits each), the documents of each block (16 bits),
/// and its bound (8 bits). Others: document numbers (32 bits), weights (16).
enum SparseFile {
    static let kind: StaticString = "NTSPARSE"
    static let version: UInt32 = 1

    static let meta: UInt32 = 1
    static let keyOffsets: UInt32 = 2
    static let keys: UInt32 = 3
    static let terms: UInt32 = 4
    static let postings: UInt32 = 5
    static let seismic: UInt32 = 6
    static let clusterStarts: UInt32 = 7
    static let clusters: UInt32 = 8
    static let summaries: UInt32 = 9
    static let members: UInt32 = 10
    static let vectors: UInt32 = 11

    struct Meta: BitwiseCopyable {
        var postingCount: UInt64
        var documentCount: UInt32
        var termCount: UInt32
        /// How many documents have a feature.
        var documentsWithFeatures: UInt32
        var reserved: UInt32 = 0
    }

    /// Where the postings of a term are.
    struct TermRecord: BitwiseCopyable {
        /// In bytes from the beginning of the postings; a multiple of 8.
        var offset: UInt64
        /// The sum of the weights' bits.
        var bitSum: UInt64
        var postingCount: UInt32
        /// How many blocks have postings; 0 where postings are a list.
        var blockCount: UInt32
        /// The bits of the highest weight.
        var highest: UInt16
        var reserved: (UInt16, UInt16, UInt16) = (0, 0, 0)

        /// How many bytes the postings take.
        func byteCount(words: Int) -> Int {
            blockCount == 0 ? 6 * Int(postingCount) : 16 * words + 2 * Int(postingCount) + 3 * Int(blockCount)
        }
    }

    /// How many words of 64 blocks there are for so many documents.
    static func words(documents: Int) -> Int { (documents + 1023) / 1024 }

    /// Whether a term's postings stand in blocks.
    static func usesBlocks(postings: Int, documents: Int) -> Bool { postings >= max(1, documents / 256) }
}
