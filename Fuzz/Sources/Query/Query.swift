import FuzzNode
import JSON

/// Searches a small index with the input as body; what is refused is refused with an error that says so, not with a fault of the server.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzQuery(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let body = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let answer = SmallIndex.shared.node.ask(post: "/small/_search", body)
    guard let json = try? JSONValue(parsing: answer.body) else { fatalError("the answer is no JSON") }
    if answer.status == 200 {
        precondition(json["hits"]?["hits"]?.array != nil, "an answer without hits")
    } else {
        precondition(json["error"]?["type"]?.string != nil, "an error without a type")
        // OpenSearch answers some wrong aggregations with 500; an error that nobody has put into words has the plain type.
        let isKnown = json["error"]?["type"]?.string != "exception"
        precondition(answer.status < 500 || isKnown, String(decoding: answer.body.prefix(500), as: UTF8.self))
    }
    return 0
}

/// Sixty documents with fields of all the kinds that queries know.
struct SmallIndex: Sendable {
    static let shared = SmallIndex()
    let node = FuzzNode()

    private init() {
        let mapping = """
            {"settings":{"index.refresh_interval":"-1"},"mappings":{"properties":{"t":{"type":"text","fields":{"k":{"type":"keyword"}}},"k":{"type":"keyword"},\
            "n":{"type":"long"},"x":{"type":"double"},"d":{"type":"date"},"b":{"type":"boolean"},"i":{"type":"ip"},\
            "c":{"type":"nested","properties":{"a":{"type":"keyword"},"n":{"type":"integer"}}}}}}
            """
        guard node.ask(put: "/small", mapping).status == 200 else { fatalError("the index cannot be made") }
        var lines = ""
        let words = ["red", "apple", "green", "pear", "tree", "fox", "quick", "brown", "jumps", "über"]
        for number in 0..<60 {
            let text = (0..<(number % 9 + 1)).map { words[(number * 7 + $0 * $0) % words.count] }.joined(separator: " ")
            lines += #"{"index":{"_id":"\#(number)"}}"# + "\n"
            lines += """
                {"t":"\(text)","k":["k\(number % 5)","l\(number % 7)"],"n":\(number * number - 500),"x":\(Double(number) / 7),\
                "d":\(1_700_000_000_000 + number * 86_400_000),"b":\(number % 2 == 0),"i":"10.0.\(number % 3).\(number)",\
                "c":[{"a":"a\(number % 4)","n":\(number)},{"a":"z","n":\(-number)}]}

                """
        }
        guard node.ask(post: "/small/_bulk", query: "refresh=true", [UInt8](lines.utf8)).status == 200 else {
            fatalError("the documents cannot be stored")
        }
    }
}
