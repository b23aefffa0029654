/// A token that is found in the text before the model sees it.
struct AddedToken: Sendable, Hashable {
    var content: String
    /// Matches only where no word character stands beside it.
    var isSingleWord = false
    /// Takes the white space on its left with it.
    var stripsLeft = false
    /// Takes the white space on its right with it.
    var stripsRight = false
    /// Is searched in the normalised text, in its own normalised form.
    var isNormalized = true
    /// Is left out when text is decoded without special tokens.
    var isSpecial = false
}
