import Foundation

/// Two queries over three documents, a first run that is wrong for one of them, and one that is right for both.
final class JudgedCollection {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.path(percentEncoded: false)
            + "needletail-eval-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path + "/qrels", withIntermediateDirectories: true)
        for (name, text) in [
            "corpus.jsonl": """
            {"_id":"tea","title":"Tea","text":"A drink of leaves.\\u001b[31m"}
            {"_id":"茶","title":"","text":"お茶"}
            {"_id":"mug","text":"Holds tea."}

            """,
            "queries.jsonl": "{\"_id\":\"q1\",\"text\":\"hot drink\"}\n{\"_id\":\"q2\",\"text\":\"vessel\"}\n",
            "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\ttea\t1\nq2\tmug\t1\n",
            "qrels/dev.tsv": "query-id\tcorpus-id\tscore\nq1\ttea\t1\n",
            "bm25.run": "q1 Q0 mug 1 2 bm25\nq1 Q0 tea 2 1 bm25\nq2 Q0 mug 1 3 bm25\nq2 Q0 茶 2 1 bm25\n",
            "better.run": "q1 Q0 tea 1 2 better\nq1 Q0 mug 2 1 better\nq2 Q0 mug 1 3 better\nq2 Q0 茶 2 1 better\n",
        ] { try Data(text.utf8).write(to: URL(filePath: path + "/" + name)) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
