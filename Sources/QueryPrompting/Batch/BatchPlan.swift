public import JSON

/// The input files of a batch, as they were written.
public struct BatchPlan: Sendable, Hashable {
    /// One file, which is one job.
    public struct File: Sendable, Hashable {
        /// Its name in the folder.
        public let name: String
        /// Its records.
        public let records: Int
        /// Its size.
        public let bytes: Int
    }

    /// The files, in the order of the documents.
    public let files: [File]
    /// What to know before a job is started.
    public let warnings: [String]

    /// Records of all files.
    public var records: Int { files.reduce(0) { $0 + $1.records } }

    /// The plan for programs.
    public var json: JSONValue {
        let files = files.map { file in
            [
                "name": .string(file.name), "records": .number(JSONNumber(file.records)),
                "bytes": .number(JSONNumber(file.bytes)),
            ] as JSONValue
        }
        return [
            "files": .array(files), "records": .number(JSONNumber(records)),
            "warnings": .array(warnings.map(JSONValue.string)),
        ]
    }
}
