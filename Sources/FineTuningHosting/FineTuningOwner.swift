public import Access
import JSON
import ModelFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Whose a run is, as its folder keeps it: the rights that they have when something is asked are those of the run.
public struct FineTuningOwner: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The API key that was shown; nil for a password.
    public let apiKeyID: String?
    /// Whether they are a user of the node; else they showed a key of the server's settings.
    public let isUser: Bool

    /// The owner of what a caller makes.
    public init(_ caller: Caller, isUser: Bool) {
        name = caller.name
        apiKeyID = caller.apiKeyID
        self.isUser = isUser
    }

    /// The owner that the folder of a run names; nil if it names none.
    public init?(folder: String) {
        guard let data = FileManager.default.contents(atPath: folder + "/owner.json"),
            let value = try? JSONValue(parsing: [UInt8](data)), let name = value["name"]?.string,
            let isUser = value["is_user"]?.bool
        else { return nil }
        self.name = name
        self.isUser = isUser
        apiKeyID = value["api_key_id"]?.string
    }

    /// Keeps the owner in the folder of a run.
    func write(to folder: String) throws {
        let value: JSONValue = [
            "name": .string(name), "is_user": .bool(isUser), "api_key_id": apiKeyID.map { .string($0) } ?? .null,
        ]
        try ReplacedFile.write(value.serializedBytes(), to: folder + "/owner.json")
    }
}
