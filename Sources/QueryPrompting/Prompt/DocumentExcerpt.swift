import Relevance

/// What a language model is shown of a document: title and text, cut at a word.
struct DocumentExcerpt {
    let title: String
    let text: String

    /// Cuts a document to `limit` characters, title included.
    ///
    /// Control characters become blanks, and nothing in it can end the element that it stands in.
    init(_ document: RetrievalDataset.Document, limit: Int) {
        title = Self.cut(document.title, to: limit)
        text = Self.cut(document.text, to: max(0, limit - title.count))
    }

    /// Title and text in one.
    var whole: String { title.isEmpty ? text : title + "\n" + text }

    /// The first characters of a text, up to the last blank among them if the second half has one.
    static func cut(_ text: String, to limit: Int) -> String {
        let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex) ?? text.endIndex
        var part = text[..<end]
        if end < text.endIndex, !text[end].isWhitespace, let blank = part.lastIndex(where: \.isWhitespace),
            part.distance(from: part.startIndex, to: blank) * 2 >= limit
        {
            part = part[..<blank]
        }
        var scalars = String.UnicodeScalarView()
        for scalar in part.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            scalars.append(isControl && scalar != "\n" && scalar != "\t" ? " " : scalar)
        }
        let clean = String(scalars).replacing("</document", with: "< /document")
        return String(clean.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
