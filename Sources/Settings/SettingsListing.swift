import Encoders
import ModelFiles

extension ResolvedSettings {
    /// The settings that hold as a configuration file, each with a comment that says where it came from.
    ///
    /// Secrets are left out: their place says how many there are.
    public var listing: String {
        var lines = ["# flags > NEEDLETAIL_* environment > configuration file > defaults"]
        for section in SettingTable.sections {
            lines.append("\(section):")
            for definition in SettingTable.all where definition.section == section {
                lines.append("  " + line(definition))
            }
        }
        lines += models
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ definition: SettingDefinition) -> String {
        let value = definition.value(in: settings)
        let origin = origin(of: definition.name)
        if definition.isSecret, value != definition.defaultValue {
            let count = if case .list(let texts) = value { "\(texts.count) " } else { "" }
            return "# \(definition.key): \(count)not shown  # \(origin)"
        }
        if case .unset = value { return "# \(definition.key): \(definition.unsetMeaning ?? "unset")  # \(origin)" }
        return "\(definition.key): \(value.fileText)  # \(origin)"
    }

    private var models: [String] {
        guard !settings.models.isEmpty else { return [] }
        var lines = ["inference:"]
        for model in settings.models {
            lines.append("  \(SettingValue.quotedIfNeeded(model.name)):  # \(model.place)")
            var members: [(String, String)] = []
            if let task = model.task, let word = ModelKey.kinds.first(where: { $0.value == task })?.key {
                members.append(("type", word))
            }
            members.append(("model", SettingValue.quotedIfNeeded(model.reference)))
            if let revision = model.revision { members.append(("revision", SettingValue.quotedIfNeeded(revision))) }
            if !model.aliases.isEmpty { members.append(("aliases", SettingValue.list(model.aliases).fileText)) }
            if let length = model.maxLength { members.append(("max_length", "\(length)")) }
            members.append(("precision", model.precision.rawValue))
            members.append(("cache", model.cacheBytes == 0 ? "\"off\"" : Quantity.text(bytes: model.cacheBytes)))
            if let policy = model.longTexts { members.append(("long_texts", policy.rawValue)) }
            if let file = model.modelFile { members.append(("modelFile", SettingValue.quotedIfNeeded(file))) }
            if let dimensions = model.dimensions { members.append(("dim", "\(dimensions)")) }
            lines += members.map { "    \($0): \($1)" }
        }
        return lines
    }
}
