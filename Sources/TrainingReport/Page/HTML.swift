/// Text of a page, in which nothing that a user named can become markup.
struct HTML {
    private(set) var markup = ""

    /// Adds markup as it is.
    mutating func raw(_ markup: String) { self.markup += markup }

    /// Adds other parts.
    mutating func add(_ other: HTML) { markup += other.markup }

    /// Adds text; also for the values of attributes in double quotes.
    mutating func text(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup += "&amp;"
            case "<": markup += "&lt;"
            case ">": markup += "&gt;"
            case "\"": markup += "&quot;"
            case "\u{0}"..<"\u{20}" where scalar != "\n" && scalar != "\t", "\u{7F}"..<"\u{A0}": markup += "\u{FFFD}"
            default: markup.unicodeScalars.append(scalar)
            }
        }
    }

    /// Adds an element that holds text.
    mutating func element(_ name: String, _ text: String, style: String = "") {
        raw(style.isEmpty ? "<\(name)>" : "<\(name) class=\"\(style)\">")
        self.text(text)
        raw("</\(name)>")
    }

    /// Adds a table; the first column is text, the others are numbers unless said.
    mutating func table(_ head: [String], _ rows: [[String]], style: String = "") {
        raw(
            style.isEmpty
                ? "<div class=\"wide\"><table><thead><tr>" : "<div class=\"wide\"><table class=\"\(style)\"><thead><tr>"
        )
        for cell in head { element("th", cell) }
        raw("</tr></thead><tbody>\n")
        for row in rows {
            raw("<tr>")
            for cell in row { element("td", cell) }
            raw("</tr>\n")
        }
        raw("</tbody></table></div>\n")
    }
}
