import JSON
import TestSupport
import Testing
import Training

@Suite struct TrainingDataTests {
    private func read(_ text: String, _ name: String = "data.jsonl") throws -> TrainingData {
        try TemporaryFolder.with { folder in
            try folder.write(text, to: name)
            return try TrainingData(file: folder.path + "/" + name)
        }
    }

    private func fault(_ text: String, _ name: String = "data.jsonl") -> TrainingError? {
        TrainingFixture.fault { _ = try read(text, name) }
    }

    private func shown(_ data: TrainingData) -> [[String]] {
        data.examples.map { example in
            [data.texts[Int(example.query)]] + example.documents.map { data.texts[Int($0)] }
                + example.labels.map { "\($0)" }
        }
    }

    @Test func theKindsOfJSONLines() throws {
        let pairs = try read(
            "{\"anchor\": \"a\", \"positive\": \"b\", \"id\": 7}\n\n{\"query\": \"c\", \"pos\": [\"d\", \"e\"]}\n")
        #expect(pairs.kind == .pairs)
        #expect(shown(pairs) == [["a", "b"], ["c", "d"], ["c", "e"]])
        #expect(pairs.examples.map(\.line) == [1, 3, 3])
        let tuples = try read(
            "{\"query\": \"a\", \"positive\": \"b\", \"negative_1\": \"c\", \"negative_2\": \"d\", \"label\": [2, 3]}")
        #expect(tuples.kind == .tuples)
        #expect(shown(tuples) == [["a", "b", "c", "d", "2.0", "3.0"]])
        let flag = try read(
            "{\"query\": \"a\", \"pos\": [\"b\"], \"neg\": [\"c\", \"d\"], \"pos_scores\": [5], \"neg_scores\": [1, -2], \"prompt\": \"p\"}"
        )
        #expect(shown(flag) == [["a", "b", "c", "d", "5.0", "1.0", "-2.0"]])
        let labelled = try read("{\"sentence1\": \"a\", \"sentence2\": \"b\", \"score\": 0.5}")
        #expect(labelled.kind == .labelledPairs)
        let list = try read("{\"query\": \"a\", \"docs\": [\"b\", \"c\"], \"scores\": [1, 0]}")
        #expect(list.kind == .scoredLists)
        #expect(shown(list) == [["a", "b", "c", "1.0", "0.0"]])
        // What mining and distillation write beside the texts.
        let mined = try read(
            """
            {"query_id": "1", "query": "a", "pos_ids": ["2"], "pos": ["b"], "neg_ids": ["3"], "neg": ["c"], "pos_scores": [1], \
            "neg_scores": [0], "pos_source_scores": [{"bm25": 1}], "neg_source_scores": [{"bm25": 0}], "prompt": "p", "type": "t"}
            {"query_id": "1", "query": "d", "doc_ids": ["2"], "positive": "e", "negative": "f", "kind": "title"}
            """)
        #expect(mined.examples.count == 2)
        #expect(
            try read("{\"query\": \"a\", \"doc_ids\": [\"1\"], \"docs\": [\"b\"], \"scores\": [1], \"teacher\": \"x\"}")
                .kind
                == .scoredLists)
        // Equal texts are one text, wherever they stand.
        #expect(
            try read("{\"query\": \"a\", \"positive\": \"b\"}\n{\"query\": \"b\", \"positive\": \"a\"}").texts == [
                "a", "b",
            ])
    }

    @Test func idsOfDocumentsSayWhichTextsAreParts() throws {
        func origins(_ text: String) throws -> [[Int32]] { try read(text).examples.map(\.origins) }
        let made = try origins(
            """
            {"doc_id": "d1", "query": "title", "positive": "all of it", "kind": "title"}
            {"doc_id": "d1", "query": "part", "positive": "some of it", "kind": "crop"}
            {"doc_id": 7, "query": "another", "positive": "text"}
            """)
        #expect(made == [[0], [0], [1]])
        let mined = try origins(
            """
            {"query": "a", "pos": ["b", "c"], "neg": ["d"], "pos_ids": ["1", "2"], "neg_ids": ["3"]}
            {"query": "e", "pos": ["f"], "neg": ["g"], "doc_ids": ["3", "1"]}
            {"query": "h", "pos": ["i"], "neg": ["j"]}
            """)
        // 0: the id 1; 1: 3; 2: 2.
        #expect(mined == [[0, 1], [2, 1], [1, 0], []])
        #expect(
            try read(#"{"query": "a", "positive": "b", "doc_id": "1"}"#).hash()
                != read(#"{"query": "a", "positive": "b"}"#).hash())
    }

    @Test func tabsAndCommas() throws {
        let tabs = try read("query\tpositive\tnegative\na b\tc\td\n", "x.tsv")
        #expect(shown(tabs) == [["a b", "c", "d"]])
        let commas = try read("query,positive,label\n\"a, \"\"b\"\"\nc\",d,1\ne,f,0\n", "x.csv")
        #expect(shown(commas) == [["a, \"b\"\nc", "d", "1.0"], ["e", "f", "0.0"]])
        #expect(commas.examples.map(\.line) == [2, 4])
    }

    @Test func everyBadLineIsNamed() {
        let good = "{\"query\": \"a\", \"positive\": \"b\"}\n"
        for (line, part) in [
            ("{\"query\": \"a\"}", "no document"), ("{\"positive\": \"a\"}", "no query"), ("[1]", "an array"),
            ("{\"query\": \"a\", \"positive\": \"b\"", "column"), ("{\"query\": 1, \"positive\": \"b\"}", "a number"),
            ("{\"query\": \"a\", \"positive\": \" \"}", "'positive' is empty"),
            ("{\"query\": \"a\", \"positive\": []}", "no document"),
            ("{\"query\": \"a\", \"positive\": \"b\", \"negativ\": \"c\"}", "no use for the column 'negativ'"),
            ("{\"query\": \"a\", \"anchor\": \"a\", \"positive\": \"b\"}", "same as another"),
            ("{\"query\": \"a\", \"positive\": \"b\", \"negative\": \"c\"}", "line 1"),
            ("{\"query\": \"a\", \"positive\": \"b\", \"label\": \"x\"}", "not a finite number"),
        ] {
            let fault = fault(good + "\n" + line + "\n" + good)
            #expect(fault?.line == 3)
            #expect(fault?.code == .badData)
            #expect(fault?.reason.contains(part) == true, "\(line)")
        }
        #expect(fault("")?.reason.contains("no rows") == true)
        #expect(fault("x", "data.txt")?.reason.contains("what kind of file") == true)
        #expect(fault("query\tpositive\na\n", "x.tsv")?.line == 2)
        #expect(fault("query,positiv\na,b\n", "x.csv")?.line == 1)
        #expect(fault("query,positive\n\"a,b\n", "x.csv")?.reason.contains("not closed") == true)
        #expect(fault("query\tquery\na\tb\n", "x.tsv")?.reason.contains("twice") == true)
        #expect(TrainingFixture.fault { _ = try TrainingData(file: "/nowhere/x.jsonl") }?.code == .unreadable)
    }

    @Test func countsThatDoNotFitAreNamed() {
        for (line, part) in [
            ("{\"query\": \"a\", \"docs\": [\"b\", \"c\"], \"scores\": [1]}", "1 scores for 2"),
            (
                "{\"query\": \"a\", \"pos\": \"b\", \"neg\": [\"c\"], \"pos_scores\": [1], \"neg_scores\": []}",
                "1 scores"
            ),
            ("{\"query\": \"a\", \"pos\": \"b\", \"neg\": [\"c\"], \"label\": [1, 2, 3]}", "3 numbers for 1"),
            ("{\"query\": \"a\", \"pos\": \"b\", \"neg\": []}", "no negative"),
            ("{\"query\": \"a\", \"pos\": [\"b\", \"c\"], \"label\": 1}", "2 documents"),
        ] {
            let fault = fault(line)
            #expect(fault?.line == 1)
            #expect(fault?.reason.contains(part) == true, "\(line)")
        }
    }

    @Test func aCollectionInItsOrderAndInAGivenOne() throws {
        try TemporaryFolder.with { folder in
            try folder.write(
                "{\"_id\": \"d2\", \"title\": \"T\", \"text\": \"two\"}\n{\"_id\": \"d1\", \"text\": \"one\"}\n{\"_id\": \"d3\", \"text\": \"three\"}\n",
                to: "corpus.jsonl")
            try folder.write(
                "{\"_id\": \"qb\", \"text\": \"b\"}\n{\"_id\": \"qa\", \"text\": \"a\"}\n", to: "queries.jsonl")
            try folder.write(
                "query-id\tcorpus-id\tscore\nqb\td2\t1\nqa\td2\t1\nqa\td1\t2\n", to: "qrels/train.tsv")
            let all = try TrainingData(folder: folder.path)
            #expect(shown(all) == [["a", "one"], ["a", "T two"], ["b", "T two"]])
            #expect(all.examples.map(\.line) == [4, 3, 2])
            #expect(
                shown(try TrainingData(folder: folder.path, positives: .first)) == [["a", "one"], ["b", "T two"]])
            try folder.write("qb\td3\nqa\td1\n", to: "order.tsv")
            let order = folder.path + "/order.tsv"
            #expect(shown(try TrainingData(folder: folder.path, order: order)) == [["b", "three"], ["a", "one"]])

            try folder.write("qb\td3\nqa\td9\n", to: "order.tsv")
            let missing = TrainingFixture.fault { _ = try TrainingData(folder: folder.path, order: order) }
            #expect(missing?.line == 2)
            #expect(missing?.path == order)
            #expect(missing?.reason == "the document 'd9' is not in corpus.jsonl")
            try folder.write("query-id\tcorpus-id\tscore\nqb\td2\t1\nqa\td8\t1\n", to: "qrels/train.tsv")
            let judged = TrainingFixture.fault { _ = try TrainingData(folder: folder.path) }
            #expect(judged?.line == 3)
            #expect(judged?.path?.hasSuffix("qrels/train.tsv") == true)
            try folder.write("query-id\tcorpus-id\tscore\nqb\td2\t0\n", to: "qrels/train.tsv")
            #expect(TrainingFixture.fault { _ = try TrainingData(folder: folder.path) }?.code == .badData)
            try folder.write(
                "{\"_id\": \"d1\", \"text\": \"x\"}\n{\"_id\": \"d1\", \"text\": \"y\"}\n", to: "corpus.jsonl")
            let twice = TrainingFixture.fault { _ = try TrainingData(folder: folder.path) }
            #expect(twice?.line == 2)
            #expect(twice?.reason.contains("'d1' appears twice") == true)
        }
    }

    @Test func judgedNegativesBecomeNegatives() throws {
        try TemporaryFolder.with { folder in
            try folder.write(
                "{\"_id\": \"1\", \"text\": \"x\"}\n{\"_id\": \"2\", \"text\": \"y\"}\n", to: "corpus.jsonl")
            try folder.write("{\"_id\": \"q\", \"text\": \"a\"}\n", to: "queries.jsonl")
            try folder.write("query-id\tcorpus-id\tscore\nq\t1\t0\nq\t2\t1\n", to: "qrels/train.tsv")
            let data = try TrainingData(folder: folder.path)
            #expect(data.kind == .tuples)
            #expect(shown(data) == [["a", "y", "x"]])
        }
    }

    @Test func theDigestIsOfTheContent() throws {
        let text = "{\"query\": \"a\", \"positive\": \"b\"}\n{\"query\": \"c\", \"positive\": \"d\"}\n"
        let hash = try read(text).hash()
        #expect(try read("query\tpositive\na\tb\nc\td\n", "y.tsv").hash() == hash)
        #expect(try read(text.replacing("\"d\"", with: "\"e\"")).hash() != hash)
        #expect(
            try read("{\"query\": \"c\", \"positive\": \"d\"}\n{\"query\": \"a\", \"positive\": \"b\"}\n").hash()
                != hash)
        #expect(try read("{\"query\": \"ab\", \"positive\": \"\u{1}\"}".replacing("\u{1}", with: "x")).hash() != hash)
        let labels = "{\"query\": \"a\", \"positive\": \"b\", \"label\": 1}\n"
        #expect(try read(labels).hash() != read(labels.replacing("1}", with: "0}")).hash())
    }
}
