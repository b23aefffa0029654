import FuzzNode
import JSON
import Synchronization

/// Takes the input as the body of a `_bulk`: every item is answered, or the whole is refused; never a fault of the server.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBulk(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let body = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let node = Receiver.shared.node
    let answer = node.ask(post: "/all/_bulk", body)
    guard let json = try? JSONValue(parsing: answer.body) else { fatalError("the answer is no JSON") }
    if answer.status == 200 {
        for item in json["items"]?.array ?? [] {
            let status = item.object?.first { _ in true }?.value["status"]?.int ?? 500
            precondition(status < 500, String(decoding: answer.body.prefix(500), as: UTF8.self))
        }
    } else {
        precondition(answer.status < 500, String(decoding: answer.body.prefix(500), as: UTF8.self))
    }
    return 0
}

/// A node whose indices are made by the bulks themselves; they stay within the limit of its fields.
struct Receiver: Sendable {
    static let shared = Receiver()
    let node = FuzzNode()
}
