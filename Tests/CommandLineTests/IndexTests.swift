import Foundation
import TestSupport
import Testing

/// Documents of a data folder, from the command line.
@Suite struct IndexTests {
    private static let documents = """
        {"_id":"a","title":"Chess","text":"a board game for two"}
        {"_id":"b","title":"Editor","text":"edits text","_routing":"r"}
        {"title":"Go","text":"another board game"}

        """

    @Test func documentsGoInAreFoundAndComeOut() throws {
        try TemporaryFolder.with { folder in
            let data = ["--data", folder.path + "/data"]
            let load = try Program.run(["index", "load", "games", "-"] + data, input: Self.documents)
            #expect(load.status == 0, "\(load.errors)")
            #expect(load.output.contains(#""created":3,"updated":0,"refused":0"#), "\(load.output)")

            let again = try Program.run(["index", "load", "games", "-"] + data, input: Self.documents)
            #expect(again.output.contains(#""created":1,"updated":2"#), "\(again.output)")

            let hits = try Program.run(["search", "games", "board"] + data)
            #expect(hits.status == 0, "\(hits.errors)")
            #expect(hits.lines.count == 3)
            let first = try Program.run(["search", "games", "chess", "--fields", "title"] + data)
            #expect(first.lines.count == 1 && first.output.contains(#""_id":"a""#), "\(first.output)")

            let out = try Program.run(["index", "export", "games"] + data)
            #expect(out.lines.count == 4)
            #expect(out.output.contains(#"{"_id":"b","_routing":"r","#))
            let copy = ["--data", folder.path + "/copy"]
            try #expect(Program.run(["index", "load", "games", "-"] + copy, input: out.output).status == 0)
            let copied = try Program.run(["index", "export", "games"] + copy).lines.sorted()
            #expect(copied == out.lines.sorted())

            let stats = try Program.run(["index", "stats"] + data)
            #expect(stats.output.contains(#""index":"games""#) && stats.output.contains(#""documents":4"#))
            try #expect(Program.run(["index", "rebuild"] + data).output.hasPrefix("games: 4 documents in "))
            try #expect(Program.run(["search", "games", "board"] + data).lines.count == 3)
        }
    }

    @Test func documentsThatCannotBeIndexedAreToldAndTheOthersStay() throws {
        try TemporaryFolder.with { folder in
            let data = ["--data", folder.path + "/data"]
            let lines = "{\"n\": 1}\n[]\n{\"n\": \"x\"}\n{\"n\": 2}\n{\"_id\": {}, \"n\": 3}\n{\n"
            let load = try Program.run(["index", "load", "numbers", "-"] + data, input: lines)
            #expect(load.status == 65)
            for line in [2, 3, 5, 6] {
                #expect(load.errors.contains("standard input, line \(line): "), "\(load.errors)")
            }
            try #expect(Program.run(["index", "export", "numbers"] + data).lines.count == 2)
        }
    }

    @Test func whatIsMissingIsSaid() throws {
        try TemporaryFolder.with { folder in
            try #expect(Program.run(["index", "stats", "--data", folder.path + "/none"]).status == 66)
            try #expect(Program.run(["index", "stats"]).status == 64)
            let data = ["--data", folder.path + "/data"]
            try #expect(Program.run(["index", "load", "a", folder.path + "/none.jsonl"] + data).status == 66)
            try #expect(Program.run(["search", "b", "text"] + data).status == 66)
            try #expect(Program.run(["index", "load", "Bad", "-"] + data, input: "{}\n").status == 65)
        }
    }
}
