import JSON
import YAML

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads a configuration file into settings, and keeps what is wrong with it.
///
/// All faults are told, not only the first: a file is mended in one go.
struct FileSettings {
    /// The path as it was given.
    let path: String
    /// The folder from which relative paths of the file count.
    let folder: String
    private(set) var settings: ProgramSettings
    /// The line of each setting that the file has.
    private(set) var lines: [String: Int] = [:]
    private(set) var problems: [SettingProblem] = []

    /// Metarank's sections that mean nothing here, with what they are about.
    private static let foreignSections = [
        "state": "where Metarank keeps its state", "train": "where Metarank keeps training data",
        "core": "Metarank's tracking and sessions", "source": "Metarank's stream of events",
        "input": "Metarank's stream of events", "features": "Metarank's ranking features",
        "models": "Metarank's ranking models", "env": "Metarank's environments",
    ]

    /// Reads the file at a path, over settings that hold already.
    init(path: String, over settings: ProgramSettings) {
        self.path = path
        self.settings = settings
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        folder = parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            read(try YAMLNode(parsing: Array(bytes)))
        } catch let error as YAMLError {
            problems.append(
                SettingProblem(place: "\(path), line \(error.line), column \(error.column)", message: error.message))
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            problems.append(
                SettingProblem(
                    place: path,
                    message: isThere
                        ? "the configuration file cannot be read; check its permissions"
                        : "there is no such configuration file"))
        }
    }

    // MARK: Sections

    private mutating func read(_ root: YAMLNode) {
        if root.json.isNull { return }
        guard let entries = root.entries else {
            report(
                root.line,
                "a configuration file has sections such as 'inference:' and 'api:', not \(root.json.typeName)")
            return
        }
        for entry in entries {
            if entry.key == "inference" {
                readModels(entry)
            } else if SettingTable.sections.contains(entry.key) {
                readSection(entry)
            } else if let subject = Self.foreignSections[entry.key] {
                report(
                    entry.line,
                    "the section '\(entry.key)' is about \(subject), which Needletail does not have; remove it")
            } else {
                let sections = SettingTable.sections + ["inference"]
                // A setting that was written without its section.
                let setting = SettingTable.all.first { $0.key == entry.key }
                let hint =
                    setting.map { ". Write it under '\($0.section):'" }
                    ?? Spelling.hint(for: entry.key, among: sections)
                report(
                    entry.line,
                    "there is no section '\(entry.key)'; there are \(sections.joined(separator: ", "))\(hint)")
            }
        }
    }

    private mutating func readSection(_ section: YAMLNode.Entry) {
        if section.value.json.isNull { return }
        guard let entries = section.value.entries else {
            report(
                section.line, "'\(section.key)' is a section with settings in it, not \(section.value.json.typeName)")
            return
        }
        for entry in entries {
            let name = "\(section.key).\(entry.key)"
            guard let definition = SettingTable.named(name) else {
                report(entry.line, "there is no setting '\(name)'" + hint(section: section.key, key: entry.key))
                continue
            }
            guard let value = value(entry, definition) else { continue }
            definition.put(value, into: &settings)
            lines[name] = entry.line
        }
    }

    private func hint(section: String, key: String) -> String {
        let siblings = SettingTable.all.filter { $0.section == section }.map(\.key)
        if let near = Spelling.nearest(to: key, among: siblings) { return ". Did you mean '\(section).\(near)'?" }
        if let elsewhere = SettingTable.all.first(where: { $0.key == key }) {
            return ". Did you mean '\(elsewhere.name)'?"
        }
        return "; the section has \(siblings.joined(separator: ", "))"
    }

    private mutating func value(_ entry: YAMLNode.Entry, _ definition: SettingDefinition) -> SettingValue? {
        if entry.value.json.isNull {
            // A key without a value is what is left of a template: the default holds.
            return definition.unsetMeaning == nil ? definition.value(in: settings) : .unset
        }
        guard let value = definition.type.value(of: entry.value) else {
            let shown = definition.isSecret ? entry.value.json.typeName : Self.shown(entry.value)
            report(entry.line, "\(definition.name) must be \(definition.type.wanted), not \(shown)")
            return nil
        }
        if definition.type == .path, case .text(let text) = value { return .text(absolute(text)) }
        return value
    }

    /// A path of the file, from the folder of the file.
    private func absolute(_ text: String) -> String {
        text.hasPrefix("/") || folder == "." ? text : (folder == "/" ? "" : folder) + "/" + text
    }

    // MARK: Models

    private mutating func readModels(_ section: YAMLNode.Entry) {
        if section.value.json.isNull { return }
        guard let entries = section.value.entries else {
            report(
                section.line,
                "'inference' has the names of models in it, each with its type and model, not \(section.value.json.typeName)"
            )
            return
        }
        for entry in entries {
            guard let members = entry.value.entries else {
                report(
                    entry.line,
                    "inference.\(entry.key) must have 'model:' (and 'type:') in it, not \(entry.value.json.typeName)")
                continue
            }
            var model = ModelSettings(name: entry.key, reference: "", place: "\(path), line \(entry.line)")
            model.folder = folder
            for member in members { read(member, into: &model) }
            if !members.contains(where: { $0.key == "model" }) {
                report(
                    entry.line,
                    "inference.\(entry.key).model is missing: the folder, name or hub reference of the model")
            }
            settings.models.append(model)
        }
    }

    private mutating func read(_ member: YAMLNode.Entry, into model: inout ModelSettings) {
        let name = "inference.\(model.name).\(member.key)"
        guard let key = ModelKey.all.first(where: { $0.name == member.key }) else {
            let hint = Spelling.hint(for: member.key, among: ModelKey.all.map(\.name))
            report(
                member.line,
                "there is no setting '\(name)'"
                    + (hint.isEmpty ? "; a model has \(ModelKey.all.map(\.name).joined(separator: ", "))" : hint))
            return
        }
        if member.value.json.isNull {
            if key.name == "model" { report(member.line, "\(name) has no value") }
            return
        }
        guard let value = key.type.value(of: member.value) else {
            report(member.line, "\(name) must be \(key.type.wanted), not \(Self.shown(member.value))")
            return
        }
        if let problem = key.set(&model, value) { report(member.line, "\(name) \(problem)") }
    }

    // MARK: Messages

    private mutating func report(_ line: Int, _ message: String) {
        problems.append(SettingProblem(place: "\(path), line \(line)", message: message))
    }

    private static func shown(_ node: YAMLNode) -> String {
        switch node.json {
        case .string(let text): "'\(text.prefix(80))'"
        case .number(let number): "the number \(number)"
        case .bool(let value): "\(value)"
        case let other: other.typeName
        }
    }
}
