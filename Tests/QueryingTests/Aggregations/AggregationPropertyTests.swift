import JSON
import Querying
import TestSupport
import Testing

/// Aggregations over random documents in several segments against a plain count of the same documents.
@Suite struct AggregationPropertyTests {
    private struct Document {
        var tags: Set<String>
        var numbers: [Int]
        var day: Int?

        var json: String {
            var parts: [String] = []
            if !tags.isEmpty {
                parts.append(#""tag": [\#(tags.sorted().map { #""\#($0)""# }.joined(separator: ","))]"#)
            }
            if !numbers.isEmpty { parts.append(#""n": [\#(numbers.map(String.init).joined(separator: ","))]"#) }
            if let day { parts.append(#""on": \#(day * 86_400_000)"#) }
            return "{\(parts.joined(separator: ","))}"
        }
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var x = state
            x = (x ^ (x >> 33)) &* 0xFF51_AFD7_ED55_8CCD
            return x ^ (x >> 33)
        }
    }

    private func make(_ seed: UInt64) throws -> (AggregationIndex, [Document]) {
        var random = Generator(state: seed)
        var documents: [Document] = []
        var segments: [[String]] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            var segment: [String] = []
            for _ in 0..<Int.random(in: 1...120, using: &random) {
                var document = Document(tags: [], numbers: [], day: nil)
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    document.tags.insert("t\(Int.random(in: 0...40, using: &random))")
                }
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    document.numbers.append(Int.random(in: -50...50, using: &random))
                }
                if Bool.random(using: &random) { document.day = Int.random(in: 10_000...10_400, using: &random) }
                documents.append(document)
                segment.append(document.json)
            }
            segments.append(segment)
        }
        let mapping: JSONValue = [
            "properties": ["tag": ["type": "keyword"], "n": ["type": "long"], "on": ["type": "date"]]
        ]
        return (try AggregationIndex(mapping, segments), documents)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func termsWithMetrics(_ seed: UInt64) throws {
        let (index, documents) = try make(seed)
        let reply = try index.run([
            "terms": ["field": "tag", "size": 15],
            "aggs": ["sum": ["sum": ["field": "n"]], "most": ["max": ["field": "n"]]],
        ])
        var expected: [String: (count: Int, sum: Int, most: Int?)] = [:]
        for document in documents {
            for tag in document.tags {
                var entry = expected[tag] ?? (0, 0, nil)
                entry.count += 1
                entry.sum += document.numbers.reduce(0, +)
                entry.most = [entry.most, document.numbers.max()].compactMap { $0 }.max()
                expected[tag] = entry
            }
        }
        let order = expected.sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
        let buckets = reply["buckets"]?.array ?? []
        #expect(buckets.count == min(15, order.count))
        for (bucket, (key, entry)) in zip(buckets, order) {
            #expect(bucket["key"]?.string == key && bucket["doc_count"]?.int == entry.count)
            #expect(bucket["sum"]?["value"]?.int == entry.sum && bucket["most"]?["value"]?.int == entry.most)
        }
        #expect(reply["sum_other_doc_count"]?.int == order.dropFirst(15).reduce(0) { $0 + $1.value.count })
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func histogramsInsideHistograms(_ seed: UInt64) throws {
        let (index, documents) = try make(seed &+ 1000)
        let reply = try index.run([
            "date_histogram": ["field": "on", "fixed_interval": "30d", "min_doc_count": 1],
            "aggs": ["h": ["histogram": ["field": "n", "interval": 7, "min_doc_count": 1]]],
        ])
        var expected: [Int: (count: Int, inner: [Int: Int])] = [:]
        for document in documents {
            guard let day = document.day else { continue }
            var entry = expected[day / 30] ?? (0, [:])
            entry.count += 1
            for place in Set(document.numbers.map { Int((Double($0) / 7).rounded(.down)) }) {
                entry.inner[place, default: 0] += 1
            }
            expected[day / 30] = entry
        }
        let buckets = reply["buckets"]?.array ?? []
        #expect(buckets.count == expected.count)
        for (bucket, (month, entry)) in zip(buckets, expected.sorted { $0.key < $1.key }) {
            #expect(bucket["key"]?.int == month * 30 * 86_400_000 && bucket["doc_count"]?.int == entry.count)
            let inner = (bucket["h"]?["buckets"]?.array ?? []).map { ($0["key"]?.int ?? 0, $0["doc_count"]?.int ?? 0) }
            let wanted = entry.inner.sorted { $0.key < $1.key }
            #expect(inner.map(\.0) == wanted.map { $0.key * 7 } && inner.map(\.1) == wanted.map(\.value))
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func compositePagesAreEverythingOnce(_ seed: UInt64) throws {
        let (index, documents) = try make(seed &+ 2000)
        var expected: [String: Int] = [:]
        for document in documents {
            for tag in document.tags {
                for number in Set(document.numbers) { expected["\(tag)/\(number)", default: 0] += 1 }
            }
        }
        var found: [String: Int] = [:]
        var after: JSONValue?
        repeat {
            var body: JSONObject = [
                "size": 7,
                "sources": [
                    ["t": ["terms": ["field": "tag", "order": "desc"]]], ["n": ["terms": ["field": "n"]]],
                ],
            ]
            body["after"] = after
            let page = try index.run(["composite": .object(body)])
            for bucket in page["buckets"]?.array ?? [] {
                let key = "\(bucket["key"]?["t"]?.string ?? "")/\(bucket["key"]?["n"]?.int ?? 0)"
                #expect(found[key] == nil)
                found[key] = bucket["doc_count"]?.int
            }
            after = page["after_key"]
        } while after != nil
        #expect(found == expected)
    }
}
