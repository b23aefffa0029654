import QueryGeneration
import QueryPrompting
import Relevance
import TestSupport
import Testing

@Suite("Queries in what a language model wrote")
struct AnswerParserTests {
    private let document = RetrievalDataset.Document(
        id: "d", title: "gparted",
        text: "A graphical tool that can grow and shrink the partitions of a disk without loss of the data on them.")

    private func parse(_ answer: String, count: Int = 10, isCut: Bool = false) -> AnswerParser.Parsed {
        var prompt = QueryPrompt()
        prompt.count = count
        return AnswerParser(prompt).parse(answer, isCut: isCut, about: document)
    }

    private func texts(_ answer: String) -> [String] {
        parse(answer).queries.map { ($0.type.map { "\($0.rawValue): " } ?? "") + $0.text }
    }

    @Test(
        "Shapes of answers",
        arguments: [
            (#"{"queries": ["make a partition larger", "what can shrink a disk"]}"#, 0),
            (#"["make a partition larger", "what can shrink a disk"]"#, 0),
            ("```json\n{\"queries\": [\"make a partition larger\", \"what can shrink a disk\"]}\n```", 0),
            (
                "Here they are:\n{\"questions\": [{\"text\": \"make a partition larger\"}, {\"question\": \"what can shrink a disk\"}]} Enjoy {them}!",
                0
            ),
            (
                "<think>[\"no\"] {\"queries\": [\"not this one\"]}</think>[\"make a partition larger\", \"what can shrink a disk\"]",
                0
            ),
            ("<reasoning>hm {</reasoning>1. make a partition larger\n2. what can shrink a disk", 0),
            ("Sure [as asked]:\n 1) \"make a partition larger\"\n 2) “what can shrink a disk”\nBye.", 0),
            ("- **make a partition larger**\n- what can shrink a disk\n", 0),
            ("Query 1: make a partition larger\nQuery 2: what can shrink a disk", 0),
            (
                #"{"queries": [{"type": "Keyword", "query": "make a partition larger"}, {"query": "what can shrink a disk", "type": "factoid question"}]}"#,
                1
            ),
            (#"{"keyword": ["make a partition larger"], "factoid": "what can shrink a disk"}"#, 1),
            (#"{"queries": {"keyword_queries": "make a partition larger", "factoid": ["what can shrink a disk"]}}"#, 1),
            ("1. [keyword] make a partition larger\n2. **Factoid:** what can shrink a disk", 1),
            // A comma too many, and a line break in a string: what can be read is read.
            (
                "{\"queries\": [{\"type\": \"keyword\", \"query\": \"make a partition\nlarger\"}, {\"query\": \"what can shrink a disk\", \"type\": \"factoid\"},]}",
                1
            ),
        ])
    func shapes(_ answer: String, _ hasTypes: Int) {
        let expected =
            hasTypes == 1
            ? ["keyword: make a partition larger", "factoid: what can shrink a disk"]
            : ["make a partition larger", "what can shrink a disk"]
        #expect(texts(answer) == expected)
        #expect(!parse(answer).isCut)
    }

    @Test("A single query, and answers without one")
    func others() {
        #expect(texts(#"{"query": "grow a disk", "type": "keyword"}"#) == ["keyword: grow a disk"])
        for answer in [
            "", "I cannot do that.", "{}", "[]", "{\"queries\": []}", "{\"queries\": null}",
            "{\"queries\": [1, {}, []]}",
            "null", "\"a b\"", "1.", "- ", "{\"answer\": \"a b c\"}", "{{{{", "]]", "\u{0}\u{1}",
        ] {
            let parsed = parse(answer)
            #expect(!parsed.isReadable && parsed.queries.isEmpty, "\(answer)")
        }
    }

    @Test("Answers that end in the middle keep what is whole")
    func partial() {
        let whole =
            #"{"queries": [{"type": "keyword", "query": "make a partition larger"}, {"type": "factoid", "query": "what can shrink a disk"}]}"#
        var counts: [Int] = []
        for length in 0..<whole.utf8.count {
            let parsed = parse(String(whole.prefix(length)))
            let found = parsed.queries.map(\.text)
            #expect(["make a partition larger", "what can shrink a disk"].starts(with: found), "\(length)")
            #expect(!parsed.isReadable || parsed.isCut, "\(length)")
            counts.append(found.count)
        }
        #expect(counts == counts.sorted() && Set(counts) == [0, 1, 2])
        #expect(parse(whole).queries.count == 2 && !parse(whole).isCut && parse(whole, isCut: true).isCut)
    }

    @Test("Thoughts that do not end are no answer")
    func thoughts() {
        for answer in ["<think>[\"a draft\"]", "<reasoning>1. a draft\n2. another"] {
            let parsed = parse(answer)
            #expect(!parsed.isReadable && parsed.isCut)
        }
    }

    @Test("Texts are composed, without quotes, blanks and invisible characters")
    func clean() {
        #expect(texts("[\"  \\\"gro\\u0308\\u00dfe\\n a\\u200b  \\ndern\\\"  \"]") == ["größe a dern"])
        #expect(parse("[\"gro\\u0308\\u00dfe\"]").queries.first?.text.unicodeScalars.count == 5)
        #expect(
            texts("[\"'it's here'\", \"don't\", \"“a b”\", \"«c d»\", \"`e f`\", \"\\\"\\\"\", \"**g h**\"]")
                == ["it's here", "don't", "a b", "c d", "e f", "g h"])
        #expect(texts("[\"می‌خواهم دیسک\"]") == ["می‌خواهم دیسک"])
    }

    @Test("Why queries are dropped")
    func reasons() {
        let queries = [
            ("what does the document say about disks", GenerationReport.Reason.mentionsDocument),
            ("tools described in the text above", .mentionsDocument),
            ("According to the passage, what is lost?", .mentionsDocument),
            ("why shrink this partition", nil),
            ("can grow and shrink the partitions of a disk", .copied),
            ("how can shrink the partitions of a disk help", nil),
            ("WHY shrink this   partition?", .duplicate),
            ("open the document in an editor", nil),
            ("a fourth one", .surplus),
        ]
        let answer = "[" + queries.map { "\"\($0.0)\"" }.joined(separator: ", ") + "]"
        let parsed = parse(answer, count: 3)
        #expect(parsed.queries.map(\.reason) == queries.map(\.1))
    }

    @Test("A copy has more than four fifths of its runs of four words from the document")
    func copies() {
        // Nine words, six runs, five of which stand in the document: 83%.
        #expect(parse("[\"grow and shrink the partitions of a disk drive\"]").queries[0].reason == .copied)
        // Eight words, five runs, four of them: 80% is not more.
        #expect(parse("[\"and shrink the partitions of a disk drive\"]").queries[0].reason == nil)
        #expect(parse("[\"partitions of a\"]").queries[0].reason == nil)
        // The title is shown, too.
        #expect(parse("[\"gparted: a graphical tool that\"]").queries[0].reason == .copied)
    }

    @Test("Whatever the answer is, the parser ends, and its results are bounded")
    func hostile() {
        var answers = [
            String(repeating: "[", count: 200_000), String(repeating: "{\"queries\":", count: 50_000),
            String(repeating: "[\"a b\",", count: 50_000), "[\"" + String(repeating: "x ", count: 500_000),
            "{\"queries\": [\"" + String(repeating: "y", count: 300_000) + "\"]}",
            String(repeating: "1. a b\n", count: 100_000), String(repeating: "\\", count: 100_000),
            "[\"" + String(repeating: "\\\"", count: 100_000), "a" + String(repeating: "\u{301}", count: 100_000),
            "[\"a" + String(repeating: "\u{301}\u{323}", count: 30_000) + "\"]",
            "{\"query\": \"" + String(repeating: "\u{1F469}\u{200D}", count: 20_000) + "\"}",
            String(repeating: "</think>", count: 10_000), String(repeating: "\"", count: 70_000),
        ]
        var generator = SeededGenerator(seed: 7)
        let pieces = [
            "{", "}", "[", "]", "\"", "\\", ":", ",", "queries", "query", "type", "\n1. ", "é", "```", " ", "\u{0}",
            "<think>", "</think>", "true", "1e9", "\\u12",
        ]
        for _ in 0..<3000 {
            answers.append(
                (0..<Int.random(in: 1...40, using: &generator)).map { _ in pieces.randomElement(using: &generator)! }
                    .joined())
        }
        for _ in 0..<500 {
            let bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            answers.append(String(decoding: bytes, as: UTF8.self))
        }
        for answer in answers {
            let queries = parse(answer).queries
            let isBounded = queries.count <= 64 && queries.allSatisfy { !$0.text.isEmpty && $0.text.count <= 1000 }
            #expect(isBounded)
        }
    }
}
