import JSON
public import TrainableEncoders
import YAML

extension TrainingConfiguration {
    /// Reads a configuration file: a YAML mapping of the settings' names.
    ///
    /// - Parameters:
    ///   - text: the file's bytes.
    ///   - path: the file, for errors.
    ///   - task: what is trained, which the file need not say.
    /// - Throws: ``TrainingError/Code/badConfiguration`` that names the line, for text that is no YAML, an unknown key, or a value
    ///   that its setting does not take.
    public init(yaml text: [UInt8], path: String, task: TrainingTask) throws(TrainingError) {
        self.init()
        self.task = task
        let document: YAMLNode
        do throws(YAMLError) {
            document = try YAMLNode(parsing: text)
        } catch {
            throw TrainingError(
                .badConfiguration, "column \(error.column): \(error.message)", advice: "Correct the file", path: path,
                line: error.line)
        }
        if case .scalar(.null) = document.content { return }
        guard let entries = document.entries else {
            throw TrainingError(
                .badConfiguration, "the file is not a mapping of settings",
                advice: "Write lines such as 'learning_rate: 2e-5'", path: path, line: document.line)
        }
        for entry in entries {
            guard let setting = TrainingSetting.named(entry.key) else {
                let near = Self.nearest(entry.key).map { "Did you mean '\($0)'?" }
                throw TrainingError(
                    .badConfiguration, "there is no setting '\(entry.key)'",
                    advice: near.map { "\($0) If not, remove the line" } ?? "Remove the line or correct the name",
                    path: path, line: entry.line)
            }
            do throws(TrainingError) {
                try setting.set(entry.value.json, in: &self)
            } catch {
                var error = error
                error.path = path
                error.line = entry.line
                throw error
            }
        }
    }

    /// The known name that a mistyped one resembles; nil if none does.
    package static func nearest(_ name: String) -> String? { nearest(name, among: TrainingSetting.all.map(\.name)) }

    /// The name of some that a mistyped one resembles; nil if none does.
    package static func nearest(_ name: String, among known: [String]) -> String? {
        let distances = known.map { ($0, editDistance(Array($0.utf8), Array(name.utf8))) }
        guard let best = distances.min(by: { $0.1 < $1.1 }), best.1 <= max(1, name.utf8.count / 4) else { return nil }
        return best.0
    }

    private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
