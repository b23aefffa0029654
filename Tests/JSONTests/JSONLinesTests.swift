import JSON
import TestSupport
import Testing

struct JSONLinesTests {
    @Test func linesAreNumberedAndBlankOnesSkipped() throws {
        var lines = JSONLines(Array("{\"a\":1}\r\n\n  \n[2]\n \"end\"".utf8))
        var seen: [String] = []
        while let line = try lines.next() { seen.append("\(line.number)@\(line.offset) \(line.value)") }
        #expect(seen == ["1@0 {\"a\":1}", "4@13 [2]", "5@17 \"end\""])
        let end = try lines.next()
        #expect(end == nil)
    }

    @Test func aBadLineIsNamedAndTheNextOneRead() throws {
        var lines = JSONLines(Array("1\n  [1,x]\n3\n".utf8))
        let first = try lines.next()
        #expect(first?.value == 1)
        do throws(JSONError) {
            _ = try lines.next()
            Issue.record("no error")
        } catch {
            #expect(error.line == 2 && error.column == 6 && error.offset == 7, "\(error)")
        }
        let third = try lines.next()
        #expect(third?.number == 3)
        let end = try lines.next()
        #expect(end == nil)
    }

    @Test(arguments: [1, 7, 4096, 1_000_000])
    func aStreamMayComeInAnyPieces(size: Int) throws {
        let bytes = try Fixture.bytes("json/documents.jsonl")
        let whole = bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        var position = 0
        var lines = JSONLines { (buffer: UnsafeMutableRawBufferPointer) throws(JSONError) -> Int in
            let count = min(size, buffer.count, bytes.count - position)
            buffer.copyBytes(from: bytes[position..<position + count])
            position += count
            return count
        }
        var number = 0
        while let line = try lines.next() {
            #expect(line.value.serialized() == whole[number])
            number += 1
        }
        #expect(number == whole.count)
    }

    @Test func aLineLongerThanTheLimitIsRefused() {
        var lines = JSONLines(limits: JSONLimits(maximumBytes: 100_000)) { buffer throws(JSONError) -> Int in
            buffer.initializeMemory(as: UInt8.self, repeating: 0x31)
            return buffer.count
        }
        do throws(JSONError) {
            _ = try lines.next()
            Issue.record("no error")
        } catch {
            #expect(error.code == .limitExceeded)
        }
    }
}
