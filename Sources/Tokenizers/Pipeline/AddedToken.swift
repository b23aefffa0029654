/// A token that is found in the text before the model sees it.
struct AddedToken: Sendable, Equatable {
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

    /// Compares contents byte by byte, not by canonical equivalence.
    static func == (left: AddedToken, right: AddedToken) -> Bool {
        left.content.utf8.elementsEqual(right.content.utf8) && left.isSingleWord == right.isSingleWord
            && left.stripsLeft == right.stripsLeft && left.stripsRight == right.stripsRight
            && left.isNormalized == right.isNormalized && left.isSpecial == right.isSpecial
    }
}
