import JSON
import TestSupport

/// The folder of a pipeline's run that was not run: files as the phases write them, with texts that try to become markup.
enum RecordedPipeline {
    static let hostile = "<script>alert(\"x\")</script> & 'more'"

    /// Writes all files of a run over `count` held-out queries.
    static func write(to folder: TemporaryFolder, queries count: Int = 60) throws {
        try folder.write(
            ##"{"model_name":"packages-\##(count)","model_type":"dense","base_model_id":"models/all-MiniLM-L6-v2","input_type":"file","seed":42,"queries":{"source":"embedded","draws":2},"gate":{"margin":0.0},"corpus_path":"<b>corpus</b>.jsonl"}"##,
            to: "input.json")
        try folder.write(history, to: "history.jsonl")
        var documents: [JSONValue] = []
        for number in 0..<200 {
            documents.append([
                "_id": .string("pkg-\(number)"), "title": .string("package \(number)"),
                "text": .string(
                    number == 7
                        ? hostile : "The text of package \(number), which tells at some length what one can do with it."
                ),
            ])
        }
        try lines(documents, folder, "raw-corpus/documents.jsonl")
        try lines(documents, folder, "evaluation/collection/corpus.jsonl")
        try folder.write(
            ##"{"input":{},"report":{"found":20000,"skipped":{"empty_text":7}}}"##, to: "raw-corpus/documents.json")
        try lines(
            (0..<150).map { ["query": .string("q\($0)"), "document": "d"] }, folder, "training-data/training_data.jsonl"
        )
        try queries(folder)
        try evaluation(folder, count)
        try folder.write(training, to: "training/log.jsonl")
    }

    private static func lines(_ values: [JSONValue], _ folder: TemporaryFolder, _ name: String) throws {
        try folder.write(values.map { $0.serialized() + "\n" }.joined(), to: name)
    }

    private static func queries(_ folder: TemporaryFolder) throws {
        try folder.write(
            ##"{"documents":200,"too_short_documents":3,"kinds":{"title":{"made":200,"kept":120,"dropped":{"short_query":50,"not_found":30}},"factoid":{"made":180,"kept":90,"dropped":{"copied":60,"mentions_document":30}}},"answers":{"asked":100,"readable":90,"cut":4,"unreadable":3,"missing":2,"failed":{"429":5},"unknown":0,"repeated":1}}"##,
            to: "training-data/generation.json")
        var record: [JSONValue] = []
        for number in 0..<210 {
            record.append([
                "doc_id": .string("pkg-\(number % 200)"), "type": number % 2 == 0 ? "title" : "factoid",
                "query": .string(number == 0 ? hostile : "kept query \(number)"), "kept": true,
            ])
        }
        for (reason, count) in [("short_query", 50), ("not_found", 30), ("copied", 60), ("mentions_document", 30)] {
            for number in 0..<count {
                record.append([
                    "doc_id": .string("pkg-\(number)"), "type": "title", "query": .string("\(reason) query \(number)"),
                    "kept": false, "reason": .string(reason),
                ])
            }
        }
        try lines(record, folder, "training-data/query-record.jsonl")
        try lines(
            (0..<30).map { number in
                [
                    "query_id": .string("query-\(number)"), "query": .string("trained query \(number)"),
                    "doc_ids": ["a", "b"], "positive": .string("the answer \(number)"),
                    "negative_1": .string("looks like it \(number)"), "negative_2": .string(hostile),
                ]
            }, folder, "training-data/negatives.jsonl")
        try folder.write(
            ##"{"guide":"teacher","options":{},"documents":170,"queries":150,"pairs":150,"candidates":9000,"dropped":{"positive":140,"relative_margin":700},"negatives":600,"filled":12,"complete_queries":148}"##,
            to: "training-data/mining.json")
    }

    private static func evaluation(_ folder: TemporaryFolder, _ count: Int) throws {
        try folder.write(
            ##"{"queries":\##(count),"documents":200,"systems":[{"system":"bm25","title":"BM25","metrics":{"ndcg@10":0.7631,"mrr@10":0.7012,"recall@100":0.94}},{"system":"base","title":"base model","metrics":{"ndcg@10":0.7953,"mrr@10":0.7605,"recall@100":0.9773}},{"system":"tuned","title":"tuned model","metrics":{"ndcg@10":0.8501,"mrr@10":0.8219,"recall@100":0.9849}},{"system":"rrf(bm25,tuned)","title":"hybrid, tuned, RRF","metrics":{"ndcg@10":0.8612,"mrr@10":0.83,"recall@100":0.99}}],"comparisons":[{"metric":"ndcg@10","system":"tuned","against":"base","difference":0.0548,"lower":0.041,"upper":0.0702,"p_value":0.0001,"better":18,"worse":7,"equal":35},{"metric":"ndcg@10","system":"tuned","against":"bm25","difference":0.087,"lower":0.06,"upper":0.11,"p_value":0.0001,"better":30,"worse":9,"equal":21},{"metric":"mrr@10","system":"tuned","against":"base","difference":0.0614,"lower":0.04,"upper":0.08,"p_value":0.0001,"better":18,"worse":7,"equal":35},{"metric":"ndcg@10","system":"rrf(bm25,tuned)","against":"bm25","difference":-0.004,"lower":-0.02,"upper":0.012,"p_value":0.6,"better":10,"worse":12,"equal":38}],"gate":{"passed":true,"overridden":false,"deploys":true,"metric":"ndcg@10","evidence":"lower_bound","margin":0.01,"queries":\##(count),"decision":"passed: ndcg@10 +5.48 points against base model (95 %: +4.1 to +7.02) on 60 queries; the lower end of the 95 % interval must exceed +1.0","trials":[]}}"##,
            to: "evaluation/results.json")
        var queries: [JSONValue] = []
        var runs = (base: "", tuned: "")
        for number in 0..<count {
            // Ten better, five worse, by different amounts; the others equal.
            let change = number < 10 ? 0.05 * Double(number + 1) : number < 15 ? -0.1 * Double(number - 9) : 0
            let id = "query-\(100 + number)"
            func values(_ value: Double) -> JSONValue {
                [
                    "ndcg@10": .number(JSONNumber(value)), "mrr@10": .number(JSONNumber(value)),
                    "recall@100": 1, "rank": value > 0.7 ? 1 : 3,
                ]
            }
            queries.append([
                "query_id": .string(id), "query": .string(number == 9 ? hostile : "held-out query \(number)"),
                "doc_ids": [.string("pkg-\(number)")], "type": "title",
                "systems": ["base": values(0.5), "tuned": values(0.5 + change)],
            ])
            for rank in 0..<5 {
                runs.base += "\(id) Q0 pkg-\((number + rank + 1) % 200) \(rank + 1) \(9 - rank) base\n"
                runs.tuned += "\(id) Q0 pkg-\((number + rank) % 200) \(rank + 1) \(9 - rank) tuned\n"
            }
        }
        try lines(queries, folder, "evaluation/queries.jsonl")
        try folder.write(runs.base, to: "evaluation/runs/base.run")
        try folder.write(runs.tuned, to: "evaluation/runs/tuned.run")
    }

    /// A training of which a hundred steps and three evaluations are known.
    private static var training: String {
        var lines = [
            ##"{"event":"began","task":"dense","examples":150,"example_kind":"pairs","loss":"multiple_negatives","parameters":22713216,"first_step":0,"steps":120,"steps_per_epoch":40,"threads":2,"data_hash":"9f2c","configuration_hash":"41ab","settings":{"model":"models/all-MiniLM-L6-v2","best_metric":"ndcg@10","max_grad_norm":1.0}}"##
        ]
        for step in 0..<100 {
            let loss = 0.03 + 0.2 / Double(step + 3) + 0.01 * Double((step * 7919) % 13)
            lines.append(
                ##"{"event":"step","step":\##(step),"epoch":\##(Double(step + 1) / 40),"loss":\##(loss),"learning_rate":\##(2e-5 * Double(100 - step) / 100),"grad_norm":\##(1 + loss * 10),"tokens":2900,"examples":32,"seconds":1.6,"peak_memory":900000000,"remaining_seconds":12}"##
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static var history: String {
        func event(_ id: Int, _ second: Int, _ type: String, _ key: String, _ details: String) -> String {
            let time = "2026-11-22T08:\(10 + second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60).000Z"
            return
                ##"{"timestamp":"\##(time)","type":"\##(type)","id":\##(id),"previousEventId":\##(id - 1),"\##(key)":{\##(details)}}"##
        }
        var lines = [event(1, 0, "ExecutionStarted", "executionStartedEventDetails", ##""input":{}"##)]
        var id = 1
        var second = 0
        for (name, length) in [
            ("ValidateCorpus", 2), ("GenerateQueries", 35), ("MineNegatives", 48), ("StartTraining", 410),
            ("EvaluateModel", 65),
        ] {
            id += 1
            lines.append(
                event(id, second, "TaskStateEntered", "stateEnteredEventDetails", ##""name":"\##(name)","input":{}"##))
            second += length
            id += 1
            lines.append(
                event(id, second, "TaskStateExited", "stateExitedEventDetails", ##""name":"\##(name)","output":{}"##))
        }
        lines.append(event(id + 1, second, "ExecutionSucceeded", "executionSucceededEventDetails", ##""output":{}"##))
        return lines.joined(separator: "\n") + "\n"
    }
}
