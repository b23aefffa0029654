import Encoders
import Synchronization
import Testing

@Suite("Watching and stopping a call")
struct EncodingControlTests {
    private final class Reports: Sendable {
        let all = Mutex<[EncodingProgress]>([])
    }

    @Test("Progress grows from tile to tile and ends complete")
    func progress() throws {
        let reference = try ReferenceFolder("models/bert-dense")
        let encoder = try DenseEncoder(path: reference.path, options: EncoderOptions(threads: 2, tileTokens: 20))
        let texts = try reference.texts()
        let reports = Reports()
        let vectors = try encoder.embed(
            texts, control: EncodingControl(onProgress: { report in reports.all.withLock { $0.append(report) } }))
        let seen = reports.all.withLock { $0 }
        #expect(seen.count > 3)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.completedTokens < $1.completedTokens })
        let last = try #require(seen.last)
        #expect(last.completedSequences == texts.count && last.totalSequences == texts.count)
        #expect(last.completedTokens == vectors.tokenCounts.reduce(0, +) && last.totalTokens == last.completedTokens)
    }

    @Test("A cancelled call throws and leaves the encoder usable", arguments: [0, 2])
    func cancellation(_ after: Int) throws {
        let reference = try ReferenceFolder("models/bert-cross")
        let encoder = try CrossEncoder(path: reference.path, options: EncoderOptions(threads: 2, tileTokens: 20))
        let pairs = try reference.pairs()
        let reports = Reports()
        let control = EncodingControl(
            isCancelled: { reports.all.withLock { $0.count } >= after },
            onProgress: { report in reports.all.withLock { $0.append(report) } })
        #expect { try encoder.score(pairs, control: control) } throws: { ($0 as? EncoderError)?.code == .cancelled }
        #expect(reports.all.withLock { $0.count } < pairs.count / 2)
        #expect(try encoder.score(pairs).count == pairs.count)
    }

    @Test("Calls from several threads at once give what single calls give")
    func concurrentCalls() async throws {
        let reference = try ReferenceFolder("models/bert-cross")
        let encoder = try CrossEncoder(path: reference.path, options: EncoderOptions(threads: 2))
        let pairs = try reference.pairs()
        let expected = try encoder.score(pairs)
        try await withThrowingTaskGroup(of: [PairScore].self) { group in
            for _ in 0..<8 { group.addTask { try encoder.score(pairs) } }
            for try await scores in group { #expect(scores == expected) }
        }
    }
}
