import FuzzInput
import JSON

/// Parses the input; what parses must survive being written and parsed again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let value = try? JSONValue(parsing: FuzzInput.array(start, count)) else { return 0 }
    let text = value.serialized()
    guard let again = try? JSONValue(parsing: text) else { fatalError("cannot read back \(text)") }
    precondition(again == value, "\(text) reads back as something else")
    return 0
}
