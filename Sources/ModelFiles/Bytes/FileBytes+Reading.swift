/// Checked reading of foreign bytes: numbers are little endian and need not be aligned; what lies outside is an error that says
/// what was being read.
extension FileBytes {
    /// `length` bytes from `offset` on.
    ///
    /// - Parameters:
    ///   - what: What these bytes are, for the error.
    ///   - name: What to call them in errors, if they are a file of their own.
    package func slice(
        at offset: Int, count length: Int, of what: @autoclosure () -> String, named name: String? = nil
    ) throws(ModelFileError) -> FileBytes {
        guard offset >= 0, length >= 0, offset <= count, length <= count - offset else {
            throw cutOff(at: offset, needing: length, of: what())
        }
        return try part(offset..<offset + length, named: name)
    }

    /// The little-endian integer at `offset`.
    package func integer<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self, at offset: Int, of what: @autoclosure () -> String
    ) throws(ModelFileError) -> Value {
        let size = MemoryLayout<Value>.size
        guard offset >= 0, offset <= count, size <= count - offset else {
            throw cutOff(at: offset, needing: size, of: what())
        }
        return withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
    }

    /// The text of all bytes, nil when they are not UTF-8.
    package var text: String? {
        withUnsafeBytes { String(validating: $0, as: UTF8.self) }
    }

    /// The text of all bytes with U+FFFD for what is not UTF-8.
    package var repairedText: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether both hold the same bytes.
    package func hasSameBytes(as other: FileBytes) -> Bool {
        withUnsafeBytes { mine in other.withUnsafeBytes { mine.elementsEqual($0) } }
    }

    /// An error about these bytes.
    package func failure(
        _ kind: ModelFileError.Kind, at offset: Int? = nil, subject: String? = nil, _ reason: String, advice: String
    ) -> ModelFileError {
        ModelFileError(kind, path: path, offset: offset, subject: subject, reason: reason, advice: advice)
    }

    /// The bytes contradict themselves or their format.
    package func malformed(at offset: Int?, _ reason: String) -> ModelFileError {
        failure(
            .malformed, at: offset, reason,
            advice: "The file is damaged or not of this format: fetch or export it again")
    }

    private func cutOff(at offset: Int, needing length: Int, of what: String) -> ModelFileError {
        failure(
            .truncated, at: offset, "\(what) needs \(length) bytes here, but the data ends at byte \(count)",
            advice: "The file is cut off or damaged: fetch or export it again")
    }
}
