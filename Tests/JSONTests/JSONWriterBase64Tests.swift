import JSON
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("JSONWriter: base64 of floats")
struct JSONWriterBase64Tests {
    @Test func equalsFoundationsOfTheLittleEndianBytesForEveryRemainder() {
        var generator = SeededGenerator(seed: 5)
        for count in 0..<70 {
            let values = (0..<count).map { _ in Float(bitPattern: UInt32.random(in: .min ... .max, using: &generator)) }
            let bytes = values.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
            }
            var writer = JSONWriter()
            writer.base64(values[...])
            #expect(writer.text == "\"\(Data(bytes).base64EncodedString())\"")
        }
    }

    @Test func standsInDocumentsLikeAnyString() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.base64([1])
        writer.key("b")
        writer.beginArray()
        writer.base64([])
        writer.base64([-2, 0.5])
        writer.endArray()
        writer.endObject()
        #expect(writer.text == #"{"a":"AACAPw==","b":["","AAAAwAAAAD8="]}"#)
    }
}
