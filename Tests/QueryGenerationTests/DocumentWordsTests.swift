import QueryGeneration
import Testing

@Suite("Words and sentences of documents")
struct DocumentWordsTests {
    private func sentences(_ text: String) -> [String] {
        let words = DocumentWords(text)
        return words.sentences.map { String(words.span($0)) }
    }

    @Test("Where sentences end")
    func ends() {
        #expect(sentences("One two. Three four!  Five?") == ["One two.", "Three four!", "Five?"])
        #expect(sentences("A tool, e.g. for tests. It works") == ["A tool, e.g. for tests.", "It works"])
        #expect(
            sentences("He said \"stop.\" Then (so it was.) 2 more.") == [
                "He said \"stop.\"", "Then (so it was.)", "2 more.",
            ])
        #expect(sentences("a list:\n * one\n\n * two") == ["a list:", "* one", "* two"])
        #expect(sentences("version 1.16 is here") == ["version 1.16 is here"])
        #expect(sentences(" \n ") == [])
        #expect(sentences("") == [])
    }

    @Test("Spans with and without their ends, and what is left without them")
    func spans() {
        let words = DocumentWords("  (The quick,\n brown fox) jumps. ")
        #expect(words.count == 5)
        #expect(words.span(1..<3) == "quick,\n brown")
        #expect(words.trimmed(0..<2) == "The quick")
        #expect(words.trimmed(2..<5) == "brown fox) jumps")
        #expect(words.without(1..<3) == "(The fox) jumps.")
        #expect(words.without(0..<5) == "")
        #expect(words.without(0..<1) == "quick,\n brown fox) jumps.")
        #expect(words.without(4..<5) == "(The quick,\n brown fox)")
        #expect(DocumentWords("uses C++, .NET!").trimmed(1..<3) == "C++, .NET")
        #expect(DocumentWords("... ...").trimmed(0..<2) == "")
    }
}
