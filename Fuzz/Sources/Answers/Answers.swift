import FuzzInput
import QueryPrompting
import Relevance

/// Reads the input twice: as what a language model wrote, and line by line as the outputs of a batch, whose answers are parsed as well.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnswers(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = FuzzInput.array(start, count)
    let document = RetrievalDataset.Document(
        id: "d", title: "a title", text: "a document of some words in a row that may be copied")
    let parser = AnswerParser(QueryPrompt())
    check(parser.parse(String(decoding: bytes, as: UTF8.self), about: document))
    let answers = BatchOutput.read(bytes, named: "input")
    precondition(answers.faults.count <= RecordedAnswers.faultLimit && answers.faultCount >= answers.faults.count)
    for answer in answers.answers.values {
        guard case .text(let text, let isCut) = answer else { continue }
        check(parser.parse(text, isCut: isCut, about: document))
    }
    return 0
}

private func check(_ parsed: AnswerParser.Parsed) {
    precondition(parsed.queries.count <= 64, "\(parsed.queries.count) queries")
    precondition(
        parsed.queries.allSatisfy { !$0.text.isEmpty && $0.text.count <= 1000 }, "a query is empty or too long")
    precondition(parsed.queries.count { $0.reason == nil } <= QueryPrompt().count, "more queries than were asked for")
}
