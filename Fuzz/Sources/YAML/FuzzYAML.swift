import FuzzInput
import JSON
import YAML

/// Parses the input; what parses must keep its lines inside the text, its depth inside the limit, and its keys unique.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzYAML(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = FuzzInput.array(start, count)
    var limits = YAMLLimits()
    limits.maximumExpandedBytes = 1 << 20
    guard let node = try? YAMLNode(parsing: text, limits: limits) else { return 0 }
    // Lines end at LF, CR, NEL, LS and PS: never more of them than bytes.
    check(node, lines: text.count + 1, depth: limits.maximumDepth)
    _ = node.json.serialized()
    return 0
}

private func check(_ node: YAMLNode, lines: Int, depth: Int) {
    precondition(depth >= 0 && (1...lines).contains(node.line))
    switch node.content {
    case .scalar: return
    case .sequence(let elements):
        for element in elements { check(element, lines: lines, depth: depth - 1) }
    case .mapping(let entries):
        precondition(node.json.object?.count == entries.count, "a key is there twice")
        for entry in entries {
            precondition((1...lines).contains(entry.line))
            check(entry.value, lines: lines, depth: depth - 1)
        }
    }
}
