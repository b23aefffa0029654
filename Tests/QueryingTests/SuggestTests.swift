import JSON
import Querying
import TestSupport
import Testing

/// The term suggester.
struct SuggestTests {
    static let cases: [JSONValue] = (try? Fixture.lines("suggest/suggest.jsonl")) ?? []

    @Test("There are reference words") func hasCases() { #expect(Self.cases.count > 100) }

    @Test("Suggestions, likeness and frequencies are those of Lucene's dictionary", arguments: cases.indices)
    func words(_ number: Int) throws {
        let line = Self.cases[number]
        var options = line["options"]?.object ?? JSONObject()
        options["field"] = "text"
        let word = try #require(line["word"]?.string)
        let body: JSONValue = ["suggest": ["w": ["text": .string(word), "term": .object(options)]]]
        let response = try LuceneTests.index.get().search(body.serialized())
        let entries = try #require(response.suggest?["w"]?.array)
        #expect(entries.count == 1 && entries[0]["text"]?.string == word)
        #expect(entries[0]["offset"]?.int == 0 && entries[0]["length"]?.int == word.utf16.count)
        let found = (entries[0]["options"]?.array ?? []).map { option in
            "\(option["text"]?.string ?? "") \(Float(option["score"]?.double ?? -1)) \(option["freq"]?.int ?? -1)"
        }
        let expected = (line["found"]?.array ?? []).map { option in
            "\(option[0]?.string ?? "") \(Float(option[1]?.double ?? -1)) \(option[2]?.int ?? -1)"
        }
        let isEqual = found == expected
        #expect(isEqual, "\(word): \(found.first ?? "nothing") and \(expected.first ?? "nothing")")
    }

    @Test("A text is cut into words, each with its place; nothing but suggestions is nothing but suggestions")
    func text() throws {
        let index = try SearchTests.shop.get()
        let suggest =
            #""suggest":{"text":"grean aple","a":{"term":{"field":"name"}},"b":{"text":"fux","term":{"field":"name","min_word_length":3}}}"#
        let alone = try index.search("{\(suggest)}")
        #expect(alone.hits.total == .init(value: 0, isLowerBound: false) && alone.hits.hits.isEmpty)
        let first = alone.suggest?["a"]?.array ?? []
        #expect(first.map { $0["text"]?.string } == ["grean", "aple"])
        #expect(first.map { $0["offset"]?.int } == [0, 6] && first.map { $0["length"]?.int } == [5, 4])
        #expect(first.map { $0["options"]?[0]?["text"]?.string } == ["green", "apple"])
        #expect(first[1]["options"]?[0]?["freq"]?.int == 3)
        #expect(alone.suggest?["b"]?[0]?["options"]?[0]?["text"]?.string == "fox")
        let beside = try index.search(#"{"query":{"match_all":{}},\#(suggest)}"#)
        #expect(beside.hits.total?.value == 5 && beside.suggest == alone.suggest)
        var context = TestIndex.context
        context.typedKeys = true
        let both = try Search.run(
            SearchRequest.parse(Array("{\(suggest)}".utf8)), over: [index, index], context: context)
        #expect(both.suggest?["term#a"]?[1]?["options"]?[0]?["freq"]?.int == 6)
    }

    @Test(
        "Likeness by other measures equals what Lucene's own tests of them expect",
        arguments: [
            (StringDistance.levenshtein, "al", "al", 1.0), (.levenshtein, "martha", "marhta", 0.6666),
            (.levenshtein, "jones", "johnson", 0.4285), (.levenshtein, "abcvwxyz", "cabvwxyz", 0.75),
            (.levenshtein, "dixon", "dicksonx", 0.5), (.levenshtein, "six", "ten", 0), (.levenshtein, "", "al", 0),
            (.jaroWinkler, "al", "al", 1), (.jaroWinkler, "martha", "marhta", 0.9615),
            (.jaroWinkler, "jones", "johnson", 0.8325), (.jaroWinkler, "abcvwxyz", "cabvwxyz", 0.9585),
            (.jaroWinkler, "dwayne", "duane", 0.8405), (.jaroWinkler, "dixon", "dicksonx", 0.8135),
            (.jaroWinkler, "fvie", "ten", 0), (.ngram, "a", "a", 1), (.ngram, "b", "a", 0), (.ngram, "a", "aa", 0.5),
            (.ngram, "martha", "marhta", 0.6666), (.ngram, "jones", "johnson", 0.4285),
            (.ngram, "natural", "contrary", 0.25), (.ngram, "abcvwxyz", "cabvwxyz", 0.625),
            (.ngram, "dwayne", "duane", 0.5833), (.ngram, "dixon", "dicksonx", 0.5), (.ngram, "six", "ten", 0),
            // One swap is one edit of six characters, which two are of Levenshtein's.
            (.damerauLevenshtein, "martha", "marhta", 0.8333),
        ])
    func distances(_ distance: StringDistance, _ word: String, _ other: String, _ expected: Double) throws {
        let likeness = try #require(distance.likeness(word, other))
        #expect(abs(Double(likeness) - expected) <= 0.001)
    }

    @Test(
        "What is not understood is refused",
        arguments: [
            (#"{"a":{"text":"x","phrase":{"field":"name"}}}"#, "suggester [phrase] is not supported"),
            (#"{"a":{"prefix":"x","completion":{"field":"name"}}}"#, "suggester [completion] is not supported"),
            (#"{"a":{"text":"x","term":{"field":"nope"}}}"#, "no mapping found for field [nope]"),
            (#"{"a":{"term":{"field":"name"}}}"#, "The required text option is missing"),
            (#"{"a":{"text":"x","term":{}}}"#, "the required field option [field] is missing"),
            (#"{"a":{"text":"x","term":{"field":"name","max_edits":3}}}"#, "maxEdits must be between 1 and 2"),
            (#"{"a":{"text":"x","term":{"field":"name","nope":3}}}"#, "suggester[term] doesn't support field [nope]"),
        ])
    func refusals(_ suggest: String, _ reason: String) throws {
        let found = SearchTests().reason(#"{"suggest":\#(suggest)}"#)
        #expect(found?.contains(reason) == true, "\(found ?? "no error")")
    }
}
