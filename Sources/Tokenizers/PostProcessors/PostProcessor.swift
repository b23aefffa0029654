/// The last step: puts special tokens around the texts and trims white space off the offsets.
///
/// All post-processors of `tokenizer.json` come down to this: BertProcessing and RobertaProcessing are templates, and
/// ByteLevel only trims.
struct PostProcessor: Sendable {
    /// A part of a template.
    enum Part: Sendable, Hashable {
        /// Tokens that are added.
        case special(ids: [Int32], typeID: Int32)
        /// One of the texts: 0 or 1.
        case sequence(Int, typeID: Int32)
    }

    /// What a template makes of one text and of a pair.
    struct Template: Sendable {
        var single: [Part]
        var pair: [Part]
    }

    /// The template; without one the texts follow each other, with their number as type id.
    var template: Template?
    /// Whether white space at the ends of tokens is left out of their offsets.
    var trimsOffsets = false
    /// Whether a single space at the start of the text was put there by the pre-tokeniser.
    var addsPrefixSpace = false
    /// Whether type ids are 0 in overflowing pieces, too. (Elsewhere these keep the number of their text.)
    var zeroesOverflowingTypeIDs = false

    private static let bareSingle: [Part] = [.sequence(0, typeID: 0)]
    private static let barePair: [Part] = [.sequence(0, typeID: 0), .sequence(1, typeID: 1)]

    /// The template for one text or two.
    func parts(isPair: Bool) -> [Part] {
        guard let template else { return isPair ? Self.barePair : Self.bareSingle }
        return isPair ? template.pair : template.single
    }

    /// How many tokens are added to one text or two.
    func addedTokenCount(isPair: Bool) -> Int {
        var count = 0
        for case .special(let ids, _) in parts(isPair: isPair) { count += ids.count }
        return count
    }
}
