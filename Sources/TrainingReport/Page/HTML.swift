/// Text of a page, in which nothing that a user named can become markup.
package struct HTML {
    package private(set) var markup = ""

    package init() {}

    /// Adds markup as it is.
    package mutating func raw(_ markup: String) { self.markup += markup }

    /// Adds other parts.
    package mutating func add(_ other: HTML) { markup += other.markup }

    /// Adds text; also for the values of attributes in double quotes.
    package mutating func text(_ text: String) {
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
    package mutating func element(_ name: String, _ text: String, style: String = "") {
        raw(style.isEmpty ? "<\(name)>" : "<\(name) class=\"\(style)\">")
        self.text(text)
        raw("</\(name)>")
    }

    /// Adds a table; the first column is text, the others are numbers unless said.
    package mutating func table(_ head: [String], _ rows: [[String]], style: String = "") {
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
