internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

/// Header fields of answers in the types of the codecs.
enum ResponseFields {
    /// Adds a reply's fields, and those that say who answered and when.
    static func fill(_ headers: inout HTTPHeaders, from reply: Reply) {
        headers.reserveCapacity(reply.headers.count + 3)
        headers.add(name: "date", value: DateField.text)
        headers.add(name: "server", value: "needletail")
        for field in reply.headers { headers.add(name: field.name.rawName, value: field.value) }
    }
}
