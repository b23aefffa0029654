/// The classes of a scalar that normalisers and pre-tokenisers ask for, as upstream's libraries define them.
///
/// The bits are written by `scripts/make_unicode_tables.py`.
struct ScalarProperties: OptionSet, Sendable, BitwiseCopyable {
    let rawValue: UInt16

    /// White_Space, as in Rust's `char::is_whitespace`; also what `\s` matches.
    static let whitespace = ScalarProperties(rawValue: 1 << 0)
    /// What BERT's cleaning removes: Cc, Cf, Cn, Co, U+0000, U+FFFD, less the white space.
    static let control = ScalarProperties(rawValue: 1 << 1)
    /// ASCII punctuation and symbols, and the categories P*.
    static let punctuation = ScalarProperties(rawValue: 1 << 2)
    /// The ideographs that BERT sets apart.
    static let ideograph = ScalarProperties(rawValue: 1 << 3)
    /// Mn, in full decompositions.
    static let nonspacingMark = ScalarProperties(rawValue: 1 << 4)
    /// The categories M*.
    static let mark = ScalarProperties(rawValue: 1 << 5)
    /// Nd, Nl, No as in Rust's `char::is_numeric`.
    static let numeric = ScalarProperties(rawValue: 1 << 6)
    /// What `\w` matches in the `Whitespace` pre-tokeniser.
    static let word = ScalarProperties(rawValue: 1 << 7)
    /// What counts as part of a word beside an added token with `single_word`.
    static let wordBesideToken = ScalarProperties(rawValue: 1 << 8)
    /// `\p{L}` of the regular expressions.
    static let letter = ScalarProperties(rawValue: 1 << 9)
    /// `\p{N}` of the regular expressions.
    static let number = ScalarProperties(rawValue: 1 << 10)
    /// The canonical decomposition has a mark that canonical ordering moves and that is not Mn.
    static let reorders = ScalarProperties(rawValue: 1 << 11)

    /// The classes of `scalar`.
    @inline(__always)
    static func of(_ scalar: UInt32) -> ScalarProperties { UnicodeData.properties[scalar] }
}
