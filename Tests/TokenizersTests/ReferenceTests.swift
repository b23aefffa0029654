import JSON
import TestSupport
import Testing
import Tokenizers

/// Whole tokenizers against what Hugging Face `tokenizers` answered: ids, type ids, offsets, masks, words, overflow.
@Suite struct ReferenceTests {
    @Test(arguments: ReferenceCase.names)
    func encodesAsHuggingFace(_ name: String) throws {
        let reference = try ReferenceCase(name)
        let tokenizer = try Tokenizer(tokenizerJSON: reference.document)
        var faults = 0
        for expected in reference.expectations {
            var found: [String]
            do {
                let encoding = try tokenizer.encode(
                    expected.text, pair: expected.pair, addSpecialTokens: expected.addsSpecialTokens)
                found = expected.isRefused ? ["no error"] : differences(encoding, expected.fields)
                if let text = expected.fields["dec"]?.string {
                    let decoded = tokenizer.decode(encoding.ids)
                    if !decoded.utf8.elementsEqual(text.utf8) {
                        found.append("decoded: \(decoded.debugDescription), not \(text.debugDescription)")
                    }
                    let raw = tokenizer.decode(encoding.ids, skipSpecialTokens: false)
                    let wanted = expected.fields["raw"]?.string ?? text
                    if !raw.utf8.elementsEqual(wanted.utf8) {
                        found.append("raw: \(raw.debugDescription), not \(wanted.debugDescription)")
                    }
                }
                var (ids, types): ([Int32], [Int32]) = ([], [])
                let isTruncated = try tokenizer.appendIDs(
                    of: expected.text, pair: expected.pair, addSpecialTokens: expected.addsSpecialTokens, to: &ids,
                    typeIDs: &types)
                if ids != encoding.ids || types != encoding.typeIDs || isTruncated != encoding.isTruncated {
                    found.append("appended ids differ: \(ids)")
                }
            } catch {
                found = expected.isRefused ? [] : ["\(error)"]
            }
            if found.isEmpty { continue }
            faults += 1
            if faults > 3 { continue }
            let pair = expected.pair.map { " + " + String($0.prefix(200)).debugDescription } ?? ""
            Issue.record(
                "\(String(expected.text.prefix(200)).debugDescription)\(pair): \(found.joined(separator: "; "))")
        }
        #expect(faults == 0)
    }
}
