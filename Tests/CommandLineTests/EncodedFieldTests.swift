import Foundation
import JSON
import TestSupport
import Testing

/// Fields that models fill while documents are loaded, and searches by them.
@Suite struct EncodedFieldTests {
    private static let dense = Fixture.path("encoders/models/bert-dense")
    private static let sparse = Fixture.path("encoders/models/bert-splade")
    private static let cross = Fixture.path("encoders/models/bert-cross")

    private static let documents = """
        {"_id":"a","title":"Chess","text":"a board game for two"}
        {"_id":"b","title":"Editor","text":"edits text"}
        {"_id":"c","number":3}

        """

    @Test func documentsGetVectorsAndAreFoundByThem() throws {
        try TemporaryFolder.with { folder in
            let data = ["--data", folder.path + "/data"]
            let load = try Program.run(
                [
                    "index", "load", "games", "-", "--embed", "vector=\(Self.dense)", "--sparse",
                    "words=\(Self.sparse):title",
                ]
                    + data, input: Self.documents)
            #expect(load.status == 0, "\(load.errors)")
            #expect(load.output.contains(#""created":3,"updated":0,"refused":0,"without_text":{"vector":1,"words":1}"#))

            // What stands in the documents is what the encoders give.
            let stored = try Program.run(["index", "export", "games"] + data).lines.map {
                try JSONValue(parsing: String($0))
            }
            let chess = try #require(stored.first { $0["_id"]?.string == "a" })
            let embedded = try Program.run(["embed", "--model", Self.dense, "Chess a board game for two"])
            #expect(try JSONValue(parsing: embedded.output)["embedding"] == chess["vector"])
            let expanded = try Program.run(["encode-sparse", "--model", Self.sparse, "Chess"])
            let tokens = try #require(try JSONValue(parsing: expanded.output)["tokens"]?.object)
            let words = try #require(chess["words"]?.object)
            #expect(words.count == tokens.count && tokens.allSatisfy { words[$0.key] == $0.value })
            #expect(stored.first { $0["_id"]?.string == "c" }?["vector"] == nil)

            let near = try Program.run(
                ["search", "games", "Chess a board game for two", "--embed", "vector=\(Self.dense)"] + data)
            #expect(near.status == 0, "\(near.errors)")
            let hits = try near.lines.map { try JSONValue(parsing: String($0)) }
            #expect(hits.map { $0["_id"]?.string } == ["a", "b"], "the third has no vector")
            #expect(abs((hits.first?["_score"]?.double ?? 0) - 1) < 1e-6, "a cosine of 1 scores 1")
            #expect(hits.first?["_source"]?["vector"] == nil)
            #expect(hits.first?["_source"]?["words"] != nil)

            let all = try Program.run(
                [
                    "search", "games", "board game", "--hybrid", "--fields", "text", "--embed", "vector=\(Self.dense)",
                    "--sparse",
                    "words=\(Self.sparse)",
                ] + data)
            #expect(all.status == 0, "\(all.errors)")
            #expect(all.output.contains(#""_id":"a""#))
            let body =
                #"{"query": {"neural": {"vector": {"query_text": "Chess", "model_id": "\#(Self.dense)", "k": 1}}}}"#
            let whole = try Program.run(["search", "games", "--body", body, "--embed", "vector=\(Self.dense)"] + data)
            #expect(whole.status == 0 && whole.lines.count == 1, "\(whole.errors)")
        }
    }

    @Test func anInterruptedLoadGoesOn() throws {
        try TemporaryFolder.with { folder in
            let data = ["--data", folder.path + "/data", "--embed", "vector=\(Self.dense)"]
            let first = Self.documents.split(separator: "\n")[0] + "\n"
            try #expect(Program.run(["index", "load", "games", "-"] + data, input: String(first)).status == 0)
            let rest = try Program.run(
                ["index", "load", "games", "-", "--skip-existing"] + data, input: Self.documents)
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(rest.output.contains(#""created":2,"updated":0,"refused":0,"skipped":1"#), "\(rest.output)")
        }
    }

    @Test func fieldsThatDoNotFitAreRefused() throws {
        try TemporaryFolder.with { folder in
            let data = ["--data", folder.path + "/data"]
            let wrong = try Program.run(["index", "load", "games", "-", "--embed", "v=\(Self.cross)"] + data)
            #expect(wrong.status == 65)
            #expect(wrong.errors.contains("is a cross-encoder, which makes no dense vectors"))
            for (value, reason) in [
                ("vector", "give FIELD=MODEL"), ("vector=", "give FIELD=MODEL"), ("v=m:a+", "give FIELD=MODEL"),
            ] {
                let bad = try Program.run(["index", "load", "games", "-", "--embed", value] + data)
                #expect(bad.status == 64 && bad.errors.contains(reason), "\(value): \(bad.errors)")
            }
            let definition = folder.path + "/definition.json"
            try Data(
                #"{"settings": {"index.knn": true}, "mappings": {"properties": {"vector": {"type": "knn_vector", "dimension": 3}, "title": {"type": "keyword"}}}}"#
                    .utf8
            ).write(to: URL(filePath: definition))
            let other = try Program.run(
                ["index", "load", "games", "-", "--definition", definition, "--embed", "vector=\(Self.dense)"] + data)
            #expect(other.status == 65)
            #expect(other.errors.contains("the index has vectors of 3 values there, and those of"), "\(other.errors)")
            let type = try Program.run(
                ["index", "load", "games", "-", "--definition", definition, "--sparse", "title=\(Self.sparse)"] + data)
            #expect(type.status == 65 && type.errors.contains("the index has it as keyword"), "\(type.errors)")
        }
    }

    @Test func fieldsAreAddedToAnIndexThatIsThere() throws {
        try TemporaryFolder.with { folder in
            let data = ["--data", folder.path + "/data"]
            let definition = folder.path + "/definition.json"
            try Data(#"{"settings": {"index.knn": true}}"#.utf8).write(to: URL(filePath: definition))
            let first = ["index", "load", "games", "-", "--definition", definition]
            try #expect(Program.run(first + data, input: Self.documents).status == 0)
            let late = try Program.run(
                ["index", "load", "games", "-", "--embed", "late.vector=\(Self.dense)"] + data, input: Self.documents)
            #expect(late.status == 0, "\(late.errors)")
            try #expect(Program.run(["index", "load", "plain", "-"] + data, input: Self.documents).status == 0)
            let without = try Program.run(["index", "load", "plain", "-", "--embed", "v=\(Self.dense)"] + data)
            #expect(without.status == 65 && without.errors.contains("index.knn"), "\(without.errors)")
            let again = ["index", "load", "games", "-", "--sparse", "made.words=\(Self.sparse)"]
            let load = try Program.run(again + data, input: Self.documents)
            #expect(load.status == 0, "\(load.errors)")
            let found = try Program.run(["search", "games", "chess", "--sparse", "made.words=\(Self.sparse)"] + data)
            #expect(found.status == 0 && !found.lines.isEmpty, "\(found.errors)")
        }
    }

    @Test(arguments: [
        ["--hybrid"], ["--embed", "v=m", "--fields", "title"], ["--pipeline", "p.json", "--embed", "v=m"],
        ["--embed", "v=m", "--sparse", "v=m"],
    ])
    func optionsThatMeanNothingAreRefused(options: [String]) throws {
        try #expect(Program.run(["search", "games", "text", "--data", "none"] + options).status == 64)
    }
}
